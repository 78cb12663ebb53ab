/*
 * What fuzz targets have in common. A target is one function that takes any bytes, hands them to one part
 * of Lanewise, and looks whether what is promised of that part holds. libFuzzer calls it with inputs of its
 * own making; replay.c with files.
 */
#ifndef LANEWISE_FUZZ_H
#define LANEWISE_FUZZ_H

#include <lanewise/nn.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Says what does not hold, and ends the process as a sanitizer would. */
_Noreturn void fuzz_finding(const char *file, int line, const char *format, ...) LW_PRINTF(3, 4);

/* Ends the process unless ok. */
#define FUZZ_CHECK(ok, ...) ((ok) ? (void)0 : fuzz_finding(__FILE__, __LINE__, __VA_ARGS__))

/* The status is LW_OK or one of those in allowed, bits 1 << status, with a message that names one of the files,
 * of which the second may be NULL. */
void fuzz_check_status(lw_status status, unsigned allowed, const char *path, const char *second);

/* ---- Inputs of two files: two bytes of the first one's length, then one behind the other ---- */

enum { FUZZ_LENGTH_BYTES = 2 };

typedef struct fuzz_files {
    const uint8_t *first, *second;
    size_t first_size, second_size;
} fuzz_files;

/* Any bytes are some files: a length beyond the end takes all that is there. */
fuzz_files fuzz_split(const uint8_t *bytes, size_t size);

/* ---- Files ---- */

enum { FUZZ_SLOTS = 2, FUZZ_PATH_BYTES = 300 };

/* The path of a file of that name in a folder of this process, which is gone after it; valid until the next
 * call. */
const char *fuzz_path(const char *name);

/* The path of a file, one for each slot, that holds these bytes now. */
const char *fuzz_file(size_t slot, const void *bytes, size_t size);

/* Fails unless both files hold the same bytes. */
void fuzz_same_files(const char *path, const char *other);

/* Fails unless shapes, inputs and targets are the same to the bit. Names are not looked at. */
void fuzz_same_data(const lw_dataset *data, const lw_dataset *other);

/* ---- Shards of data ---- */

/* Some shard of the rows, the same for the same input. */
lw_shard fuzz_shard(const uint8_t *bytes, size_t size);

/*
 * Frees what a reader made of a shard and ended with: that shard of the whole, or where all could not be read (NULL) data that
 * are right by themselves, or one of the allowed failures. *part was FUZZ_UNTOUCHED before.
 */
#define FUZZ_UNTOUCHED ((lw_dataset){.rows = 77})
void fuzz_check_part(lw_status status, lw_dataset *part, const lw_shard *shard,
                     const lw_dataset *whole);

/* ---- Memory ---- */

/* From here to fuzz_heap_end at most limit bytes may be allocated at a time, and all of them have to be
 * released. Counted is what the linker lets heap.c see: Lanewise's memory and Jansson's. */
void fuzz_heap_begin(size_t limit);
void fuzz_heap_end(void);

/* Another limit from here on: what a target does itself to look at what was loaded takes more. */
void fuzz_heap_limit(size_t limit);

#endif
