/* Prints what training understood of a table. */
#ifndef LANEWISE_CLI_DESCRIBE_SCHEMA_H
#define LANEWISE_CLI_DESCRIBE_SCHEMA_H

#include <lanewise/nn.h>
#include <stdio.h>

/* What was found out about the text of a table. */
typedef struct table_facts {
    size_t rows, columns;
    char separator, decimal;
    int has_header;
} table_facts;

table_facts table_facts_of(const lw_table *table);

/* path: of the table. */
void describe_schema(FILE *out, const char *path, const table_facts *facts,
                     const lw_schema *schema);

/* The same for arrays: rows, inputs of a row, and the task. */
void describe_arrays(FILE *out, const char *path, size_t rows, const lw_schema *schema);

#endif
