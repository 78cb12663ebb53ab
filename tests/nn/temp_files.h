/* Files of a test in a directory of its own, which is gone after it. */
#ifndef LANEWISE_TEST_TEMP_FILES_H
#define LANEWISE_TEST_TEMP_FILES_H

#include "fixture.h"

#include <stdint.h>

/* A refusal that names the file and the place in it. */
#define ASSERT_REFUSED(expected, path, place, call)                                                \
    do {                                                                                           \
        ASSERT_FAILS(expected, place, call);                                                       \
        ck_assert_msg(strstr(lw_last_error(), (path)) != NULL, #call ": \"%s\" lacks \"%s\"",      \
                      lw_last_error(), (path));                                                    \
    } while (0)

/* A test case whose tests get such a directory, and the time to write thousands of files in it
 * under Valgrind or a sanitizer. */
TCase *temp_files_case(const char *name);

/* The path of a file of that name in the directory; valid until the end of the test. */
const char *temp_path(const char *name);

/* Number of files in the directory. */
size_t temp_count(void);

/* Makes a file of these bytes or of this text; returns its path. */
const char *temp_file(const char *name, const void *bytes, size_t size);
const char *temp_text(const char *name, const char *text);

/* The bytes of a file; released with free. */
unsigned char *file_bytes(const char *path, size_t *size);

/* A file while a test composes it. */
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
const char *save_composed(const composed_file *file, const char *name);

/* A data set that is certainly not what a reader made, and whether it still is that one. */
lw_dataset untouched_dataset(void);
int is_untouched(const lw_dataset *data);

#endif
