#include "write_predictions.h"
#include "output_stream.h"

#include <inttypes.h>
#include <lanewise/nn.h>
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

int is_prediction_path(const char *path)
{
    return has_extension(path, ".npy") || is_csv_path(path);
}

lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows)
{
    if (has_extension(path, ".npy"))
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
    if (has_extension(path, ".npy"))
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
