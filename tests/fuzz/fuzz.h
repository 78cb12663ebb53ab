/*
 * Functions shared by the fuzz targets. A target is one function that passes arbitrary bytes to one
 * part of Lanewise and checks what the documentation of that part promises. libFuzzer calls it with
 * generated inputs, replay.c with files, regressions/main.c with named inputs.
 */
#ifndef LANEWISE_FUZZ_H
#define LANEWISE_FUZZ_H

#include <lanewise/nn.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Prints a message and aborts, which libFuzzer reports as a crash. */
_Noreturn void fuzz_finding(const char *file, int line, const char *format, ...) LW_PRINTF(3, 4);

/* Aborts with a message unless ok. */
#define FUZZ_CHECK(ok, ...) ((ok) ? (void)0 : fuzz_finding(__FILE__, __LINE__, __VA_ARGS__))

/* Aborts unless the status is LW_OK, or one of allowed (bits 1 << status) with a message that names
 * path or second, which may be NULL. */
void fuzz_check_status(lw_status status, unsigned allowed, const char *path, const char *second);

/* ---- Inputs of two files: two bytes with the length of the first, then both ---- */

enum { FUZZ_LENGTH_BYTES = 2 };

typedef struct fuzz_files {
    const uint8_t *first, *second;
    size_t first_size, second_size;
} fuzz_files;

/* Accepts any bytes: a length beyond the end is clamped to it. */
fuzz_files fuzz_split(const uint8_t *bytes, size_t size);

/* ---- Files ---- */

enum { FUZZ_SLOTS = 2, FUZZ_PATH_BYTES = 300 };

/* The path of a file of that name in a folder that is removed when the process ends; valid until
 * the next call. */
const char *fuzz_path(const char *name);

/* Writes the bytes to the file of the slot and returns its path. */
const char *fuzz_file(size_t slot, const void *bytes, size_t size);

/* Aborts unless both files hold the same bytes. */
void fuzz_same_files(const char *path, const char *other);

/* Aborts unless shapes, inputs and targets are bit-identical. Names are not compared. */
void fuzz_same_data(const lw_dataset *data, const lw_dataset *other);

/* ---- Shards of data ---- */

/* A shard of the rows that depends on the input only. */
lw_shard fuzz_shard(const uint8_t *bytes, size_t size);

/*
 * Checks and frees what a reader returned for a shard, where *part was FUZZ_UNTOUCHED before: that
 * shard of the whole. If the whole could not be read (NULL): valid data, or a failure that left
 * *part as it was.
 */
#define FUZZ_UNTOUCHED ((lw_dataset){.rows = 77})
void fuzz_check_part(lw_status status, lw_dataset *part, const lw_shard *shard,
                     const lw_dataset *whole);

/* ---- Outcomes ---- */

enum { FUZZ_OUTCOME_BYTES = 512 };

/* The result of the last recorded call of a function under test. */
typedef struct fuzz_outcome {
    size_t calls; /* number of recorded calls */
    lw_status status;
    char text[FUZZ_OUTCOME_BYTES]; /* LW_OK: a summary of the result; otherwise the message */
} fuzz_outcome;

/* Where targets record outcomes; NULL, the default, records nothing and costs no time. */
extern fuzz_outcome *fuzz_recorded;

/* Records a status, and after a failure lw_last_error(). */
void fuzz_record(lw_status status);

/* Appends to the text of the last recorded call. */
void fuzz_record_more(const char *format, ...) LW_PRINTF(1, 2);

/* Records a status, and after LW_OK the shape, the elements and the names. */
void fuzz_record_data(lw_status status, const lw_dataset *data);

/* Records a status, and after LW_OK the layers and the parameters. */
void fuzz_record_net(lw_status status, const lw_net *net);

/* ---- Memory ---- */

/* From here to fuzz_heap_end at most limit bytes may be allocated at a time, and all of them must
 * be released. Covers the allocations of Lanewise and Jansson; see heap.c. */
void fuzz_heap_begin(size_t limit);
void fuzz_heap_end(void);

/* Changes the limit: the checks of a target may need more memory than the call under test. */
void fuzz_heap_limit(size_t limit);

#endif
