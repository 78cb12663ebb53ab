/* Networks exported as C, compiled by several compilers and compared with lw_predict. */
#define _XOPEN_SOURCE 700
#include "temp_files.h"

#include <dlfcn.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WARNINGS "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

static const char *const compilers[] = {LANEWISE_TEST_COMPILERS};
enum { COMPILERS = sizeof compilers / sizeof *compilers, COMMAND_BYTES = 4096 };

typedef void (*predict_function)(const float *x, float *y);

/* ---- Compilation ----------------------------------------------------------------------------- */

static void run(const char *command)
{
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* sources: paths separated by blanks. */
static void *load(const char *compiler, const char *sources)
{
    char command[COMMAND_BYTES];
    const char *library = temp_path("network.so");
    snprintf(command, sizeof command, "%s -O2 " WARNINGS " -fPIC -shared -o %s %s -lm", compiler,
             library, sources);
    run(command);
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(loaded != NULL, "%s", dlerror());
    return loaded;
}

static predict_function find(void *library, const char *name)
{
    void *symbol = dlsym(library, name);
    predict_function function;
    ck_assert_msg(symbol != NULL, "%s", dlerror());
    memcpy(&function, &symbol,
           sizeof function); /* ISO C does not convert object pointers to function pointers */
    return function;
}

/* ---- Outputs --------------------------------------------------------------------------------- */

/* A row to compare: its inputs and the outputs of lw_predict and of the C file. */
typedef struct row {
    const float *x, *expected, *got;
    size_t outputs;
} row;

/* Returns the permitted error of got[j]. */
typedef double (*bound_function)(const lw_net *net, const row *at, size_t j);

static void compare(const lw_net *net, predict_function predict, size_t rows, const float *x,
                    bound_function bound)
{
    const size_t inputs = lw_net_inputs(net), outputs = lw_net_outputs(net);
    float *expected = canary_floats(rows * outputs), *got = canary_floats(outputs + 1);
    ASSERT_OK(lw_predict(net, rows, x, expected));
    for (size_t i = 0; i < rows; i++) {
        predict(x + i * inputs, got);
        ck_assert(is_canary(1, got + outputs));
        const row at = {x + i * inputs, expected + i * outputs, got, outputs};
        for (size_t j = 0; j < outputs; j++) {
            const double error = fabs((double)got[j] - (double)at.expected[j]);
            ck_assert_msg(error <= bound(net, &at, j), "row %zu, output %zu: %.9g, not %.9g", i, j,
                          (double)got[j], (double)at.expected[j]);
        }
    }
    free(expected);
    free(got);
}

static predict_function export_and_load(const lw_net *net, const char *compiler, void **library)
{
    const char *source = temp_path("network.c");
    ASSERT_OK(lw_net_export_c(net, source, NULL));
    *library = load(compiler, source);
    return find(*library, "predict");
}

/* ---- Complete networks ----------------------------------------------------------------------- */

/* 1e-6 of the largest output of the row. */
static double millionth(const lw_net *net, const row *at, size_t j)
{
    double largest = 0.0;
    (void)net;
    (void)j;
    for (size_t k = 0; k < at->outputs; k++)
        largest = fmax(largest, fabs((double)at->expected[k]));
    return 1e-6 * largest;
}

/* A network with every activation and widths that are not multiples of a vector. */
static lw_net *varied_net(uint64_t seed)
{
    static const lw_layer_spec layers[] = {
        {.units = 17, .activation = LW_ACTIVATION_RELU},
        {.units = 31, .activation = LW_ACTIVATION_LEAKY_RELU},
        {.units = 9, .activation = LW_ACTIVATION_SIGMOID},
        {.units = 33, .activation = LW_ACTIVATION_TANH},
        {.units = 12, .activation = LW_ACTIVATION_GELU},
        {.units = 20, .activation = LW_ACTIVATION_SILU},
        {.units = 11, .activation = LW_ACTIVATION_LINEAR},
        {.units = 5, .activation = LW_ACTIVATION_SOFTMAX},
    };
    return make_net(13, layers, sizeof layers / sizeof *layers, seed);
}

START_TEST(every_compiler_compiles_every_activation)
{
    enum { ROWS = 50 };
    lw_net *net = varied_net(1);
    float *x = uniform_floats(ROWS * 13, -2.0f, 2.0f, 2);
    void *library;
    compare(net, export_and_load(net, compilers[_i], &library), ROWS, x, millionth);
    dlclose(library);
    free(x);
    lw_net_destroy(net);
}
END_TEST

static const struct {
    size_t inputs, count;
    lw_layer_spec layers[3];
} networks[] = {
    {784,
     3,
     {{.units = 512, .activation = LW_ACTIVATION_RELU},
      {.units = 256, .activation = LW_ACTIVATION_RELU},
      {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}}},
    {2,
     3,
     {{.units = 10, .activation = LW_ACTIVATION_TANH},
      {.units = 5, .activation = LW_ACTIVATION_TANH},
      {.units = 1, .activation = LW_ACTIVATION_SIGMOID}}},
    {24,
     3,
     {{.units = 8, .activation = LW_ACTIVATION_GELU},
      {.units = 8, .activation = LW_ACTIVATION_GELU},
      {.units = 2, .activation = LW_ACTIVATION_LINEAR}}},
    {6, 1, {{.units = 1, .activation = LW_ACTIVATION_SIGMOID}}},
    {1, 1, {{.units = 1, .activation = LW_ACTIVATION_LINEAR}}},
    {3,
     2,
     {{.units = 4, .activation = LW_ACTIVATION_SILU},
      {.units = 2, .activation = LW_ACTIVATION_RELU}}},
};
enum { NETWORKS = sizeof networks / sizeof *networks };

START_TEST(outputs_agree_with_predict)
{
    enum { ROWS = 100 };
    const size_t inputs = networks[_i].inputs;
    lw_net *net = make_net(inputs, networks[_i].layers, networks[_i].count, 3);
    float *x = uniform_floats(ROWS * inputs, -1.0f, 1.0f, 4);
    void *library;
    compare(net, export_and_load(net, compilers[0], &library), ROWS, x, millionth);
    dlclose(library);
    free(x);
    lw_net_destroy(net);
}
END_TEST

START_TEST(two_networks_coexist_in_one_program)
{
    enum { ROWS = 10 };
    lw_net *first = varied_net(5), *second = varied_net(6);
    float *x = uniform_floats(ROWS * 13, -2.0f, 2.0f, 7);
    const char *first_source = temp_path("first.c"), *second_source = temp_path("second.c");
    char sources[COMMAND_BYTES];
    ASSERT_OK(lw_net_export_c(first, first_source, "first"));
    ASSERT_OK(lw_net_export_c(second, second_source, "_second_2"));
    snprintf(sources, sizeof sources, "%s %s", first_source, second_source);
    void *library = load(compilers[0], sources);
    compare(first, find(library, "first"), ROWS, x, millionth);
    compare(second, find(library, "_second_2"), ROWS, x, millionth);
    dlclose(library);

    /* Both files included in one translation unit: their names must not conflict. */
    char both[COMMAND_BYTES];
    snprintf(both, sizeof both, "#include \"%s\"\n#include \"%s\"\n", first_source, second_source);
    library = load(compilers[0], temp_text("both.c", both));
    compare(second, find(library, "_second_2"), ROWS, x, millionth);
    dlclose(library);
    free(x);
    lw_net_destroy(first);
    lw_net_destroy(second);
}
END_TEST

/* ---- Documented error bounds ----------------------------------------------------------------- */

static double ulp_of(float value)
{
    const float magnitude = fabsf(value);
    return (double)nextafterf(magnitude, INFINITY) - (double)magnitude;
}

static lw_activation last_activation(const lw_net *net)
{
    lw_layer_info info;
    ASSERT_OK(lw_net_layer_info(net, lw_net_layer_count(net) - 1, &info));
    return info.activation;
}

/* For a layer with identity weights, whose z equals x exactly. */
static double activation_bound(const lw_net *net, const row *at, size_t j)
{
    const double ulp = ulp_of(at->expected[j]), z = (double)at->x[j];
    double largest = -INFINITY;
    switch (last_activation(net)) {
    case LW_ACTIVATION_SIGMOID:
    case LW_ACTIVATION_TANH:
        return 4.0 * ulp;
    case LW_ACTIVATION_SILU:
        return 8.0 * ulp + 2.0 * fabs(z) * 0x1p-149;
    case LW_ACTIVATION_GELU:
        return (8.0 + 6.0 * fabs(2.0 * 0.7978845608 * (z + 0.044715 * z * z * z))) * ulp +
               2.0 * fabs(z) * 0x1p-149;
    case LW_ACTIVATION_SOFTMAX:
        for (size_t k = 0; k < at->outputs; k++)
            largest = fmax(largest, (double)at->x[k]);
        return (10.0 + 2.0 * (largest - z) + (double)at->outputs) * ulp;
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_RELU:
    case LW_ACTIVATION_LEAKY_RELU:
        break;
    }
    return 0.0;
}

/* From 0 and denormals to values where exp overflows, with both signs. */
START_TEST(activations_meet_their_bounds)
{
    enum { WIDTH = 7, ROWS = 20000 };
    const lw_layer_spec layer = {
        .units = WIDTH, .activation = (lw_activation)_i, .init = LW_INIT_ZEROS};
    lw_net *net = make_net(WIDTH, &layer, 1, 1);
    float w[WIDTH * WIDTH] = {0};
    for (size_t i = 0; i < WIDTH; i++)
        w[i * WIDTH + i] = 1.0f;
    ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
    float *x = uniform_floats((size_t)ROWS * WIDTH, -1.0f, 1.0f, 8);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < WIDTH; j++)
            x[i * WIDTH + j] *= ldexpf(1.0f, (int)(i % 41) - 33);
    x[0] = -0.0f;
    void *library;
    compare(net, export_and_load(net, compilers[0], &library), ROWS, x, activation_bound);
    dlclose(library);
    free(x);
    lw_net_destroy(net);
}
END_TEST

