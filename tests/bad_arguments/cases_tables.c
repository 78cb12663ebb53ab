/* Bad arguments of table.h and schema.h. */
#define _POSIX_C_SOURCE 200809L /* getpid */
#include "net_operands.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A table of three columns: a number, a category, a target. */
static lw_table *small_table(void)
{
    char path[64];
    snprintf(path, sizeof path, "bad_arguments-%ld.csv", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("a,c,y\n1,u,3\n2,v,1\n5,u,7\n1,v,2\n", file);
    fclose(file);
    lw_table *table = NULL;
    ck_assert_int_eq(lw_table_read(&table, path, NULL), LW_OK);
    remove(path);
    return table;
}

static const char *const target_name[] = {"y"};

static lw_schema *small_schema(const lw_table *table)
{
    const lw_schema_options options = {.size = sizeof options, .targets = {target_name, 1}};
    lw_schema *schema = NULL;
    ck_assert_int_eq(lw_schema_infer(&schema, table, &options), LW_OK);
    return schema;
}

/* ---- Tables ------------------------------------------------------------------------------- */

void bad_table_read(void)
{
    watch_operands();
    lw_table *table = NULL;
    lw_table_options options;
    watch_memory(&table, sizeof table);
#define READ(field, value)                                                                         \
    lw_table_read(                                                                                 \
        &table, "absent",                                                                          \
        (options = (lw_table_options){.size = sizeof options}, options.field = (value), &options))
    REFUSES(LW_EINVAL, "table", lw_table_read(NULL, "absent", NULL));
    REFUSES(LW_EINVAL, "path", lw_table_read(&table, NULL, NULL));
    REFUSES(LW_EINVAL, "lw_table_options", READ(size, 0));
    REFUSES(LW_EINVAL, "lw_table_options", READ(size, SIZE_MAX));
    REFUSES(LW_EINVAL, "separator", READ(separator, '"'));
    REFUSES(LW_EINVAL, "separator", READ(separator, '\n'));
    REFUSES(LW_EINVAL, "decimal", READ(decimal, 'x'));
    REFUSES(LW_EINVAL, "missing", READ(missing_count, 1));
    REFUSES(LW_EINVAL, "texts", READ(text_count, SIZE_MAX));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "header", READ(header, (lw_header)BAD_ENUM(LW_HEADER_ABSENT, i)));
    for (size_t i = 0; i < BAD_TEXTS; i++)
        REFUSES(LW_EIO, NULL, lw_table_read(&table, bad_texts[i], NULL));
#undef READ
}

void bad_table_free(void)
{
    watch_operands();
    HARMLESS(lw_table_free(NULL));
}

void bad_table_getters(void)
{
    watch_operands();
    lw_table *table = small_table();
    double number;
    watch_memory(&number, sizeof number);
    HOLDS(lw_table_path(NULL) == NULL && lw_table_rows(NULL) == 0 && lw_table_columns(NULL) == 0);
    HOLDS(lw_table_separator(NULL) == 0 && lw_table_decimal(NULL) == 0);
    HOLDS(!lw_table_has_header(NULL) && !lw_table_is_text(NULL, 0));
    HOLDS(!lw_table_column_name(NULL, 0) && !lw_table_column_name(table, 3));
    HOLDS(!lw_table_is_text(table, 3) && !lw_table_is_text(table, SIZE_MAX));
    HOLDS(!lw_table_field(NULL, 0, 0, NULL) && !lw_table_field(table, 4, 0, NULL));
    HOLDS(!lw_table_field(table, 0, SIZE_MAX, NULL));
    lw_table_free(table);
}

void bad_table_find_column(void)
{
    watch_operands();
    lw_table *table = small_table();
    size_t column = 0;
    watch_memory(&column, sizeof column);
    REFUSES(LW_EINVAL, "table", lw_table_find_column(NULL, "a", &column));
    REFUSES(LW_EINVAL, "name", lw_table_find_column(table, NULL, &column));
    REFUSES(LW_EINVAL, "column", lw_table_find_column(table, "a", NULL));
    REFUSES(LW_EINVAL, "a, c, y", lw_table_find_column(table, "3", &column));
    REFUSES(LW_EINVAL, "no column", lw_table_find_column(table, "18446744073709551616", &column));
    for (size_t i = 0; i < BAD_TEXTS; i++)
        REFUSES(LW_EINVAL, "no column", lw_table_find_column(table, bad_texts[i], &column));
    lw_table_free(table);
}

/* ---- Schemas ------------------------------------------------------------------------------ */

