#include "describe_schema.h"

#include "safe_text.h"

#include <string.h>

enum { MAX_COLUMNS = 40, MAX_VALUES = 8, NAME_WIDTH = 20 };

static const char *separator_name(char separator)
{
    switch (separator) {
    case ',':
        return "commas";
    case ';':
        return "semicolons";
    case '\t':
        return "tabs";
    case '|':
        return "pipes";
    case ' ':
        return "blanks";
    default:
        return "the given separator";
    }
}

static void print_values(FILE *out, size_t count, const char *const *values)
{
    for (size_t i = 0; i < count && i < MAX_VALUES; i++)
        fprintf(out, "%s%.30s", i > 0 ? ", " : "", make_safe(values[i]).text);
    if (count > MAX_VALUES)
        fprintf(out, ", ... (%zu)", count);
}

static void print_missing(FILE *out, const lw_schema_column *column)
{
    if (column->missing == 0)
        return;
    if (column->kind == LW_COLUMN_CATEGORY)
        fprintf(out, "; %zu missing, a category", column->missing);
    else
        fprintf(out, "; %zu missing, filled with %.6g and marked", column->missing, column->fill);
}

static void print_column(FILE *out, const lw_schema_column *column)
{
    fprintf(out, "  %-*.40s ", NAME_WIDTH,
            *column->name != '\0' ? make_safe(column->name).text : "(no name)");
    switch (column->kind) {
    case LW_COLUMN_NUMBER:
        fprintf(out, "number, %.6g to %.6g", column->minimum, column->maximum);
        if (column->mean != 0.0 || column->deviation != 1.0)
            fprintf(out, ", mean %.4g, deviation %.4g", column->mean, column->deviation);
        break;
    case LW_COLUMN_BOOLEAN:
        fputs("boolean, ", out);
        print_values(out, column->value_count, column->values);
        break;
    case LW_COLUMN_CATEGORY:
        fputs("category, ", out);
        print_values(out, column->value_count, column->values);
        break;
    default:
        fprintf(out, "ignored: %s", column->reason);
        break;
    }
    print_missing(out, column);
    fputc('\n', out);
}

static void print_target(FILE *out, const lw_schema *schema, size_t number)
{
    lw_schema_target target;
    if (lw_schema_target_info(schema, number, &target) != LW_OK)
        return;
    fprintf(out, "  %-*.40s target, ", NAME_WIDTH, make_safe(target.name).text);
    if (target.class_count == 0) {
        fprintf(out, "number");
        if (target.mean != 0.0 || target.deviation != 1.0)
            fprintf(out, ", mean %.4g, deviation %.4g", target.mean, target.deviation);
    } else {
        fputs("classes ", out);
        print_values(out, target.class_count, target.classes);
    }
    fputc('\n', out);
}

static void describe_columns(FILE *out, const lw_schema *schema)
{
    const size_t columns = lw_schema_columns(schema);
    for (size_t i = 0; i < columns && i < MAX_COLUMNS; i++) {
        lw_schema_column column;
        if (lw_schema_column_info(schema, i, &column) == LW_OK)
            print_column(out, &column);
    }
    if (columns > MAX_COLUMNS)
        fprintf(out, "  ... and %zu more columns\n", columns - MAX_COLUMNS);
    for (size_t i = 0; i < lw_schema_targets(schema); i++)
        print_target(out, schema, i);
}

static void print_task(FILE *out, const lw_schema *schema)
{
    if (lw_schema_task(schema) == LW_TASK_CLASSIFICATION)
        fprintf(out, "task: classification, %zu classes (--task regression for numbers)\n",
                lw_schema_classes(schema));
    else if (lw_schema_task(schema) == LW_TASK_REGRESSION && lw_schema_targets(schema) == 1)
        fputs("task: regression, 1 target (--task classification for classes)\n", out);
    else if (lw_schema_task(schema) == LW_TASK_REGRESSION)
        fprintf(out, "task: regression, %zu targets%s\n", lw_schema_targets(schema),
                lw_schema_is_array(schema) ? "" : "; losses are of the standardised targets");
}

table_facts table_facts_of(const lw_table *table)
{
    return (table_facts){
        .rows = lw_table_rows(table),
        .columns = lw_table_columns(table),
        .separator = lw_table_separator(table),
        .decimal = lw_table_decimal(table),
        .has_header = lw_table_has_header(table),
    };
}

void describe_schema(FILE *out, const char *path, const table_facts *facts, const lw_schema *schema)
{
    fprintf(out, "%s: %zu rows, %zu columns separated by %s%s%s\n", path, facts->rows,
            facts->columns, separator_name(facts->separator),
            facts->decimal == ',' ? ", decimal commas" : "",
            facts->has_header ? "" : ", no header: columns are named 0, 1, ...");
    describe_columns(out, schema);
    print_task(out, schema);
}

void describe_arrays(FILE *out, const char *path, size_t rows, const lw_schema *schema)
{
    fprintf(out, "%s: %zu rows of %zu inputs\n", path, rows, lw_schema_inputs(schema));
    print_task(out, schema);
}