/* 2 g (sum |x w| + |b|), with g for the 2 in + 1 operations of the scalar set. */
static double product_bound(const lw_net *net, const row *at, size_t j)
{
    const size_t in = lw_net_inputs(net);
    const double n = 2.0 * (double)in + 1.0, g = n * 0x1p-24 / (1.0 - n * 0x1p-24);
    float *flat = parameters_of(net);
    double sum = fabs((double)flat[in * at->outputs + j]);
    for (size_t p = 0; p < in; p++)
        sum += fabs((double)at->x[p] * (double)flat[p * at->outputs + j]);
    free(flat);
    return 2.0 * g * sum;
}

START_TEST(products_meet_their_bound)
{
    enum { IN = 100, OUT = 7, ROWS = 200 };
    const lw_layer_spec layer = {.units = OUT, .activation = LW_ACTIVATION_LINEAR};
    lw_net *net = make_net(IN, &layer, 1, 9);
    float *x = uniform_floats((size_t)ROWS * IN, -1.0f, 1.0f, 10);
    void *library;
    compare(net, export_and_load(net, compilers[0], &library), ROWS, x, product_bound);
    dlclose(library);
    free(x);
    lw_net_destroy(net);
}
END_TEST

static double none(const lw_net *net, const row *at, size_t j)
{
    (void)net;
    (void)at;
    (void)j;
    return 0.0;
}

