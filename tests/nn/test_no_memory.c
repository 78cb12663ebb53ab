/*
 * Reading and writing files while one allocation after the other fails. The linker turns the
 * allocations of the library into calls of the functions below (--wrap). jansson, which is shared,
 * is given them for writing; reading without memory it may take a sound text for a broken one.
 */
#define _XOPEN_SOURCE 700
#include "temp_files.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static int watching;
static size_t before_failure; /* allocations that still succeed */

static int next_fails(void)
{
    if (!watching)
        return 0;
    if (before_failure > 0) {
        before_failure--;
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return next_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return next_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return next_fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return next_fails() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
    return next_fails() ? NULL : __real_strdup(text);
}

/* ---- The calls ----------------------------------------------------------------------------- */

static const char *path, *second_path;
static lw_net *net;
static float *parameters; /* of net before the call */

static lw_status keep_data(lw_status status, lw_dataset *data)
{
    watching = 0;
    if (status == LW_OK)
        lw_dataset_free(data);
    else
        ck_assert(is_untouched(data));
    return status;
}

static lw_status load_idx(void)
{
    lw_dataset data = untouched_dataset();
    return keep_data(lw_dataset_load_idx(&data, path, path), &data);
}

static lw_status load_npy(void)
{
    lw_dataset data = untouched_dataset();
    return keep_data(lw_dataset_load_npy(&data, path, second_path), &data);
}

static lw_status load_csv(void)
{
    static const char *const k[] = {"k"};
    const lw_csv_options options = {.size = sizeof options,
                                    .target = "y",
                                    .labels = 1,
                                    .one_hot = k,
                                    .one_hot_count = 1,
                                    .standardize = 1};
    lw_dataset data = untouched_dataset();
    return keep_data(lw_dataset_load_csv(&data, path, &options), &data);
}

static lw_status split(void)
{
    static const float x[4] = {0};
    const lw_dataset all = {.rows = 4, .inputs = 1, .outputs = 1, .x = x};
    lw_dataset first = untouched_dataset(), second = untouched_dataset();
    const lw_status status = lw_dataset_split(&all, 0.5, 1, &first, &second);
    keep_data(status, &first);
    return keep_data(status, &second);
}

static lw_status write_npy(void)
{
    static const float x = 1.0f;
    return lw_write_npy_f32(path, &x, 1, 1);
}

static lw_status save_net(void)
{
    return lw_net_save(net, path);
}

static lw_status load_net(void)
{
    lw_net *loaded = net;
    const lw_status status = lw_net_load(&loaded, path);
    watching = 0;
    if (status == LW_OK)
        lw_net_destroy(loaded);
    else
        ck_assert_ptr_eq(loaded, net);
    return status;
}

static lw_status load_parameters(void)
{
    const lw_status status = lw_net_load_parameters(net, path);
    watching = 0;
    float *after = parameters_of(net);
    if (status != LW_OK)
        assert_same_bits("parameters", lw_net_parameter_count(net), after, parameters);
    free(after);
    return status;
}

static lw_status import_net(void)
{
    lw_net *imported = net;
    const lw_status status = lw_net_import(&imported, path, LW_TANH, LW_LINEAR);
    watching = 0;
    if (status == LW_OK)
        lw_net_destroy(imported);
    else
        ck_assert_ptr_eq(imported, net);
    return status;
}

static unsigned char *whole_export; /* what should be written to second_path */
static size_t whole_size;

/* A piece that is missing without a word is the failure to look for. */
static lw_status check_export(lw_status status)
{
    watching = 0;
    if (status != LW_OK)
        return status;
    size_t size;
    unsigned char *bytes = file_bytes(second_path, &size);
    ck_assert_uint_eq(size, whole_size);
    ck_assert_mem_eq(bytes, whole_export, size);
    free(bytes);
    return status;
}

static lw_status export_onnx(void)
{
    return check_export(lw_net_export_onnx(net, second_path));
}

static lw_status export_c(void)
{
    return check_export(lw_net_export_c(net, second_path, NULL));
}

static lw_status save_state(void)
{
    return lw_net_save_state(net, &(lw_position){.epochs = 1}, path);
}

static lw_status load_state(void)
{
    lw_position done = {.epochs = 42};
    const lw_status status = lw_net_load_state(net, &done, path);
    watching = 0;
    float *after = parameters_of(net);
    ck_assert_uint_eq(done.epochs, status == LW_OK ? 1 : 42);
    if (status != LW_OK)
        assert_same_bits("parameters", lw_net_parameter_count(net), after, parameters);
    free(after);
    return status;
}

/* Lets the first, the second, ... allocation of a call fail until it succeeds. */
static void fail_everywhere(lw_status (*call)(void), size_t at_least)
{
    const size_t files = temp_count();
    size_t failures = 0;
    for (lw_status status = LW_ENOMEM; status != LW_OK; failures++) {
        before_failure = failures;
        watching = 1;
        status = call();
        watching = 0;
        ck_assert_msg(status == LW_OK || status == LW_ENOMEM, "allocation %zu: %s: %s", failures,
                      lw_status_name(status), lw_last_error());
        if (status != LW_OK)
            ck_assert_uint_eq(temp_count(), files);
    }
    ck_assert_uint_gt(failures, at_least);
}

/* ---- The tests ----------------------------------------------------------------------------- */

START_TEST(data_sets_without_memory)
{
    static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 2};
    static const float x[] = {1.0f, 2.0f, 3.0f};
    static const int32_t y[] = {0, 1, 1};

    path = temp_file("labels", idx, sizeof idx);
    fail_everywhere(load_idx, 3);
    path = temp_text("data.csv", "a,k,y\n1,red,yes\n2,blue,no\n3,red,no\n");
    fail_everywhere(load_csv, 15);
    fail_everywhere(split, 3);

    path = temp_path("x.npy");
    second_path = temp_path("y.npy");
    fail_everywhere(write_npy, 2);
    ASSERT_OK(lw_write_npy_f32(path, x, 3, 1));
    ASSERT_OK(lw_write_npy_i32(second_path, y, 3, 0));
    fail_everywhere(load_npy, 3);
}
END_TEST

