/* Cases that read, create and write data sets. */
#include "trials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Outputs of the calls, empty before. */
static lw_dataset first, second;

static uint64_t observe(uint64_t hash)
{
    return hash_dataset(hash_dataset(hash, &first), &second);
}

static void release(void)
{
    lw_dataset_free(&first);
    lw_dataset_free(&second);
}

/* ---- IDX ------------------------------------------------------------------------------------- */

enum { IMAGES = 60000, HEADER = 8 };

static void prepare_idx(void)
{
    static unsigned char images[HEADER + IMAGES] = {0, 0, 8, 1, 0, 0, IMAGES >> 8, IMAGES & 255};
    for (size_t i = HEADER; i < sizeof images; i++)
        images[i] = (unsigned char)(i * 2654435761U >> 24);
    write_file("idx", images, sizeof images);
    gzFile packed = gzopen(file_path("idx.gz"), "wb");
    require(packed && gzwrite(packed, images, sizeof images) == sizeof images,
            "cannot write the gzip file");
    require(gzclose(packed) == Z_OK, "cannot write the gzip file");
}

static lw_status load_idx(void)
{
    return lw_dataset_load_idx(&first, file_path("idx"), file_path("idx"), NULL);
}

static lw_status load_packed_idx(void)
{
    return lw_dataset_load_idx(&first, file_path("idx.gz"), file_path("idx.gz"), NULL);
}

/* ---- NumPy ----------------------------------------------------------------------------------- */

enum { ROWS = 2500, INPUTS = 3 };

static float x[ROWS * INPUTS];
static int32_t labels[ROWS];

static void prepare_npy(void)
{
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        x[i] = (float)i / 7.0f;
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)(i % 3);
    REQUIRE_OK(lw_npy_write_f32(file_path("x.npy"), x, ROWS, INPUTS));
    REQUIRE_OK(lw_npy_write_i32(file_path("y.npy"), labels, ROWS, 0));
}

static lw_status load_npy(void)
{
    return lw_dataset_load_npy(&first, file_path("x.npy"), file_path("y.npy"), NULL);
}

static lw_status load_npy_values(void)
{
    return lw_dataset_load_npy(&first, file_path("x.npy"), file_path("x.npy"), NULL);
}

static void prepare_writing(void)
{
    write_text("old.npy", "old contents");
}

static lw_status write_new(void)
{
    return lw_npy_write_i32(file_path("new.npy"), labels, ROWS, 0);
}