/* With x = 1 the outputs are the weights, from denormals to the largest float. */
START_TEST(parameters_are_exact)
{
    enum { COUNT = 2000 };
    const lw_layer_spec layer = {.units = COUNT, .activation = LW_ACTIVATION_LINEAR};
    lw_net *net = make_net(1, &layer, 1, 1);
    float *w = uniform_floats(COUNT, -2.0f, 2.0f, 11), *b = calloc(COUNT, sizeof *b);
    for (size_t i = 0; i < COUNT; i++)
        w[i] = ldexpf(w[i], (int)(i % 276) - 149);
    w[0] = FLT_MAX;
    w[1] = -0x1p-149f;
    ASSERT_OK(lw_net_set_layer(net, 0, w, b));
    const float one = 1.0f;
    void *library;
    compare(net, export_and_load(net, compilers[0], &library), 1, &one, none);
    dlclose(library);
    free(w);
    free(b);
    lw_net_destroy(net);
}
END_TEST

/* ---- Networks with a schema ------------------------------------------------------------------ */

/* Every kind of column, with names that must be escaped; "c" has missing fields. */
static const char columns_text[] = "n,m,\"flag*/\",\"ca\"\"t\\\",c,%s\n"
                                   "1.5,,yes,a,x,1,u\n"
                                   "-2,7,no,b,,5,v\n"
                                   "0.25,3,no,\"?\"\"?/\",y,2,v\n"
                                   "9,,yes,a,y,8,u\n"
                                   "4,5,no,b,x,3,u\n";

