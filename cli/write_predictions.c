#include "write_predictions.h"
#include "output_stream.h"

#include <inttypes.h>
#include <lanewise/nn.h>
#include <string.h>

static int ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path);
    const size_t ending_length = strlen(ending);
    return length > ending_length && strcmp(path + length - ending_length, ending) == 0;
}

int is_csv_path(const char *path)
{
    return ends_in(path, ".csv");
}

int is_prediction_path(const char *path)
{
    return ends_in(path, ".npy") || is_csv_path(path);
}

lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows)
{
    if (ends_in(path, ".npy"))
        return lw_write_npy_i32(path, classes, rows, 0);

    output_stream d;
    const lw_status status = output_stream_open(&d, path);
    if (status != LW_OK)
        return status;
    fputs("class\n", d.stream);
    for (size_t row = 0; row < rows; row++)
        fprintf(d.stream, "%" PRId32 "\n", classes[row]);
    return output_stream_close(&d, LW_OK);
}

lw_status write_predicted_outputs(const char *path, const float *y, size_t rows, size_t outputs)
{
    if (ends_in(path, ".npy"))
        return lw_write_npy_f32(path, y, rows, outputs);

    output_stream d;
    const lw_status status = output_stream_open(&d, path);
    if (status != LW_OK)
        return status;
    for (size_t column = 0; column < outputs; column++)
        fprintf(d.stream, "%sy%zu", column > 0 ? "," : "", column);
    fputc('\n', d.stream);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < outputs; column++)
            fprintf(d.stream, "%s%.9g", column > 0 ? "," : "", (double)y[row * outputs + column]);
        fputc('\n', d.stream);
    }
    return output_stream_close(&d, LW_OK);
}
