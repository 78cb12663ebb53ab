#define _XOPEN_SOURCE 700
#include "data.h"

#include "table_data.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

static const lw_shard all_rows = {0, 1, 1};

/* Whether a file is called NAME, or ends in it after a '-' as those of EMNIST do, with '.' for '-'
 * or not and with ".gz" or not. EMNIST calls its test files "test", not "t10k". */
static int is_called(const char *file, const char *name)
{
    char text[PATH_SIZE];
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".gz") == 0)
        length -= 3;
    if (length >= sizeof text || length < strlen(name))
        return 0;
    for (size_t i = 0; i < length; i++)
        text[i] = file[i] == '.' ? '-' : file[i];
    text[length] = '\0';
    const char *end = text + length - strlen(name);
    return strcmp(end, name) == 0 && (end == text || end[-1] == '-');
}

/* Finds the file of a folder that is called so; name2 may be NULL. */
static lw_status find_idx(char path[PATH_SIZE], const char *directory, const char *name,
                          const char *name2)
{
    DIR *listing = opendir(directory);
    char found[PATH_SIZE] = "";
    if (listing == NULL)
        return lw_fail(LW_EIO, "%s: cannot open: %s", directory, strerror(errno));
    lw_status status = LW_OK;
    for (struct dirent *entry; status == LW_OK && (entry = readdir(listing)) != NULL;) {
        const char *file = entry->d_name;
        if (!is_called(file, name) && (name2 == NULL || !is_called(file, name2)))
            continue;
        /* A file and its compressed copy are the same. */
        const size_t same = strlen(found) < strlen(file) ? strlen(found) : strlen(file);
        if (*found != '\0' && strncmp(found, file, same) != 0)
            status = lw_fail(LW_EDATA,
                             "%s has both %s and %s; give one pair of files with --x and "
                             "--y",
                             directory, found, file);
        else if (*found == '\0' || strlen(file) < strlen(found))
            snprintf(found, sizeof found, "%s", file);
    }
    closedir(listing);
    if (status != LW_OK)
        return status;
    if (*found == '\0')
        return lw_fail(LW_EIO,
                       "%s: no %s, plain or .gz; give files of other names with --x and "
                       "--y",
                       directory, name);
    const int length = snprintf(path, PATH_SIZE, "%s/%s", directory, found);
    return length > 0 && length < PATH_SIZE
               ? LW_OK
               : lw_fail(LW_EIO, "%s: the directory name is too long", directory);
}

/* Whether a file begins as IDX files do, plain or gzip. */
static int is_idx(const char *path)
{
    unsigned char bytes[3] = {1};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    const size_t got = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return got == sizeof bytes && ((bytes[0] == 0x1f && bytes[1] == 0x8b) ||
                                   (bytes[0] == 0 && bytes[1] == 0 && bytes[2] >= 0x08));
}

/* Opens --x and --y: .npy, a member of .npz, or IDX. y may be NULL. */
static lw_status open_files(lw_dataset *data, const char *x, const char *y, const lw_shard *shard)
{
    if (!is_idx(x))
        return lw_dataset_load_npy(data, x, y, shard);
    if (y == NULL)
        return lw_fail(LW_EINVAL, "%s: IDX images need their file of labels, with --y", x);
    return lw_dataset_load_idx(data, x, y, shard);
}

static lw_status open_fashion_mnist(const char *data, const char *images, const char *labels,
                                    const lw_shard *shard, lw_dataset *set)
{
    const char *directory = fashion_mnist_directory(data);
    char image_path[PATH_SIZE];
    char label_path[PATH_SIZE];
    const int is_test = strncmp(images, "t10k", 4) == 0;
    lw_status status =
        find_idx(image_path, directory, images, is_test ? "test-images-idx3-ubyte" : NULL);
    if (status == LW_OK)
        status = find_idx(label_path, directory, labels, is_test ? "test-labels-idx1-ubyte" : NULL);
    if (status == LW_OK)
        status = lw_dataset_load_idx(set, image_path, label_path, shard);
    return status;
}

