/* Files of the cases, and hashes of the state that a case can change. */
#define _XOPEN_SOURCE 700
#include "observe.h"

#include "train/parameters.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void require(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "cannot continue: %s (%s)\n", what, lw_last_error());
    exit(2);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static char directory[PATH_MAX];

const char *make_directory(void)
{
    const char *parent = getenv("TMPDIR");
    /* Files in memory, if available, do not wait for a disk. */
    if (!parent)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(directory, sizeof directory, "%s/lanewise-fault-injection-XXXXXX", parent);
    require(mkdtemp(directory) != NULL, "no directory for files");
    return directory;
}

void enter_directory(const char *path)
{
    snprintf(directory, sizeof directory, "%s", path);
}

const char *file_path(const char *name)
{
    enum { PATHS = 8 };
    static char paths[PATHS][PATH_MAX + NAME_MAX + 2];
    static size_t next;
    char *path = paths[next++ % PATHS];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

void write_file(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(file_path(name), "wb");
    require(file != NULL, name);
    const int written = fwrite(bytes, 1, count, file) == count;
    require(fclose(file) == 0 && written, name);
}

void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

void for_each_file(void (*visit)(const char *name, const char *path, void *user), void *user)
{
    DIR *stream = opendir(directory);
    require(stream != NULL, directory);
    for (struct dirent *entry = readdir(stream); entry; entry = readdir(stream))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            visit(entry->d_name, file_path(entry->d_name), user);
    closedir(stream);
}

static void remove_file(const char *name, const char *path, void *unused)
{
    (void)name;
    (void)unused;
    require(remove(path) == 0, path);
}

void remove_files(void)
{
    for_each_file(remove_file, NULL);
}

void remove_directory(void)
{
    remove_files();
    require(rmdir(directory) == 0, directory);
}

/* ---- Hashes ---------------------------------------------------------------------------------- */

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    while (count > 0) {
        uint64_t word = count;
        const size_t taken = count < sizeof word ? count : sizeof word;
        memcpy(&word, next, taken);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29;
        next += taken;
        count -= taken;
    }
    return hash;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text ? text : "", text ? strlen(text) + 1 : 0);
}

/* Adds a hash that does not depend on the order of directory entries. */
static void add_file(const char *name, const char *path, void *user)
{
    char bytes[4096];
    uint64_t *sum = user, hash = hash_text(1, name);
    FILE *file = fopen(path, "rb");
    require(file != NULL, path);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        hash = hash_bytes(hash, bytes, got);
    fclose(file);
    *sum += hash;
}

uint64_t hash_files(void)
{
    uint64_t sum = 0;
    for_each_file(add_file, &sum);
    return sum;
}

static uint64_t hash_view(uint64_t hash, const lw_net *net, lw_view view)
{
    const size_t count = lw_net_parameter_count(net);
    float *flat = calloc(count, sizeof *flat);
    require(flat != NULL, "no memory for a view");
    lw_view_get(net, view, flat);
    hash = hash_bytes(hash, flat, count * sizeof *flat);
    free(flat);
    return hash;
}

uint64_t hash_net(uint64_t hash, const lw_net *net)
{
    const lw_optimizer_state *state = &net->optimizer;
    const uint64_t words[] = {net->random.state, net->seed,    net->threads,
                              state->kind,       state->steps, lw_net_precision(net)};
    hash = hash_bytes(hash, words, sizeof words);
    hash = hash_view(hash, net, LW_VIEW_PARAMETERS);
    if (net->pass.gradients)
        hash = hash_view(hash, net, LW_VIEW_GRADIENTS);
    if (state->velocity)
        hash = hash_view(hash, net, LW_VIEW_VELOCITY);
    if (state->variance)
        hash = hash_view(hash, net, LW_VIEW_VARIANCE);
    return hash;
}

uint64_t hash_dataset(uint64_t hash, const lw_dataset *data)
{
    const size_t shape[] = {data->rows, data->inputs, data->outputs};
    hash = hash_bytes(hash, shape, sizeof shape);
    if (data->x)
        hash = hash_bytes(hash, data->x, data->rows * data->inputs * sizeof *data->x);
    if (data->target.values)
        hash = hash_bytes(hash, data->target.values, data->rows * data->outputs * sizeof(float));
    if (data->target.labels)
        hash = hash_bytes(hash, data->target.labels, data->rows * sizeof *data->target.labels);
    for (size_t i = 0; data->input_names && i < data->inputs; i++)
        hash = hash_text(hash, data->input_names[i]);
    for (size_t i = 0; data->class_names && i < data->outputs; i++)
        hash = hash_text(hash, data->class_names[i]);
    return hash;
}