START_TEST(networks_without_memory)
{
    const lw_layer_spec layers[] = {{.units = 2, .activation = LW_TANH}, {.units = 1}};
    net = make_net(3, layers, 2, 1);
    path = temp_path("net.safetensors");
    json_set_alloc_funcs(__wrap_malloc, free);
    fail_everywhere(save_net, 40);
    json_set_alloc_funcs(__real_malloc, free);
    fail_everywhere(load_net, 10);
    ASSERT_OK(lw_net_initialize(net, 2));
    parameters = parameters_of(net);
    fail_everywhere(load_parameters, 7);
    free(parameters);
    fail_everywhere(import_net, 10);
    second_path = temp_path("net.onnx");
    ASSERT_OK(lw_net_export_onnx(net, second_path));
    whole_export = file_bytes(second_path, &whole_size);
    fail_everywhere(export_onnx, 20);
    free(whole_export);
    second_path = temp_path("net.c");
    ASSERT_OK(lw_net_export_c(net, second_path, NULL));
    whole_export = file_bytes(second_path, &whole_size);
    fail_everywhere(export_c, 3);
    free(whole_export);
    lw_net_destroy(net);
}
END_TEST

START_TEST(states_without_memory)
{
    static const float x[3] = {1.0f, 2.0f, 3.0f}, y = 0.5f;
    const lw_layer_spec layers[] = {{.units = 2, .activation = LW_TANH}, {.units = 1}};
    const lw_optimizer adam = lw_adam(0.1f);
    net = make_net(3, layers, 2, 1);
    ASSERT_OK(lw_train_step(net, LW_MSE, &adam, 1, x, &(lw_target){.values = &y}, NULL));
    path = temp_path("state.safetensors");
    json_set_alloc_funcs(__wrap_malloc, free);
    fail_everywhere(save_state, 80);
    json_set_alloc_funcs(__real_malloc, free);
    ASSERT_OK(lw_net_initialize(net, 2));
    parameters = parameters_of(net);
    fail_everywhere(load_state, 14);
    free(parameters);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("no memory");
    TCase *files = temp_files_case("files");
    tcase_add_test(files, data_sets_without_memory);
    tcase_add_test(files, networks_without_memory);
    tcase_add_test(files, states_without_memory);
    suite_add_tcase(suite, files);
    return run_suite(suite);
}
