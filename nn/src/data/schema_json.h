/* Names of the members of a schema in JSON, shared by writing and reading. The format is specified
 * in docs/file-formats.md. */
#ifndef LANEWISE_SCHEMA_JSON_H
#define LANEWISE_SCHEMA_JSON_H

#include "schema.h"

enum { LW_SCHEMA_VERSION = 1 };

/* By lw_column_kind, lw_ignored and lw_task; NULL where there is no such value in a file. */
extern const char *const lw_column_kind_names[LW_COLUMN_CATEGORY + 1];
extern const char *const lw_ignored_names[LW_IGNORED_REASONS];
extern const char *const lw_task_names[LW_TASK_NONE + 1];

#endif
