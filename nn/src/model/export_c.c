/* Networks as C: one function that needs nothing but libm, its parameters in tables. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "base/text_file.h"
#include "export.h"

#include <lanewise/kernels.h>
#include <stdlib.h>
#include <string.h>

/* C99 tells names apart by 63 characters; the longest ending is that of a table. */
enum { LONGEST_NAME = 40, NUMBERS_A_LINE = 5 };

typedef struct c_export {
    const char *name;
    size_t layers;
    lw_layer_info *info;
    const float *flat;
} c_export;

static lw_status check_name(const char *name)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
    const size_t length = strlen(name);
    if (strspn(name, LETTERS) == 0 || strspn(name, LETTERS "0123456789") != length ||
        length > LONGEST_NAME)
        return lw_fail(LW_EINVAL,
                       "'%.60s' is not a name for a C function: letters, digits and '_', no digit "
                       "first, at most %d",
                       name, LONGEST_NAME);
    return LW_OK;
}

/* ---- Functions ----------------------------------------------------------------------------- */

static void print_dense(lw_text_file *text, const char *name)
{
    lw_text_print(text,
                  "/* y = x * w + b, with w in rows, one for each input. */\n"
                  "static void %s_dense(size_t in, size_t out, const float *w, const float *b,\n"
                  "    const float *x, float *y)\n"
                  "{\n"
                  "    for (size_t j = 0; j < out; j++)\n"
                  "        y[j] = 0.0f;\n"
                  "    for (size_t i = 0; i < in; i++)\n"
                  "        for (size_t j = 0; j < out; j++)\n"
                  "            y[j] += x[i] * w[i * out + j];\n"
                  "    for (size_t j = 0; j < out; j++)\n"
                  "        y[j] += b[j];\n"
                  "}\n\n",
                  name);
}

static void print_gated(lw_text_file *text, const char *name)
{
    lw_text_print(text,
                  "/* z * sigmoid(u); z and u have the same sign. */\n"
                  "static float %s_gated(float z, float u)\n"
                  "{\n"
                  "    const float e = expf(-fabsf(u));\n"
                  "    return (z < 0.0f ? z * e : z) / (1.0f + e);\n"
                  "}\n\n",
                  name);
}

static void print_softmax(lw_text_file *text, const char *name)
{
    lw_text_print(text,
                  "static void %s_softmax(size_t n, float *y)\n"
                  "{\n"
                  "    float max = y[0], sum = 0.0f;\n"
                  "    for (size_t j = 1; j < n; j++)\n"
                  "        max = y[j] > max ? y[j] : max;\n"
                  "    for (size_t j = 0; j < n; j++) {\n"
                  "        y[j] = expf(y[j] - max);\n"
                  "        sum += y[j];\n"
                  "    }\n"
                  "    for (size_t j = 0; j < n; j++)\n"
                  "        y[j] /= sum;\n"
                  "}\n\n",
                  name);
}

/* The loop of an elementwise activation around its statement. */
static void print_loop_begin(lw_text_file *text, const char *name, lw_activation activation)
{
    lw_text_print(text,
                  "static void %s_%s(size_t n, float *y)\n"
                  "{\n"
                  "    for (size_t j = 0; j < n; j++)",
                  name, lw_activation_name(activation));
}

static void print_elementwise(lw_text_file *text, const char *name, lw_activation activation)
{
    print_loop_begin(text, name, activation);
    switch (activation) {
    case LW_RELU: /* NaN passes, and -0 becomes 0 */
        lw_text_print(text, "\n        y[j] = y[j] <= 0.0f ? 0.0f : y[j];\n");
        break;
    case LW_LEAKY_RELU:
        lw_text_print(text, "\n        y[j] = y[j] > 0.0f ? y[j] : %.8ef * y[j];\n",
                      (double)LW_LEAKY_SLOPE);
        break;
    case LW_SIGMOID:
        lw_text_print(text, " {\n"
                            "        const float e = expf(-fabsf(y[j]));\n"
                            "        y[j] = (y[j] < 0.0f ? e : 1.0f) / (1.0f + e);\n"
                            "    }\n");
        break;
    case LW_TANH:
        lw_text_print(text, "\n        y[j] = tanhf(y[j]);\n");
        break;
    case LW_GELU: /* in the form with tanh, of which sigmoid is half */
        lw_text_print(text,
                      "\n        y[j] = %s_gated(y[j], y[j] * (%.8ef + %.8ef * y[j] * y[j]));\n",
                      name, (double)LW_GELU_LINEAR, (double)LW_GELU_CUBIC);
        break;
    case LW_SILU:
        lw_text_print(text, "\n        y[j] = %s_gated(y[j], y[j]);\n", name);
        break;
    case LW_LINEAR:
    case LW_SOFTMAX:
        break;
    }
    lw_text_print(text, "}\n\n");
}

/* What the layers call, and no more: an unused function is a warning. */
static void print_functions(lw_text_file *text, const c_export *net)
{
    int used[LW_SOFTMAX + 1] = {0};
    for (size_t i = 0; i < net->layers; i++)
        used[net->info[i].activation] = 1;
    print_dense(text, net->name);
    if (used[LW_GELU] || used[LW_SILU])
        print_gated(text, net->name);
    for (int activation = LW_RELU; activation < LW_SOFTMAX; activation++)
        if (used[activation])
            print_elementwise(text, net->name, (lw_activation)activation);
    if (used[LW_SOFTMAX])
        print_softmax(text, net->name);
}

