/* Networks imported from the weights of other programs. */
#define _DEFAULT_SOURCE /* sbrk, MAP_ANONYMOUS */
#include "saved_nets.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A 2-1-2 network whose elements are numbered in the order of the flat view. */
static const float counted[] = {1, 2, 3, 4, 5, 6, 7};
/* clang-format off */
#define COUNTED_LAYERS(first, second)                                                              \
    "{" MATRIX(first ".weight", 1, 2, 0, 8) "," VECTOR(first ".bias", 1, 8, 12) ","                \
    MATRIX(second ".weight", 2, 1, 12, 20) "," VECTOR(second ".bias", 2, 20, 28) "}"
/* clang-format on */

static lw_net *import_numbered(const char *header, size_t floats)
{
    lw_net *net;
    ASSERT_OK(lw_net_import(&net, save_numbered(header, floats), LW_ACTIVATION_TANH,
                            LW_ACTIVATION_SIGMOID));
    ck_assert_uint_eq(lw_net_inputs(net), 2);
    ck_assert_uint_eq(lw_net_layer_count(net), 2);
    float *flat = parameters_of(net);
    assert_same_bits(header, 7, flat, counted);
    free(flat);
    return net;
}

START_TEST(numbered_tensors_are_layers)
{
    static const char *const headers[] = {
        COUNTED_LAYERS("0", "2"),         COUNTED_LAYERS("0", "1"),
        COUNTED_LAYERS("0", "5"),         COUNTED_LAYERS("9", "10"),
        COUNTED_LAYERS("net.0", "net.2"), COUNTED_LAYERS("layers.0", "layers.1"),
        COUNTED_LAYERS("fc1", "fc2"),     COUNTED_LAYERS("a.b.fc9", "a.b.fc10"),
        COUNTED_LAYERS("1.0", "1.2"),
    };
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
        lw_net *net = import_numbered(headers[k], 7);
        lw_layer_info first, last;
        ASSERT_OK(lw_net_layer_info(net, 0, &first));
        ASSERT_OK(lw_net_layer_info(net, 1, &last));
        ck_assert(first.out == 1 && first.activation == LW_ACTIVATION_TANH);
        ck_assert(last.out == 2 && last.activation == LW_ACTIVATION_SIGMOID);
        lw_net_destroy(net);
    }
}
END_TEST

START_TEST(a_missing_bias_is_0)
{
    static const float expected[] = {1, 2, 0, 3, 4, 5, 6};
    /* clang-format off */
    static const char header[] =
        "{" MATRIX("0.weight", 1, 2, 0, 8) ","
        MATRIX("2.weight", 2, 1, 8, 16) "," VECTOR("2.bias", 2, 16, 24) "}";
    /* clang-format on */
    const char *path = save_numbered(header, 6);
    const lw_layer_spec layers[] = {{.units = 1, .activation = LW_ACTIVATION_RELU}, {.units = 2}};
    lw_net *net = make_net(2, layers, 2, 1), *imported;
    ASSERT_OK(lw_net_load_parameters(net, path));
    ASSERT_OK(lw_net_import(&imported, path, LW_ACTIVATION_RELU, LW_ACTIVATION_SOFTMAX));
    float *flat = parameters_of(net), *imported_flat = parameters_of(imported);
    assert_same_bits("loaded", 7, flat, expected);
    assert_same_bits("imported", 7, imported_flat, expected);
    free(flat);
    free(imported_flat);
    lw_net_destroy(net);
    lw_net_destroy(imported);
}
END_TEST