/* Trains nothing: random parameters and the schema of a table. */
static lw_net *net_of_table(const char *path, const char *const *targets, size_t target_count,
                            lw_column_list categorical, lw_activation output, lw_dataset *data)
{
    const lw_schema_options options = {
        .size = sizeof options, .targets = {targets, target_count}, .categorical = categorical};
    lw_table *table = NULL;
    lw_schema *schema = NULL;
    ASSERT_OK(lw_table_read(&table, path, NULL));
    ASSERT_OK(lw_schema_infer(&schema, table, &options));
    ASSERT_OK(lw_schema_encode(schema, table, NULL, data, NULL));
    const size_t classes = lw_schema_classes(schema);
    const lw_layer_spec layers[] = {
        {.units = 6, .activation = LW_ACTIVATION_TANH},
        {.units = classes > 0 ? classes : target_count, .activation = output}};
    lw_net *net = make_net(lw_schema_inputs(schema), layers, 2, 5);
    ASSERT_OK(lw_net_set_schema(net, schema));
    lw_schema_free(schema);
    lw_table_free(table);
    return net;
}

static void compare_raw(const lw_net *net, const lw_dataset *data, size_t raw_inputs,
                        const float *raw, predict_function predict)
{
    const size_t outputs = lw_net_outputs(net);
    float *want = calloc(data->rows * outputs, sizeof *want), *got = canary_floats(outputs + 1);
    ASSERT_OK(lw_predict(net, data->rows, data->x, want));
    lw_schema_decode(lw_net_schema(net), data->rows, want);
    for (size_t i = 0; i < data->rows; i++) {
        predict(raw + i * raw_inputs, got);
        ck_assert(is_canary(1, got + outputs));
        for (size_t j = 0; j < outputs; j++)
            ck_assert_float_eq_tol(got[j], want[i * outputs + j], 1e-5f);
    }
    free(want);
    free(got);
}

