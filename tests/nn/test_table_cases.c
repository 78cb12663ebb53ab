/*
 * The small tables of tests/data/tables.txt through the library: each was misread by a version
 * without schemas. tests/cli/cases.sh runs them through the command.
 */
#include "temp_files.h"

#include <stdio.h>
#include <stdlib.h>

enum { EPOCHS = 60, TABLE_MAX = 1 << 18 };

/* Writes the table of that name to a file and returns its path. */
static const char *table_path(const char *name)
{
    static char text[TABLE_MAX];
    char line[4096];
    size_t length = 0;
    int is_inside = 0;
    FILE *file = fopen(LANEWISE_TEST_DATA "/tables.txt", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "==> ", 4) == 0) {
            line[strcspn(line, "\n")] = '\0';
            is_inside = strcmp(line + 4, name) == 0;
        } else if (is_inside) {
            ck_assert_uint_lt(length + strlen(line), sizeof text);
            strcpy(text + length, line);
            length += strlen(line);
        }
    }
    fclose(file);
    ck_assert_msg(length > 0, "no table %s", name);
    return temp_text(name, text);
}

typedef struct table_case {
    const char *train, *targets[2];
    size_t target_count;
    lw_task request, task; /* given, and inferred */
    char separator;
    int has_header;
    size_t rows, inputs;
    const char *classes; /* separated by blanks; NULL: numbers */
    double worst;        /* accuracy or R2 after training */
    const char *test;    /* a later file; NULL: the same */
} table_case;