static lw_status open_test_images(const char *data, const lw_shard *shard, lw_dataset *set)
{
    return open_fashion_mnist(data, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", shard, set);
}

/* Opens --csv for a network without a schema: all columns but the target are numbers. */
static lw_status open_plain_csv(const data_options *options, lw_activation output, lw_need targets,
                                lw_dataset *data)
{
    const int is_class = output == LW_ACTIVATION_SOFTMAX || output == LW_ACTIVATION_SIGMOID;
    const int has_labels = options->labels || targets == LW_TARGETS_IGNORED ||
                           options->task == LW_TASK_CLASSIFICATION ||
                           (!options->values && options->task == 0 && is_class);
    const int has_target = options->targets.count > 0;
    if (options->targets.count > 1)
        return lw_fail(LW_EINVAL, "%s: the model knows no columns, so --target takes one column",
                       options->csv);
    if (!has_target && targets == LW_TARGETS_REQUIRED)
        return lw_fail(LW_EINVAL, "%s: the model knows no columns; name the target with --target",
                       options->csv);
    lw_csv_options csv = {
        .size = sizeof csv,
        .target = has_target ? options->targets.items[0] : NULL,
        .no_header = options->no_header,
        .labels = has_target && has_labels,
        .standardize = options->standardize.all,
        .one_hot = options->one_hot.items,
        .one_hot_count = options->one_hot.count,
        .standardized = options->standardize.columns.items,
        .standardized_count = options->standardize.columns.count,
        .separator = options->separator,
    };
    const lw_status status = lw_dataset_load_csv(data, options->csv, &csv);
    if (status != LW_EDATA || !csv.labels || targets == LW_TARGETS_REQUIRED)
        return status;
    csv.labels = 0; /* a target that is ignored may hold anything */
    return lw_dataset_load_csv(data, options->csv, &csv);
}

/* Encodes arrays with a schema, and prints a warning for what the training data did not have. x, y:
 * the files, for messages. */
static lw_status encode_arrays(const char *x, const char *y, const lw_schema *schema,
                               lw_need targets, lw_dataset *data)
{
    lw_encode_report report;
    const lw_status status = lw_schema_encode_arrays(schema, data, targets, &report);
    if (status != LW_OK) {
        char message[300];
        snprintf(message, sizeof message, "%s", failure_message());
        return lw_fail(status, "%s: %s", status == LW_EDATA ? y : x, message);
    }
    if (report.outside > 0)
        fprintf(stderr, "lanewise: %s: %zu input%s far outside the range of the training data\n", x,
                report.outside, report.outside == 1 ? "" : "s");
    return LW_OK;
}

/* Opens --csv with the schema of a network that was trained on a table. */
static lw_status open_csv(const data_options *options, const lw_schema *schema, lw_need targets,
                          lw_dataset *data, lw_table **table)
{
    lw_table *opened = NULL;
    lw_status status = table_read(options, options->csv, schema, &opened);
    if (status == LW_OK)
        status =
            table_encode(options, schema, opened, (lw_encode_options){.targets = targets}, data);
    if (status == LW_OK && table != NULL)
        *table = opened;
    else
        lw_table_free(opened);
    return status;
}

static lw_status open_arrays(const data_options *options, const lw_schema *schema, lw_need targets,
                             lw_dataset *data)
{
    lw_dataset opened;
    lw_status status = options->data != NULL
                           ? open_test_images(options->data, &all_rows, &opened)
                           : open_files(&opened, options->x, options->y, &all_rows);
    if (status != LW_OK)
        return status;
    if (schema != NULL)
        status = encode_arrays(options->data != NULL ? options->data : options->x,
                               options->data != NULL ? options->data : options->y, schema, targets,
                               &opened);
    if (status == LW_OK)
        *data = opened;
    else
        lw_dataset_free(&opened);
    return status;
}

lw_status data_open(const data_options *options, const lw_net *net, lw_need targets,
                    lw_dataset *data, lw_table **table)
{
    const lw_schema *schema = lw_net_schema(net);
    lw_layer_info last;
    const lw_status status = lw_net_layer_info(net, lw_net_layer_count(net) - 1, &last);
    if (status != LW_OK)
        return status;
    if (table != NULL)
        *table = NULL;
    if (options->csv != NULL && schema != NULL && !lw_schema_is_array(schema))
        return open_csv(options, schema, targets, data, table);
    if (options->csv != NULL)
        return open_plain_csv(options, last.activation, targets, data);
    if (schema != NULL && !lw_schema_is_array(schema))
        return lw_fail(LW_EINVAL,
                       "%s: the model was trained on a table and needs its columns; give --csv",
                       options->data != NULL ? options->data : options->x);
    return open_arrays(options, schema, targets, data);
}

/* ---- Training ----------------------------------------------------------------------------- */

static lw_status open_validation(const data_options *options, lw_dataset *validation)
{
    if (options->data != NULL)
        return open_test_images(options->data, &options->validation_shard, validation);
    if (options->test_x != NULL)
        return open_files(validation, options->test_x, options->test_y, &options->validation_shard);
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
static lw_status open_split(const data_options *options, uint64_t seed, lw_dataset *training,
                            lw_dataset *validation)
{
    lw_dataset all;
    lw_status status = open_files(&all, options->x, options->y, &all_rows);
    if (status != LW_OK)
        return status;
    status =
        lw_dataset_split(&all, (double)options->validation_fraction, seed, training, validation);
    lw_dataset_free(&all);
    if (status == LW_OK)
        status = keep_shard(&options->training_shard, training);
    return status == LW_OK ? keep_shard(&options->validation_shard, validation) : status;
}

static lw_status open_training_arrays(const data_options *options, uint64_t seed,
                                      lw_dataset *training, lw_dataset *validation)
{
    if (options->validation_fraction > 0.0f)
        return open_split(options, seed, training, validation);
    lw_status status =
        options->data != NULL
            ? open_fashion_mnist(options->data, "train-images-idx3-ubyte",
                                 "train-labels-idx1-ubyte", &options->training_shard, training)
            : open_files(training, options->x, options->y, &options->training_shard);
    return status == LW_OK ? open_validation(options, validation) : status;
}

/* The task of arrays. Several columns of values after a softmax are probabilities. */
static lw_task array_task(const data_options *options, int output, const lw_dataset *data)
{
    if (options->task != 0)
        return (lw_task)options->task;
    if (options->labels)
        return LW_TASK_CLASSIFICATION;
    if (options->values)
        return LW_TASK_REGRESSION;
    if (output != LW_ACTIVATION_SOFTMAX)
        return LW_TASK_DETECT;
    return data->target.values != NULL && data->outputs > 1 ? LW_TASK_NONE : LW_TASK_CLASSIFICATION;
}

/* Makes the schema of arrays, unless there is one, and encodes them. Processes that read parts of
 * the rows would make different ones. */
static lw_status apply_schema(const data_options *options, int output, lw_schema **schema,
                              lw_dataset *training, lw_dataset *validation)
{
    const lw_schema_options choices = {.size = sizeof choices,
                                       .task = array_task(options, output, training)};
    const char *table = options->data;
    const char *x = table != NULL ? table : options->x, *y = table != NULL ? table : options->y;
    const int has_file = options->test_x != NULL;
    if (options->training_shard.of > 1 || training->rows == 0)
        return LW_OK;
    lw_status status = LW_OK;
    if (*schema == NULL)
        status = lw_schema_infer_arrays(schema, training, &choices);
    if (status == LW_OK)
        status = encode_arrays(x, y, *schema, LW_TARGETS_REQUIRED, training);
    if (status == LW_OK && validation->rows > 0)
        status = encode_arrays(has_file ? options->test_x : x, has_file ? options->test_y : y,
                               *schema, LW_TARGETS_REQUIRED, validation);
    return status;
}

lw_status data_open_training(const data_options *options, int output, uint64_t seed,
                             lw_schema **schema, table_facts *facts, lw_dataset *training,
                             lw_dataset *validation)
{
    if (*schema != NULL && (options->csv != NULL) == lw_schema_is_array(*schema))
        return lw_fail(LW_EINVAL, "the model was trained on %s; give %s",
                       lw_schema_is_array(*schema) ? "arrays" : "a table",
                       lw_schema_is_array(*schema) ? "--x or --data" : "--csv");
    if (options->csv != NULL)
        return table_open_training(options, output, seed, schema, facts, training, validation);
    lw_dataset opened = {0}, held_out = {0};
    lw_status status = open_training_arrays(options, seed, &opened, &held_out);
    if (status == LW_OK)
        status = apply_schema(options, output, schema, &opened, &held_out);
    if (status != LW_OK) {
        lw_dataset_free(&opened);
        lw_dataset_free(&held_out);
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
    const int is_test_table = part == PART_VALIDATION && options->test_csv != NULL;
    const char *table = options->data != NULL ? options->data
                        : is_test_table       ? options->test_csv
                                              : options->csv;
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
