/* How an input of the table target encodes its options: bytes in front of the file. */
#ifndef LANEWISE_FUZZ_TABLE_OPTIONS_H
#define LANEWISE_FUZZ_TABLE_OPTIONS_H

/* Indices of the tables below, and flags. */
typedef struct table_option_bytes {
    unsigned char flags, separator, target, second_target, ignored, categorical, numeric, weight;
} table_option_bytes;

enum { TABLE_OPTION_BYTES = sizeof(table_option_bytes) };

enum {
    TABLE_HEADER_PRESENT = 1,
    TABLE_HEADER_ABSENT = 2,
    TABLE_DECIMAL_COMMA = 4,
    TABLE_MISSING_DASH = 8, /* "-" means a missing field */
    TABLE_REGRESSION = 16,  /* neither flag: detected */
    TABLE_CLASSIFICATION = 32,
    TABLE_KEEP_NUMBERS = 64, /* no_standardize, raw_targets */
    TABLE_STRICT = 128
};

static const char table_separators[] = {'\0', ',', ';', '\t', '|', ' ', 'a', '"', '\n', '.'};

/* Names and numbers of columns; index 0 stands for none. */
static const char *const table_names[] = {"", "y", "a", "0", "1", "2", "b", "c", "z", "id"};
enum { TABLE_NAMES = sizeof table_names / sizeof *table_names };

#endif
