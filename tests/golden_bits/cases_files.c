/* Files that the library writes, and values that it reads from files. The files are created in the
 * working directory. */
#include "digest.h"

#include <lanewise/nn.h>
#include <stdio.h>
#include <stdlib.h>

static const char scratch[] = "bits.scratch";

static void write_text(const char *text)
{
    FILE *file = fopen(scratch, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        perror(scratch);
        exit(2);
    }
}

/* A network after two epochs of training. */
static lw_net *trained_net(void)
{
    static const lw_layer_spec layers[] = {
        {.units = 33, .activation = LW_ACTIVATION_GELU, .init = LW_INIT_HE},
        {.units = 7, .activation = LW_ACTIVATION_SOFTMAX}};
    const lw_dataset data = {.rows = 50,
                             .inputs = 20,
                             .outputs = 7,
                             .x = random_floats(50 * 20, -1.0f, 1.0f, 1),
                             .target.labels = random_labels(50, 7, 2)};
    lw_net *net;
    require_ok(lw_net_create_mlp(&net, 20, layers, 2, 5));
    require_ok(lw_fit(net, &data, &(lw_fit_options){.size = sizeof(lw_fit_options), .epochs = 2}));
    return net;
}

static void add_network(digest *d)
{
    lw_net *net = trained_net();
    require_ok(lw_net_save(net, scratch));
    add_file(d, scratch);
    lw_net_destroy(net);
}

static void add_state(digest *d)
{
    lw_net *net = trained_net();
    require_ok(lw_net_save_state(net, &(lw_position){.epochs = 2}, scratch));
    add_file(d, scratch);
    lw_net_destroy(net);
}

static void add_onnx(digest *d)
{
    lw_net *net = trained_net();
    require_ok(lw_net_export_onnx(net, scratch));
    add_file(d, scratch);
    lw_net_destroy(net);
}

static void add_c(digest *d)
{
    lw_net *net = trained_net();
    require_ok(lw_net_export_c(net, scratch, "predict"));
    add_file(d, scratch);
    lw_net_destroy(net);
}

static void add_dataset(digest *d, lw_dataset *data)
{
    add_floats(d, data->rows * data->inputs, data->x);
    if (data->target.values)
        add_floats(d, data->rows * data->outputs, data->target.values);
    if (data->target.labels)
        add_integers(d, data->rows, data->target.labels);
    lw_dataset_free(data);
}

/* Decimal fractions, exponents, and columns with zero and small deviation. */
static void add_csv(digest *d)
{
    enum { ROWS = 300, ROW_BYTES = 100 };
    const int32_t *digits = random_labels((size_t)ROWS * 3, 1000003, 4);
    char *text = alloc_bytes((size_t)ROWS * ROW_BYTES + 100), *end = text;
    end += sprintf(end, "first,second,constant,kind,class\n");
    for (size_t i = 0; i < ROWS; i++)
        end +=
            sprintf(end, "0.%06d,-%d.%de-3,7.1,%c,%s\n", (int)digits[3 * i], (int)digits[3 * i + 1],
                    (int)digits[3 * i + 2], "abc"[i % 3], i % 5 ? "yes" : "no");
    write_text(text);
    static const char *const one_hot[] = {"kind"};
    lw_dataset data;
    require_ok(lw_dataset_load_csv(&data, scratch,
                                   &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                     .target = "class",
                                                     .labels = 1,
                                                     .standardize = 1,
                                                     .one_hot = one_hot,
                                                     .one_hot_count = 1}));
    remove(scratch);
    add_dataset(d, &data);
}

static void add_npy(digest *d)
{
    require_ok(lw_npy_write_f32(scratch, random_floats(600, -1.0f, 1.0f, 6), 100, 6));
    lw_dataset data;
    require_ok(lw_dataset_load_npy(&data, scratch, NULL, NULL));
    add_file(d, scratch);
    add_dataset(d, &data);
}

const golden_case file_cases[] = {{"saved_network", add_network},
                                  {"saved_state", add_state},
                                  {"exported_onnx", add_onnx},
                                  {"exported_c", add_c},
                                  {"data_csv", add_csv},
                                  {"data_npy", add_npy},
                                  {NULL, NULL}};