/* ---- Tables -------------------------------------------------------------------------------- */

/* Nine digits give every float back, and so written it is a constant of C99 and of every C++, which
 * hexadecimal ones are not before C++17. */
static void print_table(lw_text_file *text, const char *name, const char *kind, size_t layer,
                        size_t count, const float *values)
{
    lw_text_print(text, "static const float %s_%s%zu[%zu] = {", name, kind, layer, count);
    for (size_t i = 0; i < count; i++)
        lw_text_print(text, "%s%.8ef%s", i % NUMBERS_A_LINE == 0 ? "\n    " : " ",
                      (double)values[i], i + 1 < count ? "," : "");
    lw_text_print(text, "\n};\n\n");
}

static void print_tables(lw_text_file *text, const c_export *net)
{
    const float *flat = net->flat;
    for (size_t i = 0; i < net->layers; i++) {
        const size_t weights = net->info[i].in * net->info[i].out;
        print_table(text, net->name, "w", i, weights, flat);
        print_table(text, net->name, "b", i, net->info[i].out, flat + weights);
        flat += weights + net->info[i].out;
    }
}

/* ---- The file ------------------------------------------------------------------------------ */

/* Hidden layers take turns with two buffers. The width of each; 0: it is not used. */
static void measure_buffers(const c_export *net, size_t widths[2])
{
    widths[0] = widths[1] = 0;
    for (size_t i = 0; i + 1 < net->layers; i++)
        if (net->info[i].out > widths[i % 2])
            widths[i % 2] = net->info[i].out;
}

static void print_head(lw_text_file *text, const c_export *net)
{
    size_t widths[2];
    measure_buffers(net, widths);
    lw_text_print(text, "/*\n * A dense network, written by Lanewise %s:\n *\n", lw_version());
    for (size_t i = 0; i < net->layers; i++)
        lw_text_print(text, " *   %zu inputs, %zu outputs, %s\n", net->info[i].in, net->info[i].out,
                      lw_activation_name(net->info[i].activation));
    lw_text_print(
        text,
        " *\n"
        " * %s computes one row of outputs, y[%zu], from one of inputs, x[%zu], which do not\n"
        " * overlap. C99 or C++, with libm; nothing is allocated or kept, and %zu bytes of\n"
        " * the stack are used.\n"
        " */\n"
        "#include <math.h>\n"
        "#include <stddef.h>\n\n"
        "#ifdef __cplusplus\n"
        "extern \"C\" {\n"
        "#endif\n"
        "void %s(const float *x, float *y);\n"
        "#ifdef __cplusplus\n"
        "}\n"
        "#endif\n\n",
        net->name, net->info[net->layers - 1].out, net->info[0].in,
        (widths[0] + widths[1]) * sizeof(float), net->name);
}

static void print_main(lw_text_file *text, const c_export *net)
{
    static const char *const buffers[] = {"even", "odd"};
    size_t widths[2];
    measure_buffers(net, widths);
    lw_text_print(text, "void %s(const float *x, float *y)\n{\n", net->name);
    for (size_t i = 0; i < 2; i++)
        if (widths[i] > 0)
            lw_text_print(text, "    float %s[%zu];\n", buffers[i], widths[i]);
    for (size_t i = 0; i < net->layers; i++) {
        const lw_layer_info *layer = &net->info[i];
        const char *from = i == 0 ? "x" : buffers[(i - 1) % 2];
        const char *to = i + 1 == net->layers ? "y" : buffers[i % 2];
        lw_text_print(text, "    %s_dense(%zu, %zu, %s_w%zu, %s_b%zu, %s, %s);\n", net->name,
                      layer->in, layer->out, net->name, i, net->name, i, from, to);
        if (layer->activation != LW_LINEAR)
            lw_text_print(text, "    %s_%s(%zu, %s);\n", net->name,
                          lw_activation_name(layer->activation), layer->out, to);
    }
    lw_text_print(text, "}\n");
}

static lw_status write_source(const c_export *net, const char *path)
{
    lw_text_file text;
    const lw_status status = lw_text_open(&text, path);
    if (status != LW_OK)
        return status;
    print_head(&text, net);
    print_functions(&text, net);
    print_tables(&text, net);
    print_main(&text, net);
    return lw_text_close(&text);
}

lw_status lw_net_export_c(const lw_net *net, const char *path, const char *name)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    if (!name)
        name = "predict";
    lw_status status = check_name(name);
    if (status != LW_OK)
        return status;
    float *flat;
    status = lw_export_parameters(net, path, &flat);
    if (status != LW_OK)
        return status;
    const size_t layers = lw_net_layer_count(net);
    c_export source = {
        .name = name, .layers = layers, .info = calloc(layers, sizeof *source.info), .flat = flat};
    if (!source.info)
        status = lw_fail(LW_ENOMEM, "%s: no memory for %zu layers", path, layers);
    for (size_t i = 0; i < layers && status == LW_OK; i++)
        status = lw_net_layer_info(net, i, &source.info[i]);
    if (status == LW_OK)
        status = write_source(&source, path);
    free(source.info);
    free(flat);
    return status;
}
