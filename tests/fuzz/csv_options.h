/* How an input of the CSV target encodes its options: four bytes in front of the file. */
#ifndef LANEWISE_FUZZ_CSV_OPTIONS_H
#define LANEWISE_FUZZ_CSV_OPTIONS_H

enum {
    CSV_OPTION_BYTES = 4, /* flags, separator, target, columns for one_hot and standardized */
    CSV_USES_MAX = 2      /* columns in either list */
};

/* Byte 0. */
enum {
    CSV_TARGET = 1,
    CSV_NO_HEADER = 2,
    CSV_LABELS = 4,
    CSV_STANDARDIZE = 8,
    CSV_ONE_HOT_SHIFT = 4,     /* two bits: the number of one-hot columns     */
    CSV_STANDARDIZED_SHIFT = 6 /* two bits: the number of standardized columns */
};

/* Byte 1 is an index of this table; 0 stands for the default. */
static const char csv_separators[] = {'\0', ',',    ';', '\t', ' ', '|',
                                      'a',  '\xff', '"', '\n', '.', '-'};

/* Names and numbers of columns. Byte 2 is the index of the target. Byte 3 is the index of the first
 * one-hot column, plus CSV_NAMES times that of the first standardized one. */
static const char *const csv_names[] = {
    "y", "a", "0", "1", "2", "x", "", "b", "00", "18446744073709551616", "3", "a = b", "y\"", "4",
};
enum { CSV_NAMES = sizeof csv_names / sizeof *csv_names };

#endif
