/* Bad arguments of nn.h: data sets and files. File names are relative to the working directory, and
 * none of the files may be created. */
#define _POSIX_C_SOURCE 200809L /* getpid */
#include "net_operands.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WITH(field, value) (bad = s.data, bad.field = (value), &bad)

/* Invalid data sets, which every function that takes a data set must reject. */
static void bad_shapes(lw_status (*call)(const lw_dataset *data))
{
    lw_dataset bad;
    REFUSES(LW_EINVAL, "data", call(NULL));
    REFUSES(LW_EINVAL, "inputs", call(WITH(inputs, 0)));
    REFUSES(LW_EINVAL, "outputs", call(WITH(outputs, 0)));
    REFUSES(LW_EINVAL, "x", call(WITH(x, NULL)));
    REFUSES(LW_EINVAL, "target", call(WITH(target, s.both)));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        REFUSES(LW_EINVAL, "rows", call(WITH(rows, huge_sizes[i])));
        REFUSES(LW_EINVAL, "x", call(WITH(inputs, huge_sizes[i])));
        REFUSES(LW_EINVAL, "target",
                call((bad = s.data, bad.target = s.target, bad.outputs = huge_sizes[i], &bad)));
    }
}

void bad_dataset_check(void)
{
    watch_operands();
    bad_shapes(lw_dataset_check);
    lw_dataset bad;
    REFUSES(LW_EDATA, "rows", lw_dataset_check(WITH(rows, 0)));
    IDLE(lw_dataset_check(&s.data));
    IDLE(lw_dataset_check(WITH(target, (lw_target){0})));
    s.x[ROWS * INPUTS - 1] = INFINITY;
    REFUSES(LW_EDATA, "row", lw_dataset_check(&s.data));
    s.x[ROWS * INPUTS - 1] = 0.0f;
    static const int32_t labels[] = {-1, OUTPUTS, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        s.labels[ROWS - 1] = labels[i];
        REFUSES(LW_EDATA, "row", lw_dataset_check(&s.data));
    }
}

void bad_dataset_free(void)
{
    watch_operands();
    HARMLESS(lw_dataset_free(NULL));
    HARMLESS(lw_dataset_free(&s.made)); /* empty */
}

static lw_status select_some(const lw_dataset *data)
{
    return lw_dataset_select(data, 2, s.index, &s.made);
}

void bad_dataset_select(void)
{
    watch_operands();
    bad_shapes(select_some);
    REFUSES(LW_EINVAL, "index", lw_dataset_select(&s.data, 2, NULL, &s.made));
    REFUSES(LW_EINVAL, "selection", lw_dataset_select(&s.data, 2, s.index, NULL));
    s.index[1] = ROWS;
    REFUSES(LW_EINVAL, "index", lw_dataset_select(&s.data, 2, s.index, &s.made));
    s.index[1] = SIZE_MAX;
    REFUSES(LW_EINVAL, "index", lw_dataset_select(&s.data, 2, s.index, &s.made));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "count", lw_dataset_select(&s.data, huge_sizes[i], s.index, &s.made));
}

/* Invalid shards. */
static const lw_shard bad_shards[] = {{1, 0, 1}, {0, 2, 1}, {0, 1, 0}, {0, 0, SIZE_MAX}};
enum { BAD_SHARDS = sizeof bad_shards / sizeof *bad_shards };

static lw_status shard_of_all(const lw_dataset *data)
{
    return lw_dataset_shard(data, NULL, &s.made);
}

void bad_dataset_class(void)
{
    watch_operands();
    lw_dataset bad = s.data;
    HOLDS(lw_dataset_class(NULL, 0) == -1);
    HOLDS(lw_dataset_class(&s.data, ROWS) == -1);
    HOLDS(lw_dataset_class(&s.data, SIZE_MAX) == -1);
    bad.target = (lw_target){0};
    HOLDS(lw_dataset_class(&bad, 0) == -1);
}

void bad_dataset_shard(void)
{
    watch_operands();
    bad_shapes(shard_of_all);
    REFUSES(LW_EINVAL, "part", lw_dataset_shard(&s.data, NULL, NULL));
    for (size_t i = 0; i < BAD_SHARDS; i++)
        REFUSES(LW_EINVAL, "shard", lw_dataset_shard(&s.data, &bad_shards[i], &s.made));
}

static lw_status split_in_half(const lw_dataset *data)
{
    return lw_dataset_split(data, 0.5, 1, &s.made, &s.other);
}

void bad_dataset_split(void)
{
    static const double fractions[] = {-0.1, 1.1, (double)NAN, (double)INFINITY};
    watch_operands();
    bad_shapes(split_in_half);
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++)
        REFUSES(LW_EINVAL, "fraction",
                lw_dataset_split(&s.data, fractions[i], 1, &s.made, &s.other));
    REFUSES(LW_EINVAL, "first", lw_dataset_split(&s.data, 0.5, 1, NULL, &s.other));
    REFUSES(LW_EINVAL, "second", lw_dataset_split(&s.data, 0.5, 1, &s.made, NULL));
    REFUSES(LW_EINVAL, "second", lw_dataset_split(&s.data, 0.5, 1, &s.made, &s.made));
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* Paths that cannot be opened: LW_EIO, and the message names the path. */
#define NO_FILES(call)                                                                             \
    do {                                                                                           \
        for (size_t text = 0; text < BAD_TEXTS; text++) {                                          \
            const char *const path = bad_texts[text];                                              \
            REFUSES(LW_EIO, NULL, call);                                                           \
        }                                                                                          \
    } while (0)

