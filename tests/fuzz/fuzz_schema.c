/* Schemas in model files: the JSON text. */
#include "data/schema.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* The columns that named inputs and the corpus use. */
static const char table_text[] = "a,b,c,y\n1,x,true,1\n2.5,w,false,2\n,,,3\n-1e9,x,true,1\n";

static char *written(const lw_schema *schema)
{
    char *text = NULL;
    FUZZ_CHECK(lw_schema_write_json(schema, "schema", &text) == LW_OK, "%s", lw_last_error());
    return text;
}

/* What was written reads as the same schema. */
static void check_again(const lw_schema *schema)
{
    lw_schema *again = NULL;
    char *first = written(schema);
    FUZZ_CHECK(lw_schema_read_json("again", first, &again) == LW_OK, "%s in %s", lw_last_error(),
               first);
    char *second = written(again);
    FUZZ_CHECK(strcmp(first, second) == 0, "written as\n%s\nthen as\n%s", first, second);
    free(second);
    free(first);
    lw_schema_free(again);
}

/* Whatever the file claims, a table is encoded or refused. */
static void check_use(const lw_schema *schema)
{
    lw_table *table = NULL;
    lw_dataset data = FUZZ_UNTOUCHED;
    if (lw_schema_is_array(schema) || lw_schema_inputs(schema) > 1000)
        return;
    const char *path = fuzz_file(0, table_text, sizeof table_text - 1);
    FUZZ_CHECK(lw_table_read(&table, path, NULL) == LW_OK, "%s", lw_last_error());
    for (int need = LW_TARGETS_REQUIRED; need <= LW_TARGETS_IGNORED; need++) {
        const lw_encode_options options = {.size = sizeof options, .targets = (lw_need)need};
        const lw_status status = lw_schema_encode(schema, table, &options, &data, NULL);
        fuzz_check_status(status, 1U << LW_EDATA, path, NULL);
        if (status == LW_OK)
            lw_dataset_free(&data);
    }
    lw_table_free(table);
}

static void record_schema(lw_status status, const lw_schema *schema)
{
    fuzz_record(status);
    if (status == LW_OK)
        fuzz_record_more("%zu columns, %zu inputs, %zu targets, %zu classes",
                         lw_schema_columns(schema), lw_schema_inputs(schema),
                         lw_schema_targets(schema), lw_schema_classes(schema));
}

/* Allowed memory: Jansson's values, the schema, and what is written, whose numbers and escapes may
 * be longer than those of the text. */
static size_t limit(size_t size)
{
    enum { CONSTANT = 1 << 18, TIMES = 400 };
    return CONSTANT + TIMES * size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lw_schema *schema = NULL;
    char *text = malloc(size + 1);
    FUZZ_CHECK(text, "no memory");
    memcpy(text, bytes, size);
    text[size] = '\0';
    fuzz_heap_begin(limit(size));
    const lw_status status = lw_schema_read_json("model", text, &schema);
    record_schema(status, schema);
    fuzz_check_status(status, 1U << LW_EFORMAT, "model", NULL);
    if (status == LW_OK) {
        check_again(schema);
        check_use(schema);
    } else {
        FUZZ_CHECK(!schema, "changed by a failure");
    }
    lw_schema_free(schema);
    fuzz_heap_end();
    free(text);
    return 0;
}
