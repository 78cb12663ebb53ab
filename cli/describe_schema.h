/* Prints what training understood of a table. */
#ifndef LANEWISE_CLI_DESCRIBE_SCHEMA_H
#define LANEWISE_CLI_DESCRIBE_SCHEMA_H

#include <lanewise/nn.h>
#include <stdio.h>

void describe_schema(FILE *out, const lw_table *table, const lw_schema *schema);

/* The columns and targets alone. */
void describe_columns(FILE *out, const lw_schema *schema);

#endif
