#define _XOPEN_SOURCE 700
#include "temp_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATHS = 64, TIMEOUT_SECONDS = 120 };

static char directory[PATH_MAX];
static char *paths[MAX_PATHS];
static size_t path_count;

/* ---- Directory ------------------------------------------------------------------------------- */

static void make_directory(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/lanewise-test-XXXXXX", parent ? parent : P_tmpdir);
    ck_assert_msg(mkdtemp(directory) != NULL, "%s: %s", directory, strerror(errno));
    path_count = 0;
}

/* Calls visit, unless NULL, for each file; returns the number of files. */
static size_t for_each_file(void (*visit)(const char *path))
{
    DIR *stream = opendir(directory);
    ck_assert_ptr_nonnull(stream);
    size_t count = 0;
    for (struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (visit)
            visit(temp_path(entry->d_name));
    }
    closedir(stream);
    return count;
}

static void remove_entry(const char *path)
{
    ck_assert_msg(remove(path) == 0, "%s: %s", path, strerror(errno));
}

static void remove_directory(void)
{
    for_each_file(remove_entry);
    remove_entry(directory);
    for (size_t i = 0; i < path_count; i++)
        free(paths[i]);
}

TCase *temp_files_case(const char *name)
{
    TCase *made = tcase_create(name);
    tcase_add_checked_fixture(made, make_directory, remove_directory);
    tcase_set_timeout(made, TIMEOUT_SECONDS);
    return made;
}

size_t temp_file_count(void)
{
    return for_each_file(NULL);
}

/* ---- Files ----------------------------------------------------------------------------------- */

const char *temp_path(const char *name)
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    for (size_t i = 0; i < path_count; i++)
        if (strcmp(paths[i], path) == 0)
            return paths[i];
    ck_assert_uint_lt(path_count, MAX_PATHS);
    paths[path_count] = strdup(path);
    ck_assert_ptr_nonnull(paths[path_count]);
    return paths[path_count++];
}

const char *temp_file(const char *name, const void *bytes, size_t size)
{
    const char *path = temp_path(name);
    FILE *stream = fopen(path, "wb");
    ck_assert_msg(stream != NULL, "%s: %s", path, strerror(errno));
    ck_assert_uint_eq(fwrite(bytes, 1, size, stream), size);
    ck_assert_int_eq(fclose(stream), 0);
    return path;
}

const char *temp_text(const char *name, const char *text)
{
    return temp_file(name, text, strlen(text));
}

unsigned char *file_bytes(const char *path, size_t *size)
{
    struct stat info;
    FILE *stream = fopen(path, "rb");
    ck_assert_msg(stream != NULL && stat(path, &info) == 0, "%s: %s", path, strerror(errno));
    *size = (size_t)info.st_size;
    unsigned char *bytes = malloc(*size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, *size, stream), *size);
    fclose(stream);
    return bytes;
}

/* ---- Composed files -------------------------------------------------------------------------- */

void add_bytes(composed_file *file, const void *bytes, size_t size)
{
    ck_assert_uint_le(size, COMPOSED_BYTES - file->size);
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

void add_number_le(composed_file *file, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++) {
        const unsigned char byte = (unsigned char)(value >> (8 * i));
        add_bytes(file, &byte, 1);
    }
}

void add_number_be(composed_file *file, size_t width, uint64_t value)
{
    for (size_t i = width; i > 0; i--) {
        const unsigned char byte = (unsigned char)(value >> (8 * (i - 1)));
        add_bytes(file, &byte, 1);
    }
}

void add_f32(composed_file *file, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_number_le(file, sizeof bits, bits);
}

void add_f64(composed_file *file, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_number_le(file, sizeof bits, bits);
}

composed_file npy_header(unsigned major, const char *dictionary)
{
    composed_file file = {.size = 0};
    add_bytes(&file, "\x93NUMPY", 6);
    add_number_le(&file, 1, major);
    add_number_le(&file, 1, 0);
    add_number_le(&file, major == 1 ? 2 : 4, strlen(dictionary));
    add_bytes(&file, dictionary, strlen(dictionary));
    return file;
}

composed_file npy_of(const char *descr, int fortran, const char *shape)
{
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }   \n", descr,
             fortran ? "True" : "False", shape);
    return npy_header(1, dictionary);
}

const char *save_composed(const composed_file *file, const char *name)
{
    return temp_file(name, file->bytes, file->size);
}

/* ---- Data sets ------------------------------------------------------------------------------- */

static float nowhere;

lw_dataset untouched_dataset(void)
{
    return (lw_dataset){
        .rows = 77, .inputs = 78, .outputs = 79, .x = &nowhere, .storage = &nowhere};
}

int is_untouched(const lw_dataset *data)
{
    return data->rows == 77 && data->inputs == 78 && data->outputs == 79 && data->x == &nowhere &&
           !data->target.values && !data->target.labels && data->storage == &nowhere;
}
