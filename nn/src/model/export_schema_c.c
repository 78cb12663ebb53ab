/* The schema in exported C: a comment about inputs and outputs, and a main function for raw rows.
 */
#include "data/schema.h"
#include "export_schema.h"

#include <string.h>

/* The texts of a column that a comment lists; the constants have all. */
enum { MAX_LISTED = 20 };

/* Text in a comment: printable ASCII, without what could end the comment or the line. */
static void print_safe(lw_c_writer *c, const char *text)
{
    for (; *text; text++) {
        const int is_plain = *text >= ' ' && *text <= '~' && strchr("*\\?", *text) == NULL;
        lw_c_print(c, "%c", is_plain ? *text : '.');
    }
}

static void print_values(lw_c_writer *c, const lw_values *values)
{
    for (size_t i = 0; i < values->count && i < MAX_LISTED; i++) {
        lw_c_print(c, "%s%zu = ", i > 0 ? ", " : " ", i);
        print_safe(c, values->texts[i]);
    }
    if (values->count > MAX_LISTED)
        lw_c_print(c, ", ...");
}

static void print_column(lw_c_writer *c, size_t position, const lw_column_rule *column)
{
    lw_c_print(c, " *   x[%zu]  ", position);
    print_safe(c, column->name);
    if (column->kind == LW_COLUMN_NUMBER)
        lw_c_print(c, ": a number, %.6g to %.6g in the training data", column->minimum,
                   column->maximum);
    else
        lw_c_print(c, column->kind == LW_COLUMN_BOOLEAN ? ": a boolean," : ": a category,");
    if (column->kind != LW_COLUMN_NUMBER)
        print_values(c, &column->values);
    lw_c_print(c, "\n");
}

static void print_inputs(lw_c_writer *c, const lw_schema *schema)
{
    size_t position = 0;
    lw_c_print(
        c,
        " * Inputs, NaN where a value is missing; any other number than the codes of a category\n"
        " * is an unknown one. Do not compile with -ffast-math, which ignores NaN.\n"
        " *\n");
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].kind != LW_COLUMN_IGNORED)
            print_column(c, position++, &schema->columns[i]);
    lw_c_print(c, " *\n");
}

static void print_outputs(lw_c_writer *c, const lw_net *net)
{
    const lw_schema *schema = net->schema;
    const int is_threshold = lw_net_outputs(net) == 1;
    lw_c_print(c, " * Outputs:\n *\n");
    for (size_t j = 0; j < schema->target_count; j++) {
        const lw_values *classes = &schema->targets[j].classes;
        if (classes->count == 0 || is_threshold) {
            lw_c_print(c, " *   y[%zu]  ", j);
            print_safe(c, schema->targets[j].name);
            if (classes->count > 0) {
                lw_c_print(c, ": above %.9g for class 1 of", (double)net->threshold);
                print_values(c, classes);
            }
            lw_c_print(c, "\n");
        }
        for (size_t k = 0; k < classes->count && !is_threshold; k++) {
            lw_c_print(c, " *   y[%zu]  score of the class ", k);
            print_safe(c, classes->texts[k]);
            lw_c_print(c, "\n");
        }
    }
    lw_c_print(c, " *\n");
}

static void print_arrays(lw_c_writer *c, const lw_schema *schema)
{
    lw_c_print(c, " * Inputs: %.6g to %.6g in the training data", schema->minimum, schema->maximum);
    if (schema->scale > 0.0 && schema->scale < 1.0)
        lw_c_print(c, ", the values of its files times %.9g", schema->scale);
    lw_c_print(c, ".\n *\n");
}

void lw_print_schema_comment(lw_c_writer *c, const lw_net *net)
{
    const lw_schema *schema = net->schema;
    if (!schema)
        return;
    if (schema->is_array)
        print_arrays(c, schema);
    else
        print_inputs(c, schema);
    if (schema->target_count > 0)
        print_outputs(c, net);
}

static int has_kind(const lw_schema *schema, int is_category)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].kind != LW_COLUMN_IGNORED &&
            (schema->columns[i].kind == LW_COLUMN_CATEGORY) == is_category)
            return 1;
    return 0;
}

/* Compilers warn of functions that are not used. */
static void print_functions(lw_c_writer *c, const lw_schema *schema)
{
    if (has_kind(schema, 0))
        lw_c_print(c,
                   "/* Standardises a number; with has_mark, z[1] marks a missing one. */\n"
                   "static void %s_number(float x, double mean, double factor, double fill,\n"
                   "                      int has_mark, float *z)\n"
                   "{\n"
                   "    const int is_missing = isnan(x) != 0;\n"
                   "    z[0] = (float)(((is_missing ? fill : (double)x) - mean) * factor);\n"
                   "    if (has_mark)\n"
                   "        z[1] = is_missing ? 1.0f : 0.0f;\n"
                   "}\n\n",
                   c->name);
    if (has_kind(schema, 1))
        lw_c_print(c,
                   "/* One z per category, and with has_missing one for missing values. */\n"
                   "static void %s_category(float x, size_t count, int has_missing, float *z)\n"
                   "{\n"
                   "    for (size_t i = 0; i < count; i++)\n"
                   "        z[i] = x >= (float)i && x <= (float)i ? 1.0f : 0.0f;\n"
                   "    if (has_missing)\n"
                   "        z[count] = isnan(x) ? 1.0f : 0.0f;\n"
                   "}\n\n",
                   c->name);
}

static void print_encoder(lw_c_writer *c, const lw_schema *schema)
{
    size_t position = 0;
    for (size_t i = 0; i < schema->column_count; i++) {
        const lw_column_rule *column = &schema->columns[i];
        const int has_mark = column->missing > 0;
        if (column->kind == LW_COLUMN_CATEGORY)
            lw_c_print(c, "    %s_category(x[%zu], %zu, %d, z + %zu);\n", c->name, position,
                       column->values.count, has_mark, column->first_input);
        else if (column->kind == LW_COLUMN_BOOLEAN)
            lw_c_print(c, "    %s_number(x[%zu], 0.0, 1.0, %.17g, %d, z + %zu);\n", c->name,
                       position, column->fill, has_mark, column->first_input);
        else if (column->kind == LW_COLUMN_NUMBER)
            lw_c_print(c, "    %s_number(x[%zu], %.17g, %.17g, %.17g, %d, z + %zu);\n", c->name,
                       position, column->mean, lw_inverse(column->deviation), column->fill,
                       has_mark, column->first_input);
        position += column->kind != LW_COLUMN_IGNORED;
    }
}

void lw_print_schema_main(lw_c_writer *c, const lw_net *net)
{
    const lw_schema *schema = lw_exported_schema(net);
    if (schema)
        print_functions(c, schema);
    lw_c_print(c, "void %s(const float *x, float *y)\n{\n", c->name);
    if (schema) {
        lw_c_print(c, "    float z[%zu];\n", schema->inputs);
        print_encoder(c, schema);
    }
    lw_c_print(c, "    %s_network(%s, y);\n", c->name, schema ? "z" : "x");
    for (size_t j = 0; lw_has_scaled_targets(net) && j < net->schema->target_count; j++)
        lw_c_print(c, "    y[%zu] = (float)((double)y[%zu] * %.17g + %.17g);\n", j, j,
                   net->schema->targets[j].deviation, net->schema->targets[j].mean);
    lw_c_print(c, "}\n");
}
