/* Schemas: kinds of columns, encoding, targets, what is saved with a network. */
#define _XOPEN_SOURCE 700
#include "data/schema.h"
#include "temp_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static lw_table *read_table(const char *text)
{
    lw_table *table = NULL;
    ASSERT_OK(lw_table_read(&table, temp_text("table.csv", text), NULL));
    return table;
}

static lw_schema *infer(const lw_table *table, const char *target)
{
    const char *const targets[] = {target};
    const lw_schema_options options = {.size = sizeof options,
                                       .targets = {targets, target != NULL}};
    lw_schema *schema = NULL;
    ASSERT_OK(lw_schema_infer(&schema, table, &options));
    return schema;
}

/* Encodes a text with a schema. */
static lw_dataset encode(const lw_schema *schema, const char *text, lw_encode_options options,
                         lw_encode_report *report)
{
    lw_table *table = read_table(text);
    lw_dataset data;
    options.size = sizeof options;
    ASSERT_OK(lw_schema_encode(schema, table, &options, &data, report));
    lw_table_free(table);
    return data;
}

static void expect_inputs(const lw_dataset *data, const float *want)
{
    for (size_t i = 0; i < data->rows * data->inputs; i++)
        ck_assert_msg(data->x[i] == want[i], "element %zu is %g, not %g", i, (double)data->x[i],
                      (double)want[i]);
}

/* ---- Kinds -------------------------------------------------------------------------------- */

static void expect_kind(const lw_schema *schema, size_t column, lw_column_kind kind,
                        const char *reason)
{
    lw_schema_column info;
    ASSERT_OK(lw_schema_column_info(schema, column, &info));
    ck_assert_msg(info.kind == kind, "column '%s' has kind %d", info.name, (int)info.kind);
    if (reason)
        ck_assert_str_eq(info.reason, reason);
    else
        ck_assert_ptr_null(info.reason);
}

