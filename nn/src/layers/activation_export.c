/* Activations in exported files: C functions and ONNX operators. */
#include "activation_export.h"

#include <lanewise/internal/gelu.h>
#include <lanewise/nn.h>

/* ---- C ------------------------------------------------------------------------------------ */

static void print_gated(lw_c_writer *c)
{
    lw_c_print(c,
               "/* z * sigmoid(u); z and u have the same sign. */\n"
               "static float %s_gated(float z, float u)\n"
               "{\n"
               "    const float e = expf(-fabsf(u));\n"
               "    return (z < 0.0f ? z * e : z) / (1.0f + e);\n"
               "}\n\n",
               c->name);
}

static void print_softmax(lw_c_writer *c)
{
    lw_c_print(c,
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
               c->name);
}

/* The function head and the loop of an elementwise activation. */
static void print_loop_begin(lw_c_writer *c, lw_activation activation)
{
    lw_c_print(c,
               "static void %s_%s(size_t n, float *y)\n"
               "{\n"
               "    for (size_t j = 0; j < n; j++)",
               c->name, lw_activation_name(activation));
}

static void print_elementwise(lw_c_writer *c, lw_activation activation)
{
    print_loop_begin(c, activation);
    switch (activation) {
    case LW_ACTIVATION_RELU: /* propagates NaN; -0 becomes 0 */
        lw_c_print(c, "\n        y[j] = y[j] <= 0.0f ? 0.0f : y[j];\n");
        break;
    case LW_ACTIVATION_LEAKY_RELU:
        lw_c_print(c, "\n        y[j] = y[j] > 0.0f ? y[j] : %.8ef * y[j];\n",
                   (double)LW_LEAKY_SLOPE);
        break;
    case LW_ACTIVATION_SIGMOID:
        lw_c_print(c, " {\n"
                      "        const float e = expf(-fabsf(y[j]));\n"
                      "        y[j] = (y[j] < 0.0f ? e : 1.0f) / (1.0f + e);\n"
                      "    }\n");
        break;
    case LW_ACTIVATION_TANH:
        lw_c_print(c, "\n        y[j] = tanhf(y[j]);\n");
        break;
    case LW_ACTIVATION_GELU: /* the tanh form, as z * sigmoid(2q) */
        lw_c_print(c, "\n        y[j] = %s_gated(y[j], y[j] * (%.8ef + %.8ef * y[j] * y[j]));\n",
                   c->name, (double)LW_GELU_LINEAR, (double)LW_GELU_CUBIC);
        break;
    case LW_ACTIVATION_SILU:
        lw_c_print(c, "\n        y[j] = %s_gated(y[j], y[j]);\n", c->name);
        break;
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    lw_c_print(c, "}\n\n");
}

void lw_activation_write_c(lw_activation activation, lw_c_writer *c)
{
    const int is_gated = activation == LW_ACTIVATION_GELU || activation == LW_ACTIVATION_SILU;
    if (activation == LW_ACTIVATION_LINEAR || !lw_c_is_first(c, (unsigned)activation))
        return;
    if (is_gated && lw_c_is_first(c, LW_C_GATED))
        print_gated(c);
    if (activation == LW_ACTIVATION_SOFTMAX)
        print_softmax(c);
    else
        print_elementwise(c, activation);
}

/* ---- ONNX --------------------------------------------------------------------------------- */

static void add_unary(lw_onnx_graph *graph, const char *operation, const char *input,
                      const char *output)
{
    lw_onnx_add_node(graph, operation, (const char *const[]){input, NULL}, output, NULL);
}

static void add_binary(lw_onnx_graph *graph, const char *operation, const char *left,
                       const char *right, const char *output)
{
    lw_onnx_add_node(graph, operation, (const char *const[]){left, right, NULL}, output, NULL);
}

static void add_with_attribute(lw_onnx_graph *graph, const char *operation, const char *z,
                               lw_message attribute)
{
    lw_onnx_add_node(graph, operation, (const char *const[]){z, NULL}, graph->y, &attribute);
}

/* The constants of GELU, shared by all layers. */
static const char linear_name[] = "gelu.linear", cubic_name[] = "gelu.cubic";
static const float gelu_linear = LW_GELU_LINEAR, gelu_cubic = LW_GELU_CUBIC;

/* y = z * sigmoid(argument) */
static void add_gate(lw_onnx_graph *graph, const char *z, const char *argument)
{
    lw_onnx_name gate;
    lw_onnx_name_value(gate, graph->module + 1, "gate");
    add_unary(graph, "Sigmoid", argument, gate);
    add_binary(graph, "Mul", z, gate, graph->y);
}

/* Composed of older operators: Gelu requires opset 20, which fewer runtimes support. */
static void add_gelu(lw_onnx_graph *graph, const char *z)
{
    const size_t module = graph->module + 1;
    lw_onnx_name square, cubic, slope, argument;
    lw_onnx_name_value(square, module, "square");
    lw_onnx_name_value(cubic, module, "cubic");
    lw_onnx_name_value(slope, module, "slope");
    lw_onnx_name_value(argument, module, "argument");
    graph->has_gelu = 1;
    add_binary(graph, "Mul", z, z, square);
    add_binary(graph, "Mul", square, cubic_name, cubic);
    add_binary(graph, "Add", cubic, linear_name, slope);
    add_binary(graph, "Mul", z, slope, argument);
    add_gate(graph, z, argument);
}

void lw_activation_write_onnx(lw_activation activation, lw_onnx_graph *graph, const char *z)
{
    switch (activation) {
    case LW_ACTIVATION_LINEAR:
        break;
    case LW_ACTIVATION_RELU:
        add_unary(graph, "Relu", z, graph->y);
        break;
    case LW_ACTIVATION_LEAKY_RELU:
        add_with_attribute(graph, "LeakyRelu", z, lw_onnx_float("alpha", LW_LEAKY_SLOPE));
        break;
    case LW_ACTIVATION_SIGMOID:
        add_unary(graph, "Sigmoid", z, graph->y);
        break;
    case LW_ACTIVATION_TANH:
        add_unary(graph, "Tanh", z, graph->y);
        break;
    case LW_ACTIVATION_GELU:
        add_gelu(graph, z);
        break;
    case LW_ACTIVATION_SILU:
        add_gate(graph, z, z);
        break;
    case LW_ACTIVATION_SOFTMAX:
        add_with_attribute(graph, "Softmax", z, lw_onnx_integer("axis", 1));
        break;
    }
}

void lw_activation_finish_onnx(lw_onnx_graph *graph)
{
    if (!graph->has_gelu)
        return;
    lw_onnx_add_constant(graph, linear_name, &gelu_linear);
    lw_onnx_add_constant(graph, cubic_name, &gelu_cubic);
}
