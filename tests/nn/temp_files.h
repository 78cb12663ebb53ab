/* Files of a test in a temporary directory, which is removed after the test. */
#ifndef LANEWISE_TEST_TEMP_FILES_H
#define LANEWISE_TEST_TEMP_FILES_H

#include "fixture.h"

#include <stdint.h>

/* Asserts a failure whose message names the file and the location in it. */
#define ASSERT_FILE_REJECTED(expected, path, place, call)                                          \
    do {                                                                                           \
        ASSERT_FAILS(expected, place, call);                                                       \
        ck_assert_msg(strstr(lw_last_error(), (path)) != NULL, #call ": \"%s\" lacks \"%s\"",      \
                      lw_last_error(), (path));                                                    \
    } while (0)

/* A test case whose tests get a temporary directory, and enough time to write thousands of files in
 * it under Valgrind or a sanitizer. */
TCase *temp_files_case(const char *name);

/* Returns the path of a file of this name in the directory; valid until the end of the test. */
const char *temp_path(const char *name);

/* Number of files in the directory. */
size_t temp_file_count(void);

/* Writes a file of these bytes or this text; returns its path. */
const char *temp_file(const char *name, const void *bytes, size_t size);
const char *temp_text(const char *name, const char *text);

/* Returns the bytes of a file; release with free. */
unsigned char *file_bytes(const char *path, size_t *size);

/* A file composed by a test. */
enum { COMPOSED_BYTES = 1 << 16 };

typedef struct composed_file {
    unsigned char bytes[COMPOSED_BYTES];
    size_t size;
} composed_file;

void add_bytes(composed_file *file, const void *bytes, size_t size);
void add_number_le(composed_file *file, size_t width, uint64_t value);
void add_number_be(composed_file *file, size_t width, uint64_t value);
void add_f32(composed_file *file, float value);
void add_f64(composed_file *file, double value);
/* A NumPy header without data; major is the version, dictionary the text of its header. */
composed_file npy_header(unsigned major, const char *dictionary);

/* A NumPy header of version 1 for an array of this type, order and shape. */
composed_file npy_of(const char *descr, int fortran, const char *shape);
const char *save_composed(const composed_file *file, const char *name);

/* A data set with values that no reader produces, and whether it still has them. */
lw_dataset untouched_dataset(void);
int is_untouched(const lw_dataset *data);

#endif
