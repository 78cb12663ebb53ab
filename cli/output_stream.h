/* A stdio stream to a file that is replaced atomically: completely written or not at all. */
#ifndef LANEWISE_CLI_OUTPUT_STREAM_H
#define LANEWISE_CLI_OUTPUT_STREAM_H

#include "base/output_file.h"
#include <stdio.h>

typedef struct output_stream {
    FILE *stream; /* output_stream_close reports write errors */
    lw_output_file *file;
} output_stream;

/* As lw_output_file_open. */
lw_status output_stream_open(output_stream *out, const char *path);

/* Closes stream and file, also on failure; as lw_output_file_close. */
lw_status output_stream_close(output_stream *out, lw_status status);

#endif
