/* Exports a network as C source: tables of parameters and one function, which needs only libm. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "base/message.h"
#include "base/text_file.h"
#include "export.h"
#include "export_schema.h"
#include "layers/c_writer.h"
#include "model_file.h"

#include <stdlib.h>
#include <string.h>

/* C99 distinguishes the first 63 characters of names; tables append the longest suffix. */
enum { MAX_NAME = 40 };

static lw_status check_name(const char *name)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
    const size_t length = strlen(name);
    if (strspn(name, LETTERS) == 0 || strspn(name, LETTERS "0123456789") != length ||
        length > MAX_NAME)
        return lw_fail(LW_EINVAL,
                       "lw_net_export_c: '%.60s' is not a name for a C function: letters, digits "
                       "and '_', no digit "
                       "first, at most %d",
                       name, MAX_NAME);
    return LW_OK;
}

/* The sizes of the two buffers that hidden layers alternate between; 0: unused. */
static void measure_buffers(const lw_net *net, size_t widths[2])
{
    widths[0] = widths[1] = 0;
    for (size_t i = 0; i + 1 < net->layer_count; i++)
        if (net->layers[i]->out > widths[i % 2])
            widths[i % 2] = net->layers[i]->out;
}

static void print_head(lw_c_writer *c, const lw_net *net)
{
    size_t widths[2];
    const size_t encoded = lw_exported_schema(net) ? lw_net_inputs(net) : 0;
    measure_buffers(net, widths);
    lw_c_print(c, "/*\n * A dense network, written by Lanewise %s:\n *\n", lw_version());
    for (size_t i = 0; i < net->layer_count; i++)
        lw_c_print(c, " *   %zu inputs, %zu outputs, %s\n", net->layers[i]->in, net->layers[i]->out,
                   lw_activation_name(net->layers[i]->spec.activation));
    lw_c_print(c, " *\n");
    lw_print_schema_comment(c, net);
    lw_c_print(
        c,
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
        c->name, lw_net_outputs(net), lw_raw_inputs(net),
        (widths[0] + widths[1] + encoded) * sizeof(float), c->name);
}

/* Writes one part of the file for all layers. */
static void print_part(lw_c_writer *c, const lw_net *net, lw_c_part part)
{
    static const char *const buffers[] = {"even", "odd"};
    c->part = part;
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i];
        c->layer = i;
        c->x = layer->input == LW_NET_INPUT ? "x" : buffers[layer->input % 2];
        c->y = layer->is_output ? "y" : buffers[i % 2];
        layer->kind->write_c(layer, c);
    }
}

static int has_schema_main(const lw_net *net)
{
    return lw_exported_schema(net) != NULL || lw_has_scaled_targets(net);
}

/* Writes the function of the layers, which is the main one unless the schema's is. */
static void print_main(lw_c_writer *c, const lw_net *net)
{
    size_t widths[2];
    measure_buffers(net, widths);
    lw_c_print(c, "%svoid %s%s(const float *x, float *y)\n{\n",
               has_schema_main(net) ? "static " : "", c->name,
               has_schema_main(net) ? "_network" : "");
    if (widths[0] > 0)
        lw_c_print(c, "    float even[%zu];\n", widths[0]);
    if (widths[1] > 0)
        lw_c_print(c, "    float odd[%zu];\n", widths[1]);
    print_part(c, net, LW_C_CALLS);
    lw_c_print(c, "}\n");
    if (has_schema_main(net)) {
        lw_c_print(c, "\n");
        lw_print_schema_main(c, net);
    }
}

static lw_status write_source(const lw_net *net, const char *path, const char *name,
                              const float *flat)
{
    lw_text_file text;
    const lw_status status = lw_text_open(&text, path);
    if (status != LW_OK)
        return status;
    lw_c_writer c = {.text = &text, .name = name, .flat = flat};
    print_head(&c, net);
    lw_print_schema_names(&c, net);
    print_part(&c, net, LW_C_FUNCTIONS);
    print_part(&c, net, LW_C_TABLES);
    print_main(&c, net);
    return lw_text_close(&text);
}

lw_status lw_net_export_c(const lw_net *net, const char *path, const char *name)
{
    if (!name)
        name = "predict";
    lw_status status = lw_model_check_arguments("lw_net_export_c", net, path);
    if (status == LW_OK)
        status = lw_fail_in("lw_net_export_c", check_name(name));
    if (status != LW_OK)
        return status;
    float *flat;
    status = lw_export_parameters(net, path, &flat);
    if (status != LW_OK)
        return status;
    status = write_source(net, path, name, flat);
    free(flat);
    return status;
}
