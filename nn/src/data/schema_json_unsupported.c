/* In place of schema_write_json.c and schema_read_json.c in a build without Jansson, which cannot
 * read or write models. */
#include "schema.h"

static lw_status unsupported(const char *path)
{
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: this build cannot read or write schemas: it was built without Jansson",
                   path);
}

lw_status lw_schema_write_json(const lw_schema *schema, const char *subject, char **text)
{
    (void)schema;
    (void)text;
    return unsupported(subject);
}

lw_status lw_schema_read_json(const char *path, const char *text, lw_schema **schema)
{
    (void)text;
    (void)schema;
    return unsupported(path);
}
