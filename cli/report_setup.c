/* Machine, network, data and times. */
#define _XOPEN_SOURCE 700
#include "page.h"
#include "report_parts.h"

#include <lanewise/kernels.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "model name : ..." of the first processor; Linux on Arm does not report it. */
static json_t *cpu_model(void)
{
    json_t *model = NULL;
    char line[256];
    FILE *info = fopen("/proc/cpuinfo", "r");
    while (info != NULL && model == NULL && fgets(line, sizeof line, info) != NULL) {
        char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = '\0';
        if (colon != NULL && strncmp(line, "model name", strlen("model name")) == 0)
            model = page_text(colon + 1 + strspn(colon + 1, " "));
    }
    if (info != NULL)
        fclose(info);
    return model != NULL ? model : json_string("unknown");
}

json_t *report_machine(const report_run *run)
{
    const unsigned threads = run->options->threads;
    return json_pack("{s:o, s:s, s:i, s:i, s:s}", "cpu", cpu_model(), "isa", lw_isa_name(),
                     "threads", threads > 0 ? (int)threads : lw_max_threads(), "processors",
                     (int)sysconf(_SC_NPROCESSORS_ONLN), "version", lw_version());
}

json_t *report_network(const report_run *run)
{
    json_t *layers = json_array();
    int failed = 0;
    for (size_t i = 0; i < lw_net_layer_count(run->net); i++) {
        lw_layer_info info = {0};
        (void)(void)!lw_net_layer_info(run->net, i, &info);
        const size_t parameters = info.in * info.out + info.out;
        failed |= json_array_append_new(layers,
                                        json_pack("{s:I, s:I, s:s, s:I}", "in", (json_int_t)info.in,
                                                  "out", (json_int_t)info.out, "activation",
                                                  lw_activation_name(info.activation), "parameters",
                                                  (json_int_t)parameters));
    }
    if (failed) {
        json_decref(layers);
        return NULL;
    }
    return json_pack("{s:I, s:I, s:I, s:o}", "inputs", (json_int_t)lw_net_inputs(run->net),
                     "outputs", (json_int_t)lw_net_outputs(run->net), "parameters",
                     (json_int_t)lw_net_parameter_count(run->net), "layers", layers);
}

static json_t *two_files(const char *x, const char *y)
{
    char text[1024];
    snprintf(text, sizeof text, "%s, %s", x, y);
    return page_text(text);
}

static json_t *validation_source(const data_options *source)
{
    if (source->data != NULL)
        return json_string("the test images");
    if (source->test_csv != NULL)
        return page_text(source->test_csv);
    if (source->test_x != NULL)
        return two_files(source->test_x, source->test_y);
    if (source->validation_fraction > 0.0f)
        return json_sprintf("%g %% of the rows, chosen at random",
                            100.0 * (double)source->validation_fraction);
    return json_null();
}

json_t *report_data(const report_run *run)
{
    const data_options *source = run->source;
    const char *table = source->data != NULL ? source->data : source->csv;
    return json_pack(
        "{s:o, s:o, s:b, s:I, s:o}", "source",
        table != NULL ? page_text(table) : two_files(source->x, source->y), "validation",
        validation_source(source), "split", source->validation_fraction > 0.0f,
        "training_option_specs", (json_int_t)run->training->rows, "validation_option_specs",
        run->validation != NULL ? json_integer((json_int_t)run->validation->rows) : json_null());
}

json_t *report_time(const report_run *run)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    const double total = (double)(now.tv_sec - run->started.tv_sec) +
                         1e-9 * (double)(now.tv_nsec - run->started.tv_nsec);
    double training = 0.0;
    for (size_t i = 0; i < run->history->count; i++)
        training += run->history->epochs[i].seconds;
    const double samples = (double)run->training->rows * (double)run->history->count;

    char started[64];
    struct tm local;
    localtime_r(&run->started.tv_sec, &local);
    strftime(started, sizeof started, "%Y-%m-%d %H:%M:%S %z", &local);
    return json_pack("{s:s, s:o, s:o, s:o}", "started", started, "total", page_number(total),
                     "training", page_number(training), "samples_per_second",
                     page_number(samples / training));
}