void bad_schema_infer(void)
{
    watch_operands();
    static const char *const no_names[] = {NULL}, *const twice[] = {"y", "y"};
    static const char *const category[] = {"c"}, *const absent[] = {"absent"};
    static const size_t row[] = {4};
    lw_table *table = small_table();
    lw_schema *schema = NULL;
    lw_schema_options options;
    watch_memory(&schema, sizeof schema);
#define INFER(field, ...)                                                                          \
    lw_schema_infer(&schema, table,                                                                \
                    (options = (lw_schema_options){.size = sizeof options},                        \
                     options.field = (__VA_ARGS__), &options))
    REFUSES(LW_EINVAL, "schema", lw_schema_infer(NULL, table, NULL));
    REFUSES(LW_EINVAL, "table", lw_schema_infer(&schema, NULL, NULL));
    REFUSES(LW_EINVAL, "lw_schema_options", INFER(size, SIZE_MAX));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "task", INFER(task, (lw_task)BAD_ENUM(LW_TASK_NONE, i)));
    REFUSES(LW_EINVAL, "targets", INFER(targets, (lw_column_list){NULL, 1}));
    REFUSES(LW_EINVAL, "targets", INFER(targets, (lw_column_list){no_names, 1}));
    REFUSES(LW_EINVAL, "ignored", INFER(ignored, (lw_column_list){NULL, SIZE_MAX}));
    REFUSES(LW_EINVAL, "twice", INFER(targets, (lw_column_list){twice, 2}));
    REFUSES(LW_EINVAL, "absent", INFER(numeric, (lw_column_list){absent, 1}));
    REFUSES(LW_EINVAL, "absent", INFER(weight, "absent"));
    REFUSES(LW_EDATA, "not a number", INFER(numeric, (lw_column_list){category, 1}));
    options = (lw_schema_options){.size = sizeof options, .rows = row, .row_count = 1};
    REFUSES(LW_EINVAL, "rows", lw_schema_infer(&schema, table, &options));
    options = (lw_schema_options){.size = sizeof options, .rows = row, .row_count = 0};
    REFUSES(LW_EDATA, "no rows", lw_schema_infer(&schema, table, &options));
#undef INFER
    lw_table_free(table);
}

static lw_status infer_arrays(const lw_dataset *data)
{
    lw_schema *schema = NULL;
    return lw_schema_infer_arrays(&schema, data, NULL);
}

void bad_schema_infer_arrays(void)
{
    watch_operands();
    lw_dataset bad = s.data;
    bad.inputs = 0;
    lw_schema_options options = {.size = 0};
    lw_schema *schema = NULL;
    watch_memory(&schema, sizeof schema);
    REFUSES(LW_EINVAL, "schema", lw_schema_infer_arrays(NULL, &s.data, NULL));
    REFUSES(LW_EINVAL, "data", infer_arrays(NULL));
    REFUSES(LW_EINVAL, "inputs", infer_arrays(&bad));
    REFUSES(LW_EINVAL, "lw_schema_options", lw_schema_infer_arrays(&schema, &s.data, &options));
    options = (lw_schema_options){.size = sizeof options, .task = LW_TASK_NONE + 1};
    REFUSES(LW_EINVAL, "task", lw_schema_infer_arrays(&schema, &s.data, &options));
}

void bad_schema_free(void)
{
    watch_operands();
    HARMLESS(lw_schema_free(NULL));
}

void bad_schema_getters(void)
{
    watch_operands();
    HOLDS(!lw_schema_is_array(NULL) && lw_schema_columns(NULL) == 0 && lw_schema_inputs(NULL) == 0);
    HOLDS(lw_schema_targets(NULL) == 0 && lw_schema_classes(NULL) == 0);
    HOLDS(lw_schema_task(NULL) == LW_TASK_DETECT && !lw_schema_input_names(NULL));
}

/* Runs cases on the schema of a small table. */
static void with_schema(void (*cases)(const lw_schema *schema))
{
    watch_operands();
    lw_table *table = small_table();
    lw_schema *schema = small_schema(table);
    cases(schema);
    lw_schema_free(schema);
    lw_table_free(table);
}

static void column_info(const lw_schema *schema)
{
    lw_schema_column column;
    REFUSES(LW_EINVAL, "schema", lw_schema_column_info(NULL, 0, &column));
    REFUSES(LW_EINVAL, "info", lw_schema_column_info(schema, 0, NULL));
    REFUSES(LW_EINVAL, "column 2", lw_schema_column_info(schema, 2, &column));
}

void bad_schema_column_info(void)
{
    with_schema(column_info);
}

static void target_info(const lw_schema *schema)
{
    lw_schema_target target;
    REFUSES(LW_EINVAL, "schema", lw_schema_target_info(NULL, 0, &target));
    REFUSES(LW_EINVAL, "info", lw_schema_target_info(schema, 0, NULL));
    REFUSES(LW_EINVAL, "target 1", lw_schema_target_info(schema, 1, &target));
}

void bad_schema_target_info(void)
{
    with_schema(target_info);
}

static void table_options(const lw_schema *schema)
{
    lw_table_options options = {.size = sizeof options};
    watch_memory(&options, sizeof options);
    REFUSES(LW_EINVAL, "schema", lw_schema_table_options(NULL, &options));
    REFUSES(LW_EINVAL, "options", lw_schema_table_options(schema, NULL));
    unwatch_memory();
}