void bad_dataset_load_idx(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "data", lw_dataset_load_idx(NULL, "a", "b", NULL));
    REFUSES(LW_EINVAL, "images", lw_dataset_load_idx(&s.made, NULL, "b", NULL));
    REFUSES(LW_EINVAL, "labels", lw_dataset_load_idx(&s.made, "a", NULL, NULL));
    NO_FILES(lw_dataset_load_idx(&s.made, path, path, NULL));
}

void bad_dataset_load_npy(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "data", lw_dataset_load_npy(NULL, "a", "b", NULL));
    REFUSES(LW_EINVAL, "x", lw_dataset_load_npy(&s.made, NULL, "b", NULL));
    NO_FILES(lw_dataset_load_npy(&s.made, path, NULL, NULL));
    NO_FILES(lw_dataset_load_npy(&s.made, path, path, NULL));
    NO_FILES(lw_dataset_load_npy(&s.made, path, path, &bad_shards[0]));
}

void bad_dataset_load_csv(void)
{
    watch_operands();
    static const size_t sizes[] = {0, offsetof(lw_csv_options, shard), SIZE_MAX};
    static const char separators[] = {'"', '\n', '\r'};
    const lw_csv_options good = {.size = sizeof good};
    lw_csv_options options;
#define LOAD(field, value)                                                                         \
    lw_dataset_load_csv(&s.made, "absent", (options = good, options.field = (value), &options))
    REFUSES(LW_EINVAL, "data", lw_dataset_load_csv(NULL, "absent", &good));
    REFUSES(LW_EINVAL, "path", lw_dataset_load_csv(&s.made, NULL, &good));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        REFUSES(LW_EINVAL, "lw_csv_options", LOAD(size, sizes[i]));
    for (size_t i = 0; i < sizeof separators; i++)
        REFUSES(LW_EINVAL, "separator", LOAD(separator, separators[i]));
    REFUSES(LW_EINVAL, "target", LOAD(labels, 1));
    REFUSES(LW_EINVAL, "one_hot", LOAD(one_hot_count, 1));
    REFUSES(LW_EINVAL, "one_hot", LOAD(one_hot_count, SIZE_MAX));
    REFUSES(LW_EINVAL, "standardized", LOAD(standardized_count, SIZE_MAX));
    REFUSES(LW_EIO, "absent", LOAD(target, ""));
    NO_FILES(lw_dataset_load_csv(&s.made, path, NULL));
#undef LOAD
    /* Column names that are NULL or missing from an existing file. */
    static const char *const no_names[] = {NULL};
    char path[64];
    snprintf(path, sizeof path, "bad_arguments-%ld.csv", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("a,b\n1,2\n", file);
    fclose(file);
    options = (lw_csv_options){.size = sizeof options, .one_hot = no_names, .one_hot_count = 1};
    REFUSES(LW_EINVAL, "NULL", lw_dataset_load_csv(&s.made, path, &options));
    for (size_t i = 0; i < BAD_TEXTS; i++) {
        options = (lw_csv_options){.size = sizeof options, .target = bad_texts[i]};
        REFUSES(LW_EINVAL, NULL, lw_dataset_load_csv(&s.made, path, &options));
    }
    options = (lw_csv_options){.size = sizeof options, .target = "18446744073709551616"};
    REFUSES(LW_EINVAL, NULL, lw_dataset_load_csv(&s.made, path, &options));
    remove(path);
}

static void bad_writing(lw_status (*write)(const char *path, size_t rows, size_t cols))
{
    REFUSES(LW_EINVAL, "path", write(NULL, 2, 2));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        REFUSES(LW_EINVAL, "overflows", write("absent/x", huge_sizes[i], 0));
        REFUSES(LW_EINVAL, "overflows", write("absent/x", huge_sizes[i], huge_sizes[i]));
        REFUSES(LW_EINVAL, "overflows", write("absent/x", 4, huge_sizes[i]));
    }
    NO_FILES(write(path, 2, 2));
}

static lw_status write_f32(const char *path, size_t rows, size_t cols)
{
    return lw_npy_write_f32(path, s.x, rows, cols);
}

static lw_status write_i32(const char *path, size_t rows, size_t cols)
{
    return lw_npy_write_i32(path, s.labels, rows, cols);
}

void bad_npy_write_f32(void)
{
    watch_operands();
    bad_writing(write_f32);
    REFUSES(LW_EINVAL, "x", lw_npy_write_f32("absent/x", NULL, 2, 2));
}