START_TEST(raw_rows_of_tables)
{
    /* n, m, flag, cat, c, with targets p and q removed. Codes in ascending order of the texts. */
    const float raw[] = {1.5f, NAN,   1.0f, 1.0f, 0.0f, /**/ -2.0f, 7.0f,      0.0f, 2.0f,
                         NAN,  0.25f, 3.0f, 0.0f, 0.0f, 1.0f,       /**/ 9.0f, NAN,  1.0f,
                         1.0f, 1.0f,  4.0f, 5.0f, 0.0f, 2.0f,       0.0f};
    char text[sizeof columns_text + 8];
    snprintf(text, sizeof text, columns_text, "p,q");
    const char *const targets[][1] = {{"p"}, {"q"}}, *const categorical[] = {"ca\"t\\", "c"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = temp_text("table.csv", text);
        lw_dataset data;
        void *library;
        lw_net *net = net_of_table(path, targets[i], 1, (lw_column_list){categorical, 2},
                                   i == 0 ? LW_ACTIVATION_LINEAR : LW_ACTIVATION_SOFTMAX, &data);
        predict_function predict = export_and_load(net, compilers[_i], &library);
        const size_t raw_inputs = 6;
        float *rows = calloc(data.rows * raw_inputs, sizeof *rows);
        const float p[] = {1, 5, 2, 8, 3}, q[] = {0, 1, 1, 0, 0};
        for (size_t k = 0; k < data.rows; k++) {
            memcpy(rows + k * raw_inputs, raw + k * 5, 5 * sizeof *raw);
            rows[k * raw_inputs + 5] = i == 0 ? q[k] : p[k];
        }
        compare_raw(net, &data, raw_inputs, rows, predict);
        void *names = dlsym(library, i == 0 ? "predict_values3" : "predict_classes0");
        ck_assert_ptr_nonnull(names);
        ck_assert_str_eq(*(const char *const *)names, i == 0 ? "?\"?/" : "u");
        free(rows);
        dlclose(library);
        lw_dataset_free(&data);
        lw_net_destroy(net);
    }
}
END_TEST

/* Names that are spelled alike as constants, are empty, or look like constants with a suffix. */
#define LONG "column_of_a_table_that_has_very_long_names_indeed_longer_than_63_characters"
static const char alike_text[] = "a b,a-b,a_b,a_b_n1,n5,?\?/,\xc3\xb6," LONG "1," LONG "2,c,q\n"
                                 "1,2,3,5,6,7,8,9,0,a b,-1\n"
                                 "2,4,2,4,1,0,3,1,5,a*/b,1\n"
                                 "4,3,0,4,1,3,3,5,5,,1\n"
                                 "4,3,0,4,2,0,8,1,4,\"a\nb\",-1\n";

/* Distinct enumerators, or they would not compile; with these values, or the array would not. */
static const char alike_checks[] =
    "#include \"%s\"\n"
    "typedef char is[predict_x_a_b == 2 && predict_x_a_b_n0 == 0 &&\n"
    "    predict_x_a_b_n1_n3 == 3 && predict_x_n5_n4 == 4 &&\n"
    "    predict_x_n5 == 5 && predict_x_n6 == 6 &&\n"
    "    predict_x9_a_b_n0 == 0 && predict_x9_a_b_n2 == 2 &&\n"
    "    predict_class_1_n0 == 0 && predict_class_1 == 1 ? 1 : -1];\n";

START_TEST(constants_differ)
{
    static const char *const targets[] = {"q"}, *const categorical[] = {"c"};
    const char *source = temp_path("network.c");
    char checks[COMMAND_BYTES];
    lw_dataset data;
    lw_net *net = net_of_table(temp_text("table.csv", alike_text), targets, 1,
                               (lw_column_list){categorical, 1}, LW_ACTIVATION_SOFTMAX, &data);
    ASSERT_OK(lw_net_export_c(net, source, NULL));
    snprintf(checks, sizeof checks, alike_checks, source);
    dlclose(load(compilers[_i], temp_text("checks.c", checks)));
    lw_dataset_free(&data);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *exported = temp_files_case("exported C");
    tcase_add_loop_test(exported, every_compiler_compiles_every_activation, 0, COMPILERS);
    tcase_add_loop_test(exported, outputs_agree_with_predict, 0, NETWORKS);
    tcase_add_test(exported, two_networks_coexist_in_one_program);
    tcase_add_loop_test(exported, activations_meet_their_bounds, LW_ACTIVATION_LINEAR,
                        LW_ACTIVATION_SOFTMAX + 1);
    tcase_add_test(exported, products_meet_their_bound);
    tcase_add_test(exported, parameters_are_exact);
    tcase_add_loop_test(exported, raw_rows_of_tables, 0, COMPILERS);
    tcase_add_loop_test(exported, constants_differ, 0, COMPILERS);
    return run_case("exported C", exported);
}
