/* A stdio stream to a file that appears whole or not at all. */
#ifndef LANEWISE_CLI_OUTPUT_STREAM_H
#define LANEWISE_CLI_OUTPUT_STREAM_H

#include <lanewise/output_file.h>
#include <stdio.h>

typedef struct output_stream {
    FILE *stream; /* its errors need not be looked at: output_stream_close tells them */
    lw_output_file *file;
} output_stream;

/* As lw_output_file_open. */
lw_status output_stream_open(output_stream *d, const char *path);

/* Ends stream and file in any case, as lw_output_file_close. */
lw_status output_stream_close(output_stream *d, lw_status status);

#endif
