#include "write_predictions.h"
#include "output_stream.h"

#include <inttypes.h>
#include <lanewise/nn.h>
#include <math.h>
#include <string.h>

static int has_extension(const char *path, const char *extension)
{
    const size_t length = strlen(path);
    const size_t extension_length = strlen(extension);
    return length > extension_length && strcmp(path + length - extension_length, extension) == 0;
}

int is_csv_path(const char *path)
{
    return has_extension(path, ".csv");
}

int is_npy_path(const char *path)
{
    return has_extension(path, ".npy");
}

int is_prediction_path(const char *path)
{
    return is_npy_path(path) || is_csv_path(path) || strcmp(path, "-") == 0;
}

lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows)
{
    if (is_npy_path(path))
        return lw_npy_write_i32(path, classes, rows, 0);

    output_stream out;
    const lw_status status = output_stream_open(&out, path);
    if (status != LW_OK)
        return status;
    fputs("class\n", out.stream);
    for (size_t row = 0; row < rows; row++)
        fprintf(out.stream, "%" PRId32 "\n", classes[row]);
    return output_stream_close(&out, LW_OK);
}

lw_status write_predicted_outputs(const char *path, const float *y, size_t rows, size_t outputs)
{
    if (is_npy_path(path))
        return lw_npy_write_f32(path, y, rows, outputs);

    output_stream out;
    const lw_status status = output_stream_open(&out, path);
    if (status != LW_OK)
        return status;
    for (size_t column = 0; column < outputs; column++)
        fprintf(out.stream, "%sy%zu", column > 0 ? "," : "", column);
    fputc('\n', out.stream);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < outputs; column++)
            fprintf(out.stream, "%s%.9g", column > 0 ? "," : "", (double)y[row * outputs + column]);
        fputc('\n', out.stream);
    }
    return output_stream_close(&out, LW_OK);
}

/* ---- Predictions with a schema ------------------------------------------------------------ */

/* Writes a field, in quotes where a reader would take it for several. */
static void write_text(FILE *out, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

static int has_probabilities(const lw_net *net)
{
    lw_layer_info last;
    return lw_net_layer_info(net, lw_net_layer_count(net) - 1, &last) == LW_OK &&
           (last.activation == LW_ACTIVATION_SOFTMAX || last.activation == LW_ACTIVATION_SIGMOID);
}

static void write_header(FILE *out, const prediction_columns *c, const lw_schema *schema)
{
    lw_schema_target target = {0};
    for (size_t i = 0; i < c->keep->count; i++) {
        write_text(out, c->keep->items[i]);
        fputc(',', out);
    }
    for (size_t j = 0; j < lw_schema_targets(schema); j++) {
        if (lw_schema_target_info(schema, j, &target) != LW_OK)
            return;
        if (j > 0)
            fputc(',', out);
        write_text(out, target.name);
    }
    for (size_t k = 0; k < target.class_count && !c->only_classes && has_probabilities(c->net);
         k++) {
        char name[256];
        snprintf(name, sizeof name, "%s=%s", target.name, target.classes[k]);
        fputc(',', out);
        write_text(out, name);
    }
    fputc('\n', out);
}

static void write_kept(FILE *out, const prediction_columns *c, const size_t *kept, size_t row)
{
    for (size_t i = 0; i < c->keep->count; i++) {
        double number;
        const char *text = lw_table_field(c->table, row, kept[i], &number);
        if (text != NULL)
            write_text(out, text);
        else if (!isnan(number))
            fprintf(out, "%.15g", number);
        fputc(',', out);
    }
}

static void write_class(FILE *out, const prediction_columns *c, const lw_schema_target *target,
                        const float *y, int32_t class)
{
    write_text(out, target->classes[class]);
    if (c->only_classes || !has_probabilities(c->net))
        return;
    if (lw_net_outputs(c->net) == 1) {
        fprintf(out, ",%.9g,%.9g", 1.0 - (double)y[0], (double)y[0]);
        return;
    }
    for (size_t k = 0; k < target->class_count; k++)
        fprintf(out, ",%.9g", (double)y[k]);
}

static void write_numbers(FILE *out, const lw_schema *schema, const float *y)
{
    lw_schema_target target;
    for (size_t j = 0; j < lw_schema_targets(schema); j++)
        if (lw_schema_target_info(schema, j, &target) == LW_OK)
            fprintf(out, "%s%.9g", j > 0 ? "," : "", (double)y[j] * target.deviation + target.mean);
}

static lw_status find_kept(const prediction_columns *c, size_t kept[LIST_MAX])
{
    lw_status status = LW_OK;
    if (c->keep->count > 0 && c->table == NULL)
        return lw_fail(LW_EINVAL, "--keep copies columns of a table: give --csv");
    for (size_t i = 0; i < c->keep->count && status == LW_OK; i++)
        status = lw_table_find_column(c->table, c->keep->items[i], &kept[i]);
    return status;
}

static void write_rows(FILE *out, const prediction_columns *c, const size_t *kept, size_t rows,
                       const float *y, const int32_t *classes)
{
    const lw_schema *schema = lw_net_schema(c->net);
    const size_t outputs = lw_net_outputs(c->net);
    lw_schema_target target = {0};
    const int is_class =
        lw_schema_classes(schema) > 0 && lw_schema_target_info(schema, 0, &target) == LW_OK;
    write_header(out, c, schema);
    for (size_t row = 0; row < rows; row++) {
        write_kept(out, c, kept, row);
        if (is_class)
            write_class(out, c, &target, y + row * outputs, classes[row]);
        else
            write_numbers(out, schema, y + row * outputs);
        fputc('\n', out);
    }
}

lw_status write_named_predictions(const char *path, const prediction_columns *columns, size_t rows,
                                  const float *y, const int32_t *classes)
{
    size_t kept[LIST_MAX];
    lw_status status = find_kept(columns, kept);
    if (status != LW_OK)
        return status;
    if (strcmp(path, "-") == 0) {
        write_rows(stdout, columns, kept, rows, y, classes);
        return fflush(stdout) == 0 && !ferror(stdout)
                   ? LW_OK
                   : lw_fail(LW_EIO, "standard output: cannot write");
    }
    output_stream out;
    status = output_stream_open(&out, path);
    if (status != LW_OK)
        return status;
    write_rows(out.stream, columns, kept, rows, y, classes);
    return output_stream_close(&out, LW_OK);
}