START_TEST(kinds_are_inferred)
{
    char text[4096];
    size_t used = (size_t)sprintf(text, ",Id,name,colour,ok,flag,size,same,empty,y\n");
    for (int i = 0; i < 12; i++)
        used += (size_t)sprintf(text + used, "%d,%d,person %d,%s,%s,%d,%d,1,NA,%s\n", i, 100 + i, i,
                                i % 3 ? "red" : "blue", i % 2 ? "True" : "False", i % 2, i * i,
                                i % 4 ? "u" : "v");
    lw_table *table = read_table(text);
    lw_schema *schema = infer(table, "y");
    expect_kind(schema, 0, LW_COLUMN_IGNORED, "no name");
    expect_kind(schema, 1, LW_COLUMN_IGNORED, "counts the rows");
    expect_kind(schema, 2, LW_COLUMN_IGNORED, "too many different texts for a category");
    expect_kind(schema, 3, LW_COLUMN_CATEGORY, NULL);
    expect_kind(schema, 4, LW_COLUMN_BOOLEAN, NULL);
    expect_kind(schema, 5, LW_COLUMN_BOOLEAN, NULL);
    expect_kind(schema, 6, LW_COLUMN_NUMBER, NULL);
    expect_kind(schema, 7, LW_COLUMN_IGNORED, "the same value in all rows");
    expect_kind(schema, 8, LW_COLUMN_IGNORED, "no values");
    ck_assert_uint_eq(lw_schema_inputs(schema), 2 + 1 + 1 + 1);
    ck_assert_str_eq(lw_schema_input_names(schema)[0], "colour = blue");
    ck_assert_int_eq(lw_schema_task(schema), LW_TASK_CLASSIFICATION);
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

static void expect_task(const char *text, lw_task want)
{
    lw_table *table = read_table(text);
    lw_schema *schema = infer(table, "y");
    ck_assert_msg(lw_schema_task(schema) == want, "%s", text);
    lw_schema_free(schema);
    lw_table_free(table);
}

START_TEST(tasks_are_inferred)
{
    expect_task("a,y\n1,0\n5,1\n3,0\n9,1\n", LW_TASK_CLASSIFICATION);
    expect_task("a,y\n1,-1.0\n5,1.0\n3,-1.0\n9,1.0\n", LW_TASK_CLASSIFICATION);
    expect_task("a,y\n1,no\n5,yes\n3,no\n9,yes\n", LW_TASK_CLASSIFICATION);
    expect_task("a,y\n1,0.5\n5,1\n3,0.5\n9,1\n", LW_TASK_REGRESSION);
    expect_task("a,y\n1,10\n5,20\n3,30\n9,40\n", LW_TASK_REGRESSION);
}
END_TEST

static void expect_refused(const char *text, const lw_schema_options *options, lw_status want,
                           const char *words)
{
    lw_table *table = read_table(text);
    lw_schema *schema = NULL;
    ASSERT_FAILS(want, words, lw_schema_infer(&schema, table, options));
    ck_assert_ptr_null(schema);
    lw_table_free(table);
}

START_TEST(targets_that_cannot_be_learnt_are_refused)
{
    static const char *const y[] = {"y"}, *const two[] = {"a", "y"};
    lw_schema_options options = {.size = sizeof options, .targets = {y, 1}};
    expect_refused("a,y\n1,u\n2,u\n", &options, LW_EDATA, "all rows have the same class");
    expect_refused("a,y\n1,u\n2,v\n3,w\n4,x\n", &options, LW_EDATA, "more than half of the rows");
    expect_refused("a,y\n1,1\n2,\n3,1\n", &options, LW_EDATA, "line 3: the target 'y' is missing");
    expect_refused("a,y\n1,1\n1,2\n1,3.5\n", &options, LW_EDATA, "no column is an input");
    options.task = LW_TASK_REGRESSION;
    expect_refused("a,y\n1,u\n2,v\n3,u\n", &options, LW_EDATA, "a regression needs numbers");
    options.task = LW_TASK_CLASSIFICATION;
    options.targets = (lw_column_list){two, 2};
    expect_refused("a,y,z\n1,1,2\n2,2,5\n", &options, LW_EINVAL, "2 targets cannot be classes");
}
END_TEST

/* ---- Encoding ----------------------------------------------------------------------------- */

static const char training[] = "size,city,ok,y\n1,berlin,yes,10\n3,cairo,no,20\n,cairo,yes,35\n"
                               "5,,no,41\n";

START_TEST(fields_are_encoded)
{
    lw_table *table = read_table(training);
    lw_schema *schema = infer(table, "y");
    /* size: mean 3, deviation 2, median 3 and an input for missing; city: berlin, cairo, missing.
     */
    static const float want[] = {-1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0,
                                 0,  1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0};
    lw_dataset data = encode(schema, training, (lw_encode_options){0}, NULL);
    ck_assert_uint_eq(data.inputs, 6);
    expect_inputs(&data, want);
    const double mean = 26.5,
                 deviation = sqrt((16.5 * 16.5 + 6.5 * 6.5 + 8.5 * 8.5 + 14.5 * 14.5) / 3);
    ck_assert(fabs((double)data.target.values[0] - (10 - mean) / deviation) < 1e-6);
    float y[] = {data.target.values[0], data.target.values[3]};
    lw_schema_decode(schema, 2, y);
    ck_assert(fabsf(y[0] - 10.0f) < 1e-5f && fabsf(y[1] - 41.0f) < 1e-5f);
    lw_dataset_free(&data);

    /* Another order of columns, one of them new, no target, unknown and missing values. */
    lw_encode_report report;
    data = encode(schema, "new,ok,city,size\n7,TRUE,austin,5\n8,0,?,NA\n9,No,berlin,100\n",
                  (lw_encode_options){.targets = LW_TARGETS_IGNORED}, &report);
    static const float other[] = {1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 48.5f, 0, 1, 0, 0, 0};
    expect_inputs(&data, other);
    ck_assert(!data.target.values && !data.target.labels);
    ck_assert_uint_eq(report.unknown, 1);
    ck_assert_str_eq(report.unknown_column, "city");
    ck_assert_uint_eq(report.extra, 1);
    ck_assert_uint_eq(report.filled, 1);
    ck_assert_uint_eq(report.outside, 1);
    lw_dataset_free(&data);
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

static void expect_encode_fails(const lw_schema *schema, const char *text,
                                lw_encode_options options, const char *words)
{
    lw_table *table = read_table(text);
    lw_dataset data = untouched_dataset();
    options.size = sizeof options;
    ASSERT_FAILS(LW_EDATA, words, lw_schema_encode(schema, table, &options, &data, NULL));
    ck_assert(is_untouched(&data));
    lw_table_free(table);
}

START_TEST(tables_that_do_not_fit_are_refused)
{
    const lw_encode_options inputs = {.targets = LW_TARGETS_IGNORED};
    lw_table *table = read_table(training);
    lw_schema *schema = infer(table, "y");
    expect_encode_fails(schema, "size,y\n1,2\n", inputs, "the columns 'city', 'ok', which are not");
    expect_encode_fails(schema, "size,city,ok\n1,berlin,yes\n", (lw_encode_options){0},
                        "the column 'y', which is not among the columns: 'size', 'city', 'ok'");
    expect_encode_fails(schema, "size,city,ok\n1,berlin,yes\nbig,berlin,yes\n", inputs,
                        "line 3, column 'size': 'big' is not a number");
    expect_encode_fails(schema, "size,city,ok\n1,berlin,maybe\n", inputs,
                        "line 2, column 'ok': 'maybe' is neither true nor false");
    expect_encode_fails(schema, "size,city,ok\n1,austin,yes\n",
                        (lw_encode_options){.targets = LW_TARGETS_IGNORED, .strict = 1},
                        "line 2, column 'city': 'austin' is a category");
    expect_encode_fails(schema, "size,city,ok\n1e300,cairo,yes\n", inputs, "is beyond float32");
    expect_encode_fails(schema, "size,city,ok,y\n1,cairo,yes,\n", (lw_encode_options){0},
                        "line 2: the target 'y' is missing");
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

START_TEST(classes_are_numbered_in_order)
{
    lw_table *table = read_table("a,y\n1,10\n2,9\n3,10\n4,9.0\n");
    lw_schema *schema = infer(table, "y");
    lw_schema_target target;
    ASSERT_OK(lw_schema_target_info(schema, 0, &target));
    ck_assert_str_eq(target.classes[0], "9");
    ck_assert_str_eq(target.classes[1], "10");
    lw_dataset data = encode(schema, "a,y\n1,10.0\n2,1e1\n3,9\n", (lw_encode_options){0}, NULL);
    ck_assert_int_eq(data.target.labels[0], 1);
    ck_assert_int_eq(data.target.labels[1], 1);
    ck_assert_int_eq(data.target.labels[2], 0);
    ck_assert_uint_eq(data.outputs, 2);
    ck_assert_str_eq(data.class_names[1], "10");
    lw_dataset_free(&data);
    expect_encode_fails(schema, "a,y\n1,11\n", (lw_encode_options){0},
                        "'11' is not a class of the training data: '9', '10'");
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

START_TEST(files_without_header_are_matched_by_position)
{
    static const char *const zero[] = {"0"};
    lw_table *table = read_table("5,1,7\n6,2,9\n7,4,2\n8,3,1\n");
    const lw_schema_options options = {.size = sizeof options, .targets = {zero, 1}};
    lw_schema *schema = NULL;
    ASSERT_OK(lw_schema_infer(&schema, table, &options));
    lw_dataset whole = encode(schema, "5,1,7\n", (lw_encode_options){0}, NULL);
    lw_dataset part =
        encode(schema, "1,7\n", (lw_encode_options){.targets = LW_TARGETS_IGNORED}, NULL);
    expect_inputs(&part, whole.x);
    lw_dataset_free(&whole);
    lw_dataset_free(&part);
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

/* ---- Arrays ------------------------------------------------------------------------------- */

START_TEST(labels_of_arrays_are_any_whole_numbers)
{
    static const float x[] = {1, 2, 3, 4};
    static const int32_t labels[] = {1, 2, 2, 1}, later[] = {2, 2, 1, 2}, unknown[] = {1, 3, 1, 1};
    lw_dataset data = {.rows = 4, .inputs = 1, .outputs = 3, .x = x, .target = {.labels = labels}};
    lw_schema *schema = NULL;
    ASSERT_OK(lw_schema_infer_arrays(&schema, &data, NULL));
    ck_assert_uint_eq(lw_schema_classes(schema), 2);
    data.target.labels = later;
    ASSERT_OK(lw_schema_encode_arrays(schema, &data, LW_TARGETS_REQUIRED, NULL));
    ck_assert_uint_eq(data.outputs, 2);
    ck_assert_int_eq(data.target.labels[0], 1);
    ck_assert_int_eq(data.target.labels[2], 0);
    ck_assert_str_eq(data.class_names[0], "1");
    lw_dataset_free(&data);
    data =
        (lw_dataset){.rows = 4, .inputs = 1, .outputs = 4, .x = x, .target = {.labels = unknown}};
    ASSERT_FAILS(LW_EDATA, "row 1: label 3 is not a class",
                 lw_schema_encode_arrays(schema, &data, LW_TARGETS_REQUIRED, NULL));
    lw_schema_free(schema);
}
END_TEST

START_TEST(pixels_are_scaled_as_in_training)
{
    static const float raw[] = {0, 255, 51, 102}, scaled[] = {0, 1, 0.2f, 0.4f};
    static const int32_t labels[] = {0, 1};
    lw_dataset data = {
        .rows = 2, .inputs = 2, .outputs = 2, .x = raw, .target = {.labels = labels}, .scale = 1};
    lw_schema *schema = NULL;
    ASSERT_OK(lw_schema_infer_arrays(
        &schema, &data,
        &(lw_schema_options){.size = sizeof(lw_schema_options), .task = LW_TASK_NONE}));
    lw_dataset bytes = {.rows = 2, .inputs = 2, .outputs = 1, .x = scaled, .scale = 1.0f / 255.0f};
    ASSERT_OK(lw_schema_encode_arrays(schema, &bytes, LW_TARGETS_IGNORED, NULL));
    expect_inputs(&bytes, raw);
    lw_dataset_free(&bytes);
    lw_schema_free(schema);
}
END_TEST

/* ---- Files -------------------------------------------------------------------------------- */

static void expect_same_json(const lw_schema *schema)
{
    char *text, *again;
    lw_schema *read = NULL;
    ASSERT_OK(lw_schema_write_json(schema, "test", &text));
    ASSERT_OK(lw_schema_read_json("test", text, &read));
    ASSERT_OK(lw_schema_write_json(read, "test", &again));
    ck_assert_str_eq(text, again);
    free(text);
    free(again);
    lw_schema_free(read);
}

START_TEST(networks_keep_their_schema)
{
    lw_table *table = read_table("size,\"a \"\"b\"\"\",flag,fl\xe4"
                                 "che,y\n1.1,x\xff,0,1,u\n"
                                 "2.3,y,1,2,v\n,x\xff"
                                 ",1,5,u\n7.25,y,0,4,v\n");
    lw_schema *schema = infer(table, "y");
    expect_same_json(schema);
    const lw_layer_spec layers[] = {{.units = 3},
                                    {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}};
    lw_net *net = make_net(lw_schema_inputs(schema), layers, 2, 1), *loaded, *clone;
    ASSERT_OK(lw_net_set_schema(net, schema));
    lw_schema_free(schema);
    ASSERT_OK(lw_net_save(net, temp_path("net")));
    ASSERT_OK(lw_net_load(&loaded, temp_path("net")));
    ASSERT_OK(lw_net_clone(&clone, loaded));
    lw_net_destroy(net);
    lw_net_destroy(loaded);
    lw_dataset data;
    ASSERT_OK(lw_schema_encode(lw_net_schema(clone), table, NULL, &data, NULL));
    ck_assert_str_eq(data.input_names[2], "a \"b\" = x\xff");
    ck_assert(data.x[2] == 1.0f && data.x[3] == 0.0f);
    lw_dataset_free(&data);
    ASSERT_OK(lw_net_add_dense(clone, 2, LW_ACTIVATION_RELU) == LW_EINVAL ? LW_OK : LW_EINVAL);
    ASSERT_OK(lw_net_set_schema(clone, NULL));
    ck_assert_ptr_null(lw_net_schema(clone));
    lw_net_destroy(clone);
    lw_table_free(table);
}
END_TEST

/* y = 100 x exactly: W = 1, b = 0 of standardised numbers. With b = 1 each prediction is a
 * deviation too high. */
START_TEST(results_are_in_the_units_of_the_target)
{
    const float w = 1.0f, b = 1.0f;
    lw_table *table = read_table("x,y\n1,100\n2,200\n4,400\n9,900\n");
    lw_schema *schema = infer(table, "y");
    lw_dataset data;
    ASSERT_OK(lw_schema_encode(schema, table, NULL, &data, NULL));
    lw_schema_target target;
    ASSERT_OK(lw_schema_target_info(schema, 0, &target));
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_LINEAR};
    lw_net *net = make_net(1, &layer, 1, 1);
    ASSERT_OK(lw_net_set_schema(net, schema));
    ASSERT_OK(lw_net_set_layer(net, 0, &w, &b));
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert_double_eq_tol(e.errors[0].rmse, target.deviation, 1e-3);
    ck_assert_double_eq_tol(e.errors[0].mae, target.deviation, 1e-3);
    ck_assert_double_eq_tol(sqrt(e.loss), target.deviation, 1e-3);
    lw_evaluation_free(&e);
    lw_history history;
    const lw_fit_options options = {.size = sizeof options,
                                    .epochs = 1,
                                    .batch_size = LW_FULL_BATCH,
                                    .optimizer = lw_sgd(1e-6f),
                                    .validation = &data,
                                    .history = &history};
    ASSERT_OK(lw_fit(net, &data, &options));
    ck_assert_double_eq_tol(sqrt(history.epochs[0].train_loss), target.deviation, 1e-3);
    ck_assert_double_eq_tol(sqrt(history.epochs[0].validation_loss), target.deviation, 1e-2);
    lw_history_free(&history);
    lw_net_destroy(net);
    lw_dataset_free(&data);
    lw_schema_free(schema);
    lw_table_free(table);
}
END_TEST

START_TEST(bad_json_is_refused)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "header"},
        {"[]", "version"},
        {"{\"version\":2}", "version"},
        {"{\"version\":1,\"task\":\"x\"}", "task"},
        {"{\"version\":1,\"task\":\"none\"}", "targets"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[{}]}", "targets"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[]}", "inputs"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[],\"columns\":[]}", "no column"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[],\"columns\":[{\"name\":\"a\"}]}",
         "position"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[],\"columns\":[{\"name\":\"a\","
         "\"position\":0,\"kind\":\"category\",\"missing\":0,\"values\":[\"b\",\"a\"]}]}",
         "values"},
        {"{\"version\":1,\"task\":\"none\",\"targets\":[],\"columns\":[{\"name\":{\"hex\":\"0\"},"
         "\"position\":0}]}",
         "name"},
        {"{\"version\":1,\"task\":\"regression\",\"targets\":[{\"name\":\"y\",\"position\":0,"
         "\"mean\":0,\"deviation\":0}],\"inputs\":1,\"minimum\":0,\"maximum\":0,\"scale\":1}",
         "deviation"},
        {"{\"version\":1,\"task\":\"classification\",\"targets\":[{\"name\":\"y\",\"position\":0,"
         "\"classes\":[1]}],\"inputs\":1,\"minimum\":0,\"maximum\":0,\"scale\":1}",
         "classes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lw_schema *schema = NULL;
        ASSERT_FAILS(LW_EFORMAT, cases[i].words,
                     lw_schema_read_json("test", cases[i].text, &schema));
        ck_assert_ptr_null(schema);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = temp_files_case("schema");
    tcase_add_test(tcase, kinds_are_inferred);
    tcase_add_test(tcase, tasks_are_inferred);
    tcase_add_test(tcase, targets_that_cannot_be_learnt_are_refused);
    tcase_add_test(tcase, fields_are_encoded);
    tcase_add_test(tcase, tables_that_do_not_fit_are_refused);
    tcase_add_test(tcase, classes_are_numbered_in_order);
    tcase_add_test(tcase, files_without_header_are_matched_by_position);
    tcase_add_test(tcase, labels_of_arrays_are_any_whole_numbers);
    tcase_add_test(tcase, pixels_are_scaled_as_in_training);
    tcase_add_test(tcase, networks_keep_their_schema);
    tcase_add_test(tcase, results_are_in_the_units_of_the_target);
    tcase_add_test(tcase, bad_json_is_refused);
    return run_case("schema", tcase);
}