static const table_case cases[] = {
    {"scaler-train.csv",
     {"y"},
     1,
     LW_TASK_DETECT,
     LW_TASK_REGRESSION,
     ',',
     1,
     400,
     2,
     NULL,
     0.99,
     NULL},
    {"classes-train.csv",
     {"answer"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ',',
     1,
     300,
     2,
     "no yes",
     0.95,
     "classes-test.csv"},
    {"cities-train.csv",
     {"price"},
     1,
     LW_TASK_REGRESSION,
     LW_TASK_REGRESSION,
     ',',
     1,
     60,
     3,
     NULL,
     0.99,
     NULL},
    {"classes-1-2.csv",
     {"status"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ',',
     1,
     300,
     2,
     "1 2",
     0.85,
     NULL},
    {"plus-minus.csv",
     {"side"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ',',
     1,
     600,
     2,
     "-1 1",
     0.93,
     NULL},
    {"prices-whole.csv",
     {"price"},
     1,
     LW_TASK_DETECT,
     LW_TASK_REGRESSION,
     ',',
     1,
     400,
     2,
     NULL,
     0.95,
     NULL},
    {"semicolons.csv",
     {"quality"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ';',
     1,
     300,
     2,
     "3 4 5 6 7 8",
     0.5,
     NULL},
    {"decimal-comma.csv",
     {"y"},
     1,
     LW_TASK_DETECT,
     LW_TASK_REGRESSION,
     ';',
     1,
     200,
     1,
     NULL,
     0.99,
     NULL},
    {"passengers.csv",
     {"Survived"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ',',
     1,
     400,
     9,
     "0 1",
     0.75,
     NULL},
    {"no-header.csv",
     {"2"},
     1,
     LW_TASK_DETECT,
     LW_TASK_CLASSIFICATION,
     ',',
     0,
     100,
     2,
     "0 1",
     0.5,
     NULL},
    {"trailing.csv", {"y"}, 1, LW_TASK_DETECT, LW_TASK_REGRESSION, ',', 1, 60, 1, NULL, 0.95, NULL},
    {"blanks.txt", {"2"}, 1, LW_TASK_DETECT, LW_TASK_REGRESSION, ' ', 0, 60, 2, NULL, 0.95, NULL},
    {"two-targets.csv",
     {"x", "y"},
     2,
     LW_TASK_DETECT,
     LW_TASK_REGRESSION,
     ',',
     1,
     200,
     2,
     NULL,
     0.99,
     NULL},
};
enum { CASES = sizeof cases / sizeof *cases };

static void expect_classes(const lw_schema *schema, const char *want)
{
    char got[200] = "";
    lw_schema_target target;
    ASSERT_OK(lw_schema_target_info(schema, 0, &target));
    for (size_t i = 0; i < target.class_count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? " " : "",
                 target.classes[i]);
    ck_assert_str_eq(got, want ? want : "");
}

/* A network for the schema, trained on the data. */
static lw_net *trained(const lw_schema *schema, const lw_dataset *data)
{
    const size_t classes = lw_schema_classes(schema);
    const lw_layer_spec layers[] = {
        {.units = 64, .activation = LW_ACTIVATION_RELU},
        {.units = classes > 0 ? classes : lw_schema_targets(schema),
         .activation = classes > 0 ? LW_ACTIVATION_SOFTMAX : LW_ACTIVATION_LINEAR}};
    const lw_fit_options options = {
        .size = sizeof options, .epochs = EPOCHS, .optimizer = lw_adam(0.01f)};
    lw_net *net = make_net(lw_schema_inputs(schema), layers, 2, 1);
    ASSERT_OK(lw_net_set_schema(net, schema));
    ASSERT_OK(lw_fit(net, data, &options));
    return net;
}

/* Saves and loads the network; the schema comes from the file. */
static lw_net *reloaded(const lw_net *net)
{
    lw_net *loaded = NULL;
    ASSERT_OK(lw_net_save(net, temp_path("model")));
    ASSERT_OK(lw_net_load(&loaded, temp_path("model")));
    return loaded;
}

/* The table of a path, encoded with the schema of a network. */
static lw_dataset encoded(const lw_net *net, const char *path, lw_need targets,
                          lw_encode_report *report)
{
    const lw_encode_options options = {.size = sizeof options, .targets = targets};
    lw_table_options reading = {.size = sizeof reading};
    lw_table *table = NULL;
    lw_dataset data;
    ASSERT_OK(lw_schema_table_options(lw_net_schema(net), &reading));
    ASSERT_OK(lw_table_read(&table, path, &reading));
    ASSERT_OK(lw_schema_encode(lw_net_schema(net), table, &options, &data, report));
    free((void *)(uintptr_t)reading.texts);
    lw_table_free(table);
    return data;
}

static lw_net *train_case(const table_case *c)
{
    const lw_schema_options options = {
        .size = sizeof options, .targets = {c->targets, c->target_count}, .task = c->request};
    lw_table *table = NULL;
    lw_schema *schema = NULL;
    lw_dataset data;
    ASSERT_OK(lw_table_read(&table, table_path(c->train), NULL));
    ck_assert_uint_eq(lw_table_rows(table), c->rows);
    ck_assert_int_eq(lw_table_separator(table), c->separator);
    ck_assert_int_eq(lw_table_has_header(table), c->has_header);
    ASSERT_OK(lw_schema_infer(&schema, table, &options));
    ck_assert_int_eq(lw_schema_task(schema), c->task);
    ck_assert_uint_eq(lw_schema_inputs(schema), c->inputs);
    expect_classes(schema, c->classes);
    ASSERT_OK(lw_schema_encode(schema, table, NULL, &data, NULL));
    lw_net *net = trained(schema, &data), *loaded = reloaded(net);
    lw_net_destroy(net);
    lw_dataset_free(&data);
    lw_schema_free(schema);
    lw_table_free(table);
    return loaded;
}

START_TEST(tables_are_understood_and_learnt)
{
    const table_case *c = &cases[_i];
    lw_net *net = train_case(c);
    lw_dataset data =
        encoded(net, table_path(c->test ? c->test : c->train), LW_TARGETS_REQUIRED, NULL);
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &e));
    if (c->classes)
        ck_assert_msg(e.accuracy >= c->worst, "%s: accuracy %g", c->train, e.accuracy);
    for (size_t j = 0; !c->classes && j < c->target_count; j++)
        ck_assert_msg(e.errors[j].r2 >= c->worst, "%s: R2 %g", c->train, e.errors[j].r2);
    lw_evaluation_free(&e);
    lw_dataset_free(&data);
    lw_net_destroy(net);
}
END_TEST

/* y = 0.02 (pressure - 1000) + 0.1 temperature, from single rows without the target. */
START_TEST(single_rows_are_scaled_as_in_training)
{
    static const struct {
        const char *file;
        size_t rows;
        float y[2];
    } rows[] = {{"scaler-one-a.csv", 1, {-1.0f}},
                {"scaler-one-b.csv", 1, {4.8f}},
                {"scaler-two.csv", 2, {-1.0f, -0.988f}}};
    lw_net *net = train_case(&cases[0]);
    for (size_t i = 0; i < 3; i++) {
        lw_dataset data = encoded(net, table_path(rows[i].file), LW_TARGETS_IGNORED, NULL);
        float y[2];
        ck_assert_uint_eq(data.rows, rows[i].rows);
        ASSERT_OK(lw_predict(net, data.rows, data.x, y));
        lw_schema_decode(lw_net_schema(net), data.rows, y);
        for (size_t k = 0; k < data.rows; k++)
            ck_assert_float_eq_tol(y[k], rows[i].y[k], 0.2f);
        lw_dataset_free(&data);
    }
    lw_net_destroy(net);
}
END_TEST

/* austin is unknown; berlin and cairo keep their prices, 10 and 20. */
START_TEST(unknown_categories_are_reported)
{
    lw_net *net = train_case(&cases[2]);
    lw_encode_report report;
    lw_dataset data = encoded(net, table_path("cities-test.csv"), LW_TARGETS_IGNORED, &report);
    float y[4];
    ck_assert_uint_eq(report.unknown, 1);
    ck_assert_uint_le(data.rows, 4);
    ASSERT_OK(lw_predict(net, data.rows, data.x, y));
    lw_schema_decode(lw_net_schema(net), data.rows, y);
    ck_assert_float_eq_tol(y[1], 10.0f, 0.5f);
    ck_assert_float_eq_tol(y[2], 20.0f, 0.5f);
    lw_dataset_free(&data);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *tables = temp_files_case("table cases");
    tcase_add_loop_test(tables, tables_are_understood_and_learnt, 0, CASES);
    tcase_add_test(tables, single_rows_are_scaled_as_in_training);
    tcase_add_test(tables, unknown_categories_are_reported);
    return run_case("table cases", tables);
}
