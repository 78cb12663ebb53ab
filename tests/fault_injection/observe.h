/* A directory for files, and hashes of what a call may change. */
#ifndef LANEWISE_TEST_OBSERVE_H
#define LANEWISE_TEST_OBSERVE_H

#include <lanewise/nn.h>

/* Ends the program, because the test itself cannot go on. */
void require(int ok, const char *what);
#define REQUIRE_OK(call) require((call) == LW_OK, #call)

/* Makes an empty directory, in which paths lie from then on; its own path. */
const char *make_directory(void);
void remove_files(void);
void remove_directory(void);

/* Paths lie in this one, made before, from then on. */
void enter_directory(const char *path);

/* A path in the directory is good for eight more calls. */
const char *file_path(const char *name);
void write_file(const char *name, const void *bytes, size_t count);
void write_text(const char *name, const char *text);

/* Calls visit for each file. */
void for_each_file(void (*visit)(const char *name, const char *path, void *user), void *user);

/* Of all files, with their names. */
uint64_t hash_files(void);

/* Of a network its parameters, its state and, where there are any, its gradients. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count);
uint64_t hash_net(uint64_t hash, const lw_net *net);
uint64_t hash_dataset(uint64_t hash, const lw_dataset *data);

#endif
