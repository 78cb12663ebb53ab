#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ELEMENTS_MAX = 16, PARAMETERS_MAX = 64 };

fuzz_outcome *fuzz_recorded;

void fuzz_record(lw_status status)
{
    if (!fuzz_recorded)
        return;
    fuzz_recorded->calls++;
    fuzz_recorded->status = status;
    fuzz_recorded->text[0] = '\0';
    if (status != LW_OK)
        fuzz_record_more("%s", lw_last_error());
}

void fuzz_record_more(const char *format, ...)
{
    if (!fuzz_recorded)
        return;
    const size_t used = strlen(fuzz_recorded->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fuzz_recorded->text + used, sizeof fuzz_recorded->text - used, format, arguments);
    va_end(arguments);
}

static void allreduce_f32(const char *title, const float *values, size_t count)
{
    fuzz_record_more("; %s", title);
    for (size_t i = 0; i < count && i < ELEMENTS_MAX; i++)
        fuzz_record_more(" %g", (double)values[i]);
}

static void add_names(const char *title, const char *const *names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        fuzz_record_more("%s%s", i > 0 ? "|" : title, names[i]);
}

void fuzz_record_data(lw_status status, const lw_dataset *data)
{
    fuzz_record(status);
    if (!fuzz_recorded || status != LW_OK)
        return;
    fuzz_record_more("%zu x %zu", data->rows, data->inputs);
    allreduce_f32("x", data->x, data->rows * data->inputs);
    if (data->target.values)
        allreduce_f32("values", data->target.values, data->rows * data->outputs);
    if (data->target.labels) {
        fuzz_record_more("; labels");
        for (size_t i = 0; i < data->rows && i < ELEMENTS_MAX; i++)
            fuzz_record_more(" %d", (int)data->target.labels[i]);
        fuzz_record_more(" of %zu", data->outputs);
    }
    add_names("; names ", data->input_names, data->inputs);
    add_names("; classes ", data->class_names, data->outputs);
}

void fuzz_record_net(lw_status status, const lw_net *net)
{
    fuzz_record(status);
    if (!fuzz_recorded || status != LW_OK)
        return;
    float parameters[PARAMETERS_MAX];
    const size_t count = lw_net_parameter_count(net);
    fuzz_record_more("%zu", lw_net_inputs(net));
    for (size_t i = 0; i < lw_net_layer_count(net); i++) {
        lw_layer_info info;
        FUZZ_CHECK(lw_net_layer_info(net, i, &info) == LW_OK, "%s", lw_last_error());
        fuzz_record_more("-%zu %s", info.out, lw_activation_name(info.activation));
    }
    if (count <= PARAMETERS_MAX && lw_net_get_parameters(net, parameters) == LW_OK)
        allreduce_f32("parameters", parameters, count);
}