void bad_schema_table_options(void)
{
    with_schema(table_options);
}

static void clone_schema(const lw_schema *schema)
{
    lw_schema *clone = NULL;
    REFUSES(LW_EINVAL, "schema", lw_schema_clone(&clone, NULL));
    REFUSES(LW_EINVAL, "clone", lw_schema_clone(NULL, schema));
    ck_assert_ptr_null(clone);
}

void bad_schema_clone(void)
{
    with_schema(clone_schema);
}

static void decode(const lw_schema *schema)
{
    HARMLESS(lw_schema_decode(NULL, 1, s.y));
    HARMLESS(lw_schema_decode(schema, SIZE_MAX, NULL));
    HARMLESS(lw_schema_decode(schema, 0, s.y));
}

void bad_schema_decode(void)
{
    with_schema(decode);
}

void bad_schema_encode(void)
{
    watch_operands();
    lw_table *table = small_table();
    lw_schema *schema = small_schema(table), *arrays = NULL;
    static const size_t row[] = {4};
    lw_encode_options options;
    ck_assert_int_eq(lw_schema_infer_arrays(&arrays, &s.data, NULL), LW_OK);
#define ENCODE(field, ...)                                                                         \
    lw_schema_encode(schema, table,                                                                \
                     (options = (lw_encode_options){.size = sizeof options},                       \
                      options.field = (__VA_ARGS__), &options),                                    \
                     &s.made, NULL)
    REFUSES(LW_EINVAL, "schema", lw_schema_encode(NULL, table, NULL, &s.made, NULL));
    REFUSES(LW_EINVAL, "table", lw_schema_encode(schema, NULL, NULL, &s.made, NULL));
    REFUSES(LW_EINVAL, "data", lw_schema_encode(schema, table, NULL, NULL, NULL));
    REFUSES(LW_EINVAL, "arrays", lw_schema_encode(arrays, table, NULL, &s.made, NULL));
    REFUSES(LW_EINVAL, "lw_encode_options", ENCODE(size, 0));
    REFUSES(LW_EINVAL, "shard", ENCODE(shard, (lw_shard){1, 0, 1}));
    options = (lw_encode_options){.size = sizeof options, .rows = row, .row_count = 1};
    REFUSES(LW_EINVAL, "rows", lw_schema_encode(schema, table, &options, &s.made, NULL));
#undef ENCODE
    lw_schema_free(arrays);
    lw_schema_free(schema);
    lw_table_free(table);
}

void bad_schema_encode_arrays(void)
{
    watch_operands();
    lw_table *table = small_table();
    lw_schema *schema = small_schema(table), *arrays = NULL;
    ck_assert_int_eq(lw_schema_infer_arrays(&arrays, &s.data, NULL), LW_OK);
    REFUSES(LW_EINVAL, "schema", lw_schema_encode_arrays(NULL, &s.data, 0, NULL));
    REFUSES(LW_EINVAL, "data", lw_schema_encode_arrays(arrays, NULL, 0, NULL));
    REFUSES(LW_EINVAL, "table", lw_schema_encode_arrays(schema, &s.data, 0, NULL));
    lw_dataset bad = s.data;
    bad.inputs--;
    REFUSES(LW_ESHAPE, "inputs", lw_schema_encode_arrays(arrays, &bad, 0, NULL));
    bad = s.data;
    bad.target = (lw_target){0};
    REFUSES(LW_EINVAL, "target", lw_schema_encode_arrays(arrays, &bad, 0, NULL));
    lw_schema_free(arrays);
    lw_schema_free(schema);
    lw_table_free(table);
}

void bad_net_set_schema(void)
{
    lw_net *net = watched_net();
    lw_table *table = small_table();
    lw_schema *schema = small_schema(table), *arrays = NULL;
    REFUSES(LW_EINVAL, "net", lw_net_set_schema(NULL, schema));
    REFUSES(LW_ESHAPE, "targets", lw_net_set_schema(net, schema));
    lw_dataset narrow = s.data;
    narrow.inputs--;
    ck_assert_int_eq(lw_schema_infer_arrays(&arrays, &narrow, NULL), LW_OK);
    REFUSES(LW_ESHAPE, "inputs", lw_net_set_schema(net, arrays));
    IDLE(lw_net_set_schema(net, NULL));
    expect_usable(net);
    lw_schema_free(arrays);
    lw_schema_free(schema);
    lw_table_free(table);
}

void bad_net_schema(void)
{
    watch_operands();
    HOLDS(!lw_net_schema(NULL));
}

void bad_split_rows(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "index", lw_split_rows(3, 0.5, 1, NULL, &s.number));
    REFUSES(LW_EINVAL, "first", lw_split_rows(3, 0.5, 1, s.index, NULL));
    REFUSES(LW_EINVAL, "fraction", lw_split_rows(3, 1.5, 1, s.index, &s.number));
    REFUSES(LW_EINVAL, "fraction", lw_split_rows(3, -0.5, 1, s.index, &s.number));
}
