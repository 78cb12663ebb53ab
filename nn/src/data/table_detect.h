/* Guesses how the fields of a text file are separated. */
#ifndef LANEWISE_TABLE_DETECT_H
#define LANEWISE_TABLE_DETECT_H

#include <stddef.h>

/* The separator of the lines in a sample, and the decimal separator of their numbers. is_whole: the
 * sample is the whole file; otherwise its last line may be cut. */
char lw_detect_separator(const unsigned char *sample, size_t size, int is_whole);
char lw_detect_decimal(const unsigned char *sample, size_t size, char separator);

#endif
