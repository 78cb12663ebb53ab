/* Gzip files of a test. */
#ifndef LANEWISE_TEST_GZIP_FILES_H
#define LANEWISE_TEST_GZIP_FILES_H

#include "temp_files.h"

/* Like save_composed, compressed with gzip. */
const char *save_gzip(const composed_file *file, const char *name);

#endif
