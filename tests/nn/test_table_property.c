/* Random tables: rows have the same inputs, bit for bit, however a file is arranged. */
#define _XOPEN_SOURCE 700
#include "temp_files.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLES = 1000, MAX_ROWS = 40, MAX_COLUMNS = 8, FIELD = 24, TEXT = 1 << 16 };

/* The fields of a table; the last column is the target. */
typedef struct random_table {
    size_t rows, columns;
    char names[MAX_COLUMNS][FIELD];
    char fields[MAX_ROWS][MAX_COLUMNS][FIELD];
} random_table;

static uint64_t state;

static size_t draw(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

typedef enum kind { NUMBER, WHOLE, TEXTS, BOOLEAN, KINDS } kind;

static void draw_field(kind k, int may_miss, char field[FIELD])
{
    static const char *const texts[] = {"red", "green", "dark, \"blue\"", "7", "x y"};
    static const char *const booleans[] = {"yes", "no"};
    static const char *const missing[] = {"", "NA", "?"};
    if (may_miss && draw(5) == 0)
        strcpy(field, missing[draw(3)]);
    else if (k == NUMBER)
        sprintf(field, "%.6g", (double)draw(100000) / 977.0 - 40.0);
    else if (k == WHOLE)
        sprintf(field, "%d", (int)draw(9) - 4);
    else if (k == TEXTS)
        strcpy(field, texts[draw(5)]);
    else
        strcpy(field, booleans[draw(2)]);
}

static void draw_table(random_table *t)
{
    t->rows = 12 + draw(MAX_ROWS - 12);
    t->columns = 2 + draw(MAX_COLUMNS - 2);
    for (size_t j = 0; j < t->columns; j++) {
        const kind k = j == 0 ? NUMBER : (kind)draw(KINDS);
        const int is_target = j + 1 == t->columns, may_miss = !is_target && draw(2) == 0;
        sprintf(t->names[j], "%s %zu", j % 2 ? "c,olumn" : "column", j);
        for (size_t i = 0; i < t->rows; i++)
            draw_field(k, may_miss, t->fields[i][j]);
    }
}

static size_t add_text(char *to, const char *text, int is_quoted)
{
    size_t used = 0;
    if (!is_quoted)
        return (size_t)sprintf(to, "%s", text);
    to[used++] = '"';
    for (; *text; text++) {
        if (*text == '"')
            to[used++] = '"';
        to[used++] = *text;
    }
    to[used++] = '"';
    to[used] = '\0';
    return used;
}

/* Writes some rows of a table with its columns in this order. */
static const char *write_rows(const random_table *t, size_t columns, const size_t *column,
                              size_t rows, const size_t *row)
{
    static char text[TEXT];
    const char separator = ",;\t"[draw(3)];
    size_t used = 0;
    for (size_t i = 0; i <= rows; i++)
        for (size_t j = 0; j < columns; j++) {
            used += add_text(text + used,
                             i == 0 ? t->names[column[j]] : t->fields[row[i - 1]][column[j]], 1);
            text[used++] = j + 1 < columns ? separator : '\n';
        }
    text[used] = '\0';
    return temp_text("table.csv", text);
}

static void shuffle(size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t j = draw(i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

static lw_dataset encode_file(const lw_schema *schema, const char *path, lw_need targets)
{
    lw_table_options reading = {.size = sizeof reading};
    const lw_encode_options options = {.size = sizeof options, .targets = targets};
    lw_table *table;
    lw_dataset data;
    ASSERT_OK(lw_schema_table_options(schema, &reading));
    ASSERT_OK(lw_table_read(&table, path, &reading));
    ASSERT_OK(lw_schema_encode(schema, table, &options, &data, NULL));
    free((void *)(uintptr_t)reading.texts);
    lw_table_free(table);
    return data;
}

/* The inputs of rows of a file are those of the same rows of the training data. */
static void expect_rows(const lw_schema *schema, const lw_dataset *whole, const char *path,
                        size_t rows, const size_t *row, lw_need targets)
{
    lw_dataset data = encode_file(schema, path, targets);
    ck_assert_uint_eq(data.rows, rows);
    for (size_t i = 0; i < rows; i++) {
        ck_assert_mem_eq(data.x + i * data.inputs, whole->x + row[i] * data.inputs,
                         data.inputs * sizeof *data.x);
        if (data.target.labels)
            ck_assert_int_eq(data.target.labels[i], whole->target.labels[row[i]]);
        if (data.target.values)
            ck_assert(data.target.values[i] == whole->target.values[row[i]]);
    }
    lw_dataset_free(&data);
}

/* Infers a schema from a random table. Returns NULL if its target cannot be learnt. */
static lw_schema *infer(const random_table *t, const char *path)
{
    const char *const target[] = {t->names[t->columns - 1]};
    const lw_schema_options options = {.size = sizeof options, .targets = {target, 1}};
    lw_table *table;
    lw_schema *schema = NULL;
    ASSERT_OK(lw_table_read(&table, path, NULL));
    const lw_status status = lw_schema_infer(&schema, table, &options);
    ck_assert_msg(status == LW_OK || status == LW_EDATA, "%s", lw_last_error());
    lw_table_free(table);
    return schema;
}

/* Evaluation agrees with what prediction says of each row. */
static void expect_accuracy(const lw_schema *schema, const lw_dataset *data)
{
    lw_net *net;
    lw_evaluation evaluation;
    int32_t *predicted = calloc(data->rows, sizeof *predicted);
    if (lw_schema_classes(schema) > 0) {
        ASSERT_OK(lw_net_create(&net, data->inputs, 3));
        ASSERT_OK(lw_net_add_dense(net, data->outputs, LW_ACTIVATION_SOFTMAX));
        ASSERT_OK(lw_net_set_schema(net, schema));
        ASSERT_OK(lw_classify(net, data->rows, data->x, predicted));
        ASSERT_OK(lw_evaluate(net, data, LW_LOSS_DEFAULT, &evaluation));
        size_t correct = 0;
        for (size_t i = 0; i < data->rows; i++)
            correct += predicted[i] == data->target.labels[i];
        ck_assert_uint_eq(correct, evaluation.correct);
        lw_evaluation_free(&evaluation);
        lw_net_destroy(net);
    }
    free(predicted);
}

START_TEST(rows_do_not_depend_on_their_file)
{
    static random_table t;
    size_t column[MAX_COLUMNS], row[MAX_ROWS], tables = 0;
    state = 20261201;
    for (size_t tried = 0; tables < (is_fast_run() ? TABLES / 10 : TABLES); tried++) {
        ck_assert_uint_lt(tried, 4 * TABLES);
        draw_table(&t);
        for (size_t i = 0; i < MAX_ROWS; i++)
            row[i] = i;
        for (size_t j = 0; j < MAX_COLUMNS; j++)
            column[j] = j;
        const char *path = write_rows(&t, t.columns, column, t.rows, row);
        lw_schema *schema = infer(&t, path);
        if (!schema)
            continue;
        tables++;
        lw_dataset whole = encode_file(schema, path, LW_TARGETS_REQUIRED);
        expect_accuracy(schema, &whole);
        shuffle(t.columns, column);
        shuffle(t.rows, row);
        expect_rows(schema, &whole, write_rows(&t, t.columns, column, t.rows, row), t.rows, row,
                    LW_TARGETS_REQUIRED);
        shuffle(t.columns - 1, column); /* without the target */
        expect_rows(schema, &whole, write_rows(&t, t.columns - 1, column, t.rows, row), t.rows, row,
                    LW_TARGETS_IGNORED);
        expect_rows(schema, &whole, write_rows(&t, t.columns - 1, column, 1, row), 1, row,
                    LW_TARGETS_IGNORED);
        lw_dataset_free(&whole);
        lw_schema_free(schema);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = temp_files_case("table property");
    tcase_add_test(tcase, rows_do_not_depend_on_their_file);
    return run_case("table property", tcase);
}
