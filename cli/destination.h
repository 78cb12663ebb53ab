/* A stdio stream to a file that appears whole or not at all. */
#ifndef LANEWISE_CLI_DESTINATION_H
#define LANEWISE_CLI_DESTINATION_H

#include <lanewise/output_file.h>
#include <stdio.h>

typedef struct destination {
    FILE *stream; /* its errors need not be looked at: destination_close tells them */
    lw_output_file *file;
} destination;

/* As lw_output_file_open. */
lw_status destination_open(destination *d, const char *path);

/* Ends stream and file in any case, as lw_output_file_close. */
lw_status destination_close(destination *d, lw_status status);

#endif