void bad_npy_write_i32(void)
{
    watch_operands();
    bad_writing(write_i32);
    REFUSES(LW_EINVAL, "x", lw_npy_write_i32("absent/x", NULL, 2, 2));
}

/* ---- Models ---------------------------------------------------------------------------------- */

void bad_net_save(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_save(NULL, "absent/x"));
    REFUSES(LW_EINVAL, "path", lw_net_save(net, NULL));
    NO_FILES(lw_net_save(net, path));
    expect_usable(net);
}

void bad_net_save_state(void)
{
    lw_net *net = watched_net();
    const lw_position far = {.epochs = SIZE_MAX, .batches = SIZE_MAX};
    REFUSES(LW_EINVAL, "net", lw_net_save_state(NULL, &far, "absent/x"));
    REFUSES(LW_EINVAL, "position", lw_net_save_state(net, NULL, "absent/x"));
    REFUSES(LW_EINVAL, "path", lw_net_save_state(net, &far, NULL));
    REFUSES(LW_EINVAL, "loss", lw_net_save_state(net, &(lw_position){.loss = NAN}, "absent/x"));
    NO_FILES(lw_net_save_state(net, &far, path));
    expect_usable(net);
}

void bad_net_load(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "net", lw_net_load(NULL, "absent"));
    REFUSES(LW_EINVAL, "path", lw_net_load(&s.handle, NULL));
    NO_FILES(lw_net_load(&s.handle, path));
}

void bad_net_load_parameters(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_load_parameters(NULL, "absent"));
    REFUSES(LW_EINVAL, "path", lw_net_load_parameters(net, NULL));
    NO_FILES(lw_net_load_parameters(net, path));
    expect_usable(net);
}

void bad_net_load_state(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_load_state(NULL, &s.position, "absent"));
    REFUSES(LW_EINVAL, "position", lw_net_load_state(net, NULL, "absent"));
    REFUSES(LW_EINVAL, "path", lw_net_load_state(net, &s.position, NULL));
    NO_FILES(lw_net_load_state(net, &s.position, path));
    expect_usable(net);
}

void bad_net_import(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "net",
            lw_net_import(NULL, "absent", LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
    REFUSES(LW_EINVAL, "path",
            lw_net_import(&s.handle, NULL, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
    REFUSES(LW_EINVAL, "hidden",
            lw_net_import(&s.handle, "absent", LW_ACTIVATION_SOFTMAX, LW_ACTIVATION_LINEAR));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_activation bad = (lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i);
        REFUSES(LW_EINVAL, "hidden", lw_net_import(&s.handle, "absent", bad, LW_ACTIVATION_LINEAR));
        REFUSES(LW_EINVAL, "activation",
                lw_net_import(&s.handle, "absent", LW_ACTIVATION_RELU, bad));
    }
    NO_FILES(lw_net_import(&s.handle, path, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
}

void bad_net_import_with(void)
{
    watch_operands();
    static const char *const order[] = {"0", NULL};
    lw_import_options good = {.size = sizeof good}, bad;
    REFUSES(LW_EINVAL, "net", lw_net_import_with(NULL, "absent", &good));
    REFUSES(LW_EINVAL, "path", lw_net_import_with(&s.handle, NULL, &good));
    REFUSES(LW_EINVAL, "options", lw_net_import_with(&s.handle, "absent", NULL));
#define IMPORT(field, value)                                                                       \
    lw_net_import_with(&s.handle, "absent", (bad = good, bad.field = (value), &bad))
    REFUSES(LW_EINVAL, "size", IMPORT(size, 0));
    REFUSES(LW_EINVAL, "size", IMPORT(size, sizeof good - 1));
    REFUSES(LW_EINVAL, "hidden", IMPORT(hidden, LW_ACTIVATION_SOFTMAX));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_activation unknown = (lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i);
        REFUSES(LW_EINVAL, "hidden", IMPORT(hidden, unknown));
        REFUSES(LW_EINVAL, "activation", IMPORT(output, unknown));
    }
    REFUSES(LW_EINVAL, "order", IMPORT(order_count, 1));
    good.order = order;
    REFUSES(LW_EINVAL, "order[1]", IMPORT(order_count, 2));
#undef IMPORT
    NO_FILES(lw_net_import_with(&s.handle, path, &good));
}

void bad_net_export_onnx(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_export_onnx(NULL, "absent/x"));
    REFUSES(LW_EINVAL, "path", lw_net_export_onnx(net, NULL));
    NO_FILES(lw_net_export_onnx(net, path));
    expect_usable(net);
}

void bad_net_export_c(void)
{
    static const char *const names[] = {
        "",          "1st",
        "a b",       "a-b",
        "a;b",       "%s%n",
        "\303\244",  "f\n",
        "a(void){}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 41 */,
    };
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_export_c(NULL, "absent/x", "f"));
    REFUSES(LW_EINVAL, "path", lw_net_export_c(net, NULL, "f"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        REFUSES(LW_EINVAL, "name", lw_net_export_c(net, "absent/x", names[i]));
    NO_FILES(lw_net_export_c(net, path, NULL));
    expect_usable(net);
}
