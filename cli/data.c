#define _XOPEN_SOURCE 700
#include "data.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static const lw_shard all_rows = {0, 1, 1};

/* Finds DIRECTORY/NAME or, if it does not exist, DIRECTORY/NAME.gz. */
static lw_status find_idx(char path[PATH_SIZE], const char *directory, const char *name)
{
    static const char *const suffixes[] = {"", ".gz"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const int length = snprintf(path, PATH_SIZE, "%s/%s%s", directory, name, suffixes[i]);
        if (length < 0 || length >= PATH_SIZE)
            return lw_fail(LW_EIO, "%s: the directory name is too long", directory);
        if (access(path, F_OK) == 0)
            return LW_OK;
        if (errno != ENOENT && errno != ENOTDIR)
            return lw_fail(LW_EIO, "%s: cannot open: %s", path, strerror(errno));
    }
    return lw_fail(LW_EIO, "%s/%s: no such file, and no %s.gz", directory, name, name);
}

static lw_status open_fashion_mnist(const char *data, const char *images, const char *labels,
                                    const lw_shard *shard, lw_dataset *set)
{
    const char *directory = fashion_mnist_directory(data);
    char image_path[PATH_SIZE];
    char label_path[PATH_SIZE];
    lw_status status = find_idx(image_path, directory, images);
    if (status == LW_OK)
        status = find_idx(label_path, directory, labels);
    if (status == LW_OK)
        status = lw_dataset_load_idx(set, image_path, label_path, shard);
    return status;
}

static lw_status open_test_images(const char *data, const lw_shard *shard, lw_dataset *set)
{
    return open_fashion_mnist(data, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", shard, set);
}

static lw_status open_csv(const data_options *options, lw_activation output, const lw_shard *shard,
                          lw_dataset *data)
{
    const int is_class = output == LW_ACTIVATION_SOFTMAX || output == LW_ACTIVATION_SIGMOID;
    const int has_labels = options->labels || (!options->values && is_class);
    const lw_csv_options csv = {
        .size = sizeof csv,
        .target = options->target,
        .no_header = options->no_header,
        .labels = options->target != NULL && has_labels,
        .standardize = options->standardize.all,
        .one_hot = options->one_hot.items,
        .one_hot_count = options->one_hot.count,
        .standardized = options->standardize.columns.items,
        .standardized_count = options->standardize.columns.count,
        .shard = *shard,
    };
    return lw_dataset_load_csv(data, options->csv, &csv);
}

/* Opens --x or --csv. */
static lw_status open_table(const data_options *options, lw_activation output,
                            const lw_shard *shard, lw_dataset *data)
{
    if (options->csv != NULL)
        return open_csv(options, output, shard, data);
    return lw_dataset_load_npy(data, options->x, options->y, shard);
}

lw_status data_open(const data_options *options, lw_activation output, lw_dataset *data)
{
    if (options->data != NULL)
        return open_test_images(options->data, &all_rows, data);
    return open_table(options, output, &all_rows, data);
}

static lw_status open_validation(const data_options *options, lw_dataset *validation)
{
    if (options->data != NULL)
        return open_test_images(options->data, &options->validation_shard, validation);
    if (options->test_x != NULL)
        return lw_dataset_load_npy(validation, options->test_x, options->test_y,
                                   &options->validation_shard);
    return LW_OK;
}

/* Replaces a data set by a part of its rows. */
static lw_status keep_shard(const lw_shard *shard, lw_dataset *data)
{
    if (shard->begin == 0 && shard->end == shard->of)
        return LW_OK;
    lw_dataset kept;
    const lw_status status = lw_dataset_shard(data, shard, &kept);
    lw_dataset_free(data);
    if (status == LW_OK)
        *data = kept;
    return status;
}

/* Every rank reads all rows, so that the validation rows do not depend on the number of ranks. */
static lw_status open_split(const data_options *options, lw_activation output, uint64_t seed,
                            lw_dataset *training, lw_dataset *validation)
{
    lw_dataset all;
    lw_status status = open_table(options, output, &all_rows, &all);
    if (status != LW_OK)
        return status;
    status =
        lw_dataset_split(&all, (double)options->validation_fraction, seed, training, validation);
    lw_dataset_free(&all);
    if (status == LW_OK)
        status = keep_shard(&options->training_shard, training);
    return status == LW_OK ? keep_shard(&options->validation_shard, validation) : status;
}

lw_status data_open_training(const data_options *options, lw_activation output, uint64_t seed,
                             lw_dataset *training, lw_dataset *validation)
{
    lw_dataset held_out = {0};
    if (options->validation_fraction > 0.0f)
        return open_split(options, output, seed, training, validation);
    lw_dataset opened = {0};
    lw_status status =
        options->data != NULL
            ? open_fashion_mnist(options->data, "train-images-idx3-ubyte",
                                 "train-labels-idx1-ubyte", &options->training_shard, &opened)
            : open_table(options, output, &options->training_shard, &opened);
    if (status == LW_OK)
        status = open_validation(options, &held_out);
    if (status != LW_OK) {
        lw_dataset_free(&opened);
        return status;
    }
    *training = opened;
    *validation = held_out;
    return LW_OK;
}

static lw_status check_labels(const char *name, size_t classes, const lw_dataset *data)
{
    for (size_t row = 0; row < data->rows; row++) {
        const int32_t label = data->target.labels[row];
        if (label < 0 || (size_t)label >= classes)
            return lw_fail(LW_EDATA, "%s: row %zu: label %" PRId32 " is out of range 0 to %zu",
                           name, row, label, classes - 1);
    }
    return LW_OK;
}

lw_status data_check(const data_options *options, data_part part, size_t inputs, size_t outputs,
                     const lw_dataset *data)
{
    const int is_shared = options->training_shard.of > 1; /* another rank may have rows */
    const int is_test_file = part == PART_VALIDATION && options->test_x != NULL;
    const char *table = options->data != NULL ? options->data : options->csv;
    const char *x = is_test_file ? options->test_x : table != NULL ? table : options->x;
    const char *y = is_test_file ? options->test_y : table != NULL ? table : options->y;

    if (data->rows == 0 && !is_shared)
        return lw_fail(LW_EDATA, "%s: no rows", x);
    if (data->inputs != inputs)
        return lw_fail(LW_ESHAPE, "%s: the rows have %zu inputs, but the network takes %zu", x,
                       data->inputs, inputs);
    if (data->target.labels != NULL) {
        const size_t classes = outputs == 1 ? 2 : outputs;
        return check_labels(y, classes, data);
    }
    if (data->target.values != NULL && data->outputs != outputs)
        return lw_fail(LW_ESHAPE, "%s: the rows have %zu targets, but the network has %zu outputs",
                       y, data->outputs, outputs);
    return LW_OK;
}