START_TEST(weights_are_read_as_out_in)
{
    lw_net *net;
    const char *path = save_numbered("{" MATRIX("0.weight", 2, 3, 0, 24) "}", 6);
    ASSERT_OK(lw_net_import(&net, path, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
    static const float x[] = {1.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f};
    static const float columns[] = {1, 4, 2, 5, 3, 6};
    float y[6];
    ASSERT_OK(lw_predict(net, 3, x, y));
    assert_same_bits("outputs", 6, y, columns);
    lw_net_destroy(net);
}
END_TEST

static int many_layers(void)
{
    return is_fast_run() ? 10000 : 100000;
}

/* Saves a file of many 1-1 layers whose header has this ending. */
static const char *save_many(const char *name, const char *end)
{
    const int many = many_layers();
    enum { LENGTH_BYTES = 8, TENSOR_BYTES = 100 };
    char *bytes = calloc((size_t)many * TENSOR_BYTES + strlen(end), 1),
         *next = bytes + LENGTH_BYTES;
    ck_assert_ptr_nonnull(bytes);
    for (int i = 0; i < many; i++)
        next += sprintf(
            next, "%c\"%d.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}",
            i == 0 ? '{' : ',', i, 4 * i, 4 * i + 4);
    next += sprintf(next, "%s", end);
    for (int i = 0; i < LENGTH_BYTES; i++)
        bytes[i] = (char)((size_t)(next - bytes - LENGTH_BYTES) >> 8 * i);
    const size_t size = (size_t)(next - bytes) + (size_t)many * sizeof(float); /* all zero */
    const char *path = temp_file(name, bytes, size);
    free(bytes);
    return path;
}

/* Must finish within the time limit: searching all tensors for each bias takes 170 s. */
START_TEST(many_layers_are_found_quickly)
{
    lw_net *net;
    ASSERT_OK(
        lw_net_import(&net, save_many("many", "}"), LW_ACTIVATION_TANH, LW_ACTIVATION_LINEAR));
    ck_assert_uint_eq(lw_net_layer_count(net), (size_t)many_layers());
    lw_net_destroy(net);
}
END_TEST

/* malloc then uses mmap, but sets errno to ENOMEM: the parser must not report a lack of memory. */
START_TEST(a_heap_that_cannot_grow_is_not_an_error)
{
    static const int lengths[] = {1, 100, 40000, 1000000};
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const int length = lengths[_i];
    char *end = malloc((size_t)length + 100);
    ck_assert_ptr_nonnull(end);
    sprintf(end, ",\"__metadata__\":{\"long\":\"%0*d\"}}", length, 0);
    const char *whole = save_many("whole", end);
    end[strlen(end) - 1] = '\0';
    const char *part = save_many("part", end);
    free(end);
    malloc_trim(0);
    const uintptr_t behind = ((uintptr_t)sbrk(0) + page - 1) / page * page;
    /* It is sufficient if the page is already in use. */
    (void)mmap((void *)behind, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    lw_net *net;
    ASSERT_OK(lw_net_import(&net, whole, LW_ACTIVATION_TANH, LW_ACTIVATION_LINEAR));
    lw_net_destroy(net);
    ASSERT_FILE_REJECTED(LW_EFORMAT, part, "header at byte ",
                         lw_net_import(&net, part, LW_ACTIVATION_TANH, LW_ACTIVATION_LINEAR));
}
END_TEST

START_TEST(tensors_without_a_network_are_rejected)
{
    static const struct {
        lw_status expected;
        size_t floats;
        const char *place, *header;
    } cases[] = {
        {LW_ESHAPE, 0, "such as '0.weight'", "{}"},
        {LW_ESHAPE, 2, "one order of the layers 'a.0' (1 x 1), 'b.0' (1 x 1); options->order",
         "{" MATRIX("a.0.weight", 1, 1, 0, 4) "," MATRIX("b.0.weight", 1, 1, 4, 8) "}"},
        {LW_ESHAPE, 2, "'1.weight' (PReLU)",
         "{" MATRIX("0.weight", 1, 1, 0, 4) "," VECTOR("1.weight", 1, 4, 8) "}"},
        {LW_ESHAPE, 3, "tensor '0.bias' has 2 elements instead of 1",
         "{" MATRIX("0.weight", 1, 1, 0, 4) "," VECTOR("0.bias", 2, 4, 12) "}"},
        {LW_ESHAPE, 3, "tensor '2.weight' is 1 x 2, but follows '0.weight' with 1 rows",
         "{" MATRIX("0.weight", 1, 1, 0, 4) "," MATRIX("2.weight", 1, 2, 4, 12) "}"},
        {LW_ESHAPE, 0, "tensor '0.weight' is empty: 0 x 3", "{" MATRIX("0.weight", 0, 3, 0, 0) "}"},
        {LW_EFORMAT, 1, "tensor '0.weight' has type I32",
         "{\"0.weight\":{\"dtype\":\"I32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lw_net *net = (lw_net *)(void *)&net;
        const char *path = save_numbered(cases[k].header, cases[k].floats);
        ASSERT_FILE_REJECTED(cases[k].expected, path, cases[k].place,
                             lw_net_import(&net, path, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
        ck_assert_ptr_eq(net, &net);
    }
}
END_TEST

START_TEST(bad_arguments_are_rejected)
{
    const char *path = save_numbered(COUNTED_LAYERS("0", "2"), 7);
    lw_net *net;
    ASSERT_FAILS(LW_EINVAL, "net",
                 lw_net_import(NULL, path, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
    ASSERT_FAILS(LW_EINVAL, "path",
                 lw_net_import(&net, NULL, LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
    ASSERT_FAILS(LW_EINVAL, "hidden",
                 lw_net_import(&net, path, LW_ACTIVATION_SOFTMAX, LW_ACTIVATION_LINEAR));
    ASSERT_FAILS(LW_EINVAL, "hidden",
                 lw_net_import(&net, path, (lw_activation)-1, LW_ACTIVATION_LINEAR));
    ASSERT_FAILS(LW_EINVAL, "activation 99",
                 lw_net_import(&net, path, LW_ACTIVATION_RELU, (lw_activation)99));
    ASSERT_FILE_REJECTED(
        LW_EIO, temp_path("absent"), "No such file",
        lw_net_import(&net, temp_path("absent"), LW_ACTIVATION_RELU, LW_ACTIVATION_LINEAR));
}
END_TEST

int main(void)
{
    TCase *import = temp_files_case("import");
    tcase_add_test(import, numbered_tensors_are_layers);
    tcase_add_test(import, a_missing_bias_is_0);
    tcase_add_test(import, weights_are_read_as_out_in);
    tcase_add_test(import, many_layers_are_found_quickly);
    tcase_add_loop_test(import, a_heap_that_cannot_grow_is_not_an_error, 0, 4);
    tcase_add_test(import, tensors_without_a_network_are_rejected);
    tcase_add_test(import, bad_arguments_are_rejected);
    return run_case("import", import);
}