static lw_status write_over(void)
{
    return lw_npy_write_f32(file_path("old.npy"), x, ROWS, INPUTS);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* Longer than one chunk of the reader, with a quoted field and columns of every kind. */
static void prepare_csv(void)
{
    enum { LINES = 200, LINE = 600 };
    static char text[LINES * LINE];
    size_t length = (size_t)sprintf(text, "size,colour,\"the, kind\",weight\n");
    for (int i = 0; i < LINES - 1; i++)
        length += (size_t)sprintf(text + length, "%d,%s,%-400d,%d.25\n", i,
                                  i % 3 ? "red" : "\"dark \"\"blue\"\"\"", i % 5, i * 13 % 101);
    write_file("data.csv", text, length);
}

static lw_status load_csv(void)
{
    static const char *const colour[] = {"colour"};
    const lw_csv_options options = {.size = sizeof options,
                                    .target = "the, kind",
                                    .labels = 1,
                                    .one_hot = colour,
                                    .one_hot_count = 1,
                                    .standardize = 1};
    return lw_dataset_load_csv(&first, file_path("data.csv"), &options);
}

static void prepare_plain_csv(void)
{
    write_text("plain.csv", "1;2.5\n3;4.5\n5;6.5\n");
}

static lw_status load_plain_csv(void)
{
    const lw_csv_options options = {
        .size = sizeof options, .no_header = 1, .target = "1", .separator = ';'};
    return lw_dataset_load_csv(&first, file_path("plain.csv"), &options);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

/* Numbers come first in a column of texts, so that the file is read twice. */
static void prepare_table(void)
{
    enum { LINES = 3000, LINE = 60 };
    static char text[LINES * LINE];
    size_t length = (size_t)sprintf(text, "size;colour;ok;code;weight\n");
    for (int i = 0; i < LINES - 1; i++)
        length += (size_t)sprintf(text + length, "%d;%s;%s;%s%d;%d,25\n", i * 7 % 1000,
                                  i % 3 ? "red" : "\"dark \"\"blue\"\"\"", i % 4 ? "yes" : "no",
                                  i > 1000 ? "k" : "", i % 5, i * 13 % 101);
    write_file("table.csv", text, length);
}

/* Reads the table, makes its schema and encodes it. */
static lw_status encode_table(void)
{
    static const char *const target[] = {"weight"};
    const lw_schema_options options = {.size = sizeof options, .targets = {target, 1}};
    lw_table_options reading = {.size = sizeof reading};
    lw_table *table = NULL;
    lw_schema *schema = NULL;
    lw_status status = lw_table_read(&table, file_path("table.csv"), NULL);
    if (status == LW_OK)
        status = lw_schema_infer(&schema, table, &options);
    if (status == LW_OK)
        status = lw_schema_table_options(schema, &reading);
    if (status == LW_OK)
        status = lw_schema_encode(schema, table, NULL, &first, NULL);
    free((void *)(uintptr_t)reading.texts);
    lw_schema_free(schema);
    lw_table_free(table);
    return status;
}

static lw_status encode_arrays(void)
{
    lw_schema *schema = NULL;
    lw_dataset data;
    lw_status status = lw_dataset_load_npy(&data, file_path("x.npy"), file_path("y.npy"), NULL);
    if (status != LW_OK)
        return status;
    status = lw_schema_infer_arrays(&schema, &data, NULL);
    if (status == LW_OK)
        status = lw_schema_encode_arrays(schema, &data, LW_TARGETS_REQUIRED, NULL);
    lw_schema_free(schema);
    if (status == LW_OK)
        first = data;
    else
        lw_dataset_free(&data);
    return status;
}

/* ---- Archives -------------------------------------------------------------------------------- */

static void put(unsigned char *file, size_t *at, size_t width, size_t value)
{
    for (size_t i = 0; i < width; i++)
        file[(*at)++] = (unsigned char)(i < sizeof value ? value >> 8 * i : 0);
}

static unsigned crc_of(const unsigned char *bytes, size_t size)
{
    unsigned crc = ~0U;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

/* A ZIP archive of x.npy, stored. */
static void prepare_npz(void)
{
    enum { NAME = 5, LOCAL = 30, ENTRY = 46, ROOM = 1 << 20 };
    static unsigned char contents[ROOM], file[ROOM + 200];
    prepare_npy();
    FILE *array = fopen(file_path("x.npy"), "rb");
    require(array != NULL, "no x.npy");
    const size_t size = fread(contents, 1, sizeof contents, array);
    fclose(array);
    require(size < sizeof contents, "x.npy is too long");
    size_t at = 0;
    for (int is_entry = 0; is_entry < 2; is_entry++) {
        put(file, &at, 4, is_entry ? 0x02014b50 : 0x04034b50);
        put(file, &at, is_entry ? 6 : 4, 20);
        put(file, &at, 6, 0); /* stored; time and date */
        put(file, &at, 4, crc_of(contents, size));
        put(file, &at, 4, size);
        put(file, &at, 4, size);
        put(file, &at, 2, NAME);
        put(file, &at, is_entry ? ENTRY - 30 : 2, 0);
        memcpy(file + at, "x.npy", NAME);
        at += NAME;
        if (!is_entry) {
            memcpy(file + at, contents, size);
            at += size;
        }
    }
    put(file, &at, 8, 0x06054b50);
    put(file, &at, 4, 1 << 16 | 1);
    put(file, &at, 4, ENTRY + NAME);
    put(file, &at, 4, LOCAL + NAME + size);
    put(file, &at, 2, 0);
    write_file("x.npz", file, at);
}

static lw_status load_npz(void)
{
    return lw_dataset_load_npy(&first, file_path("x.npz"), NULL, NULL);
}

/* ---- Data sets made from others -------------------------------------------------------------- */

static lw_dataset whole;

static void prepare_whole(void)
{
    prepare_csv();
    REQUIRE_OK(load_csv());
    whole = first;
    first = (lw_dataset){0};
}

static void release_whole(void)
{
    lw_dataset_free(&whole);
    release();
}

static lw_status split(void)
{
    return lw_dataset_split(&whole, 0.3, 5, &first, &second);
}

static lw_status select_rows(void)
{
    static const size_t rows[] = {5, 3, 3, 198};
    return lw_dataset_select(&whole, sizeof rows / sizeof *rows, rows, &first);
}

static const lw_shard last_third = {2, 3, 3};

static lw_status take_shard(void)
{
    return lw_dataset_shard(&whole, &last_third, &first);
}

static lw_status load_idx_shard(void)
{
    return lw_dataset_load_idx(&first, file_path("idx"), file_path("idx"), &last_third);
}

static lw_status load_npy_shard(void)
{
    return lw_dataset_load_npy(&first, file_path("x.npy"), file_path("y.npy"), &last_third);
}

const fault_case data_cases[] = {
    {"load_idx", prepare_idx, load_idx, observe, release, NULL},
    {"load_idx, gzip", prepare_idx, load_packed_idx, observe, release, NULL},
    {"load_idx, a shard", prepare_idx, load_idx_shard, observe, release, NULL},
    {"load_npy, a shard", prepare_npy, load_npy_shard, observe, release, NULL},
    {"load_npy, labels", prepare_npy, load_npy, observe, release, NULL},
    {"load_npy, values", prepare_npy, load_npy_values, observe, release, NULL},
    {"load_npz", prepare_npz, load_npz, observe, release, NULL},
    {"load_csv", prepare_csv, load_csv, observe, release, NULL},
    {"load_csv, no header", prepare_plain_csv, load_plain_csv, observe, release, NULL},
    {"a table and its schema", prepare_table, encode_table, observe, release, NULL},
    {"a schema of arrays", prepare_npy, encode_arrays, observe, release, NULL},
    {"split", prepare_whole, split, observe, release_whole, NULL},
    {"shard", prepare_whole, take_shard, observe, release_whole, NULL},
    {"select", prepare_whole, select_rows, observe, release_whole, NULL},
    {"write_npy", prepare_writing, write_new, NULL, release, NULL},
    {"write_npy over a file", prepare_writing, write_over, NULL, release, NULL},
    {0}};
