/* A directory for files, and hashes of the state that a call can change. */
#ifndef LANEWISE_TEST_OBSERVE_H
#define LANEWISE_TEST_OBSERVE_H

#include <lanewise/nn.h>

/* Ends the program if a precondition of the test is not met. */
void require(int ok, const char *what);
#define REQUIRE_OK(call) require((call) == LW_OK, #call)

/* Creates an empty directory, makes it the current one for file_path, and returns its path. */
const char *make_directory(void);
void remove_files(void);
void remove_directory(void);

/* Makes an existing directory the current one for file_path. */
void enter_directory(const char *path);

/* Returns a path in the directory; it stays valid for eight more calls. */
const char *file_path(const char *name);
void write_file(const char *name, const void *bytes, size_t count);
void write_text(const char *name, const char *text);

/* Calls visit for each file. */
void for_each_file(void (*visit)(const char *name, const char *path, void *user), void *user);

/* Hash of the names and contents of all files. */
uint64_t hash_files(void);

/* hash_net covers parameters, training state and, if present, gradients. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count);
uint64_t hash_net(uint64_t hash, const lw_net *net);
uint64_t hash_dataset(uint64_t hash, const lw_dataset *data);

#endif
