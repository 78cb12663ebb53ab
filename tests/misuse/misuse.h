/*
 * Rows of misuse: a call with wrong arguments, the status that its header promises, and the word by which the message
 * has to name what is wrong. All memory that a call is given is watched: a call that fails changes none of it.
 */
#ifndef LANEWISE_TEST_MISUSE_H
#define LANEWISE_TEST_MISUSE_H

#include <check.h>
#include <lanewise/status.h>
#include <stddef.h>

/* A function of an exports.txt and its rows; NULL: they are elsewhere, as `elsewhere` of misuse_run knows. */
struct misuse {
    const char *function;
    void (*rows)(void);
};

/* The rows of all functions, each in a process of its own; fails as well if a function of the list has none, or
 * rows are of a function that is not in it. The exit status of the program. */
int misuse_run(const char *list, const struct misuse *table, size_t count,
               int (*elsewhere)(const char *function));

/* The function whose rows run. */
const char *misuse_function(void);

/* Watches memory from here on; and no memory any more. */
void misuse_watch(void *memory, size_t bytes);
void misuse_watch_nothing(void);

/* Run before and after a row. */
void misuse_begin(void);
void misuse_refused(lw_status got, lw_status want, const char *word, const char *call, int line);
void misuse_accepted(lw_status got, const char *call, int line);
void misuse_untouched(const char *call, int line);
void misuse_holds(int condition, const char *text, int line);

/* Fails with that status, and a message that has the word. */
#define REFUSES(want, word, call)                                                                  \
    (misuse_begin(), misuse_refused((call), (want), (word), #call, __LINE__))

/* Documented to do nothing: LW_OK, and all memory keeps its value. */
#define IDLE(call) REFUSES(LW_OK, NULL, call)

/* Documented to work; what it wrote is put back. */
#define ACCEPTS(call) (misuse_begin(), misuse_accepted((call), #call, __LINE__))

/* A call that returns no status: it comes back, and all memory keeps its value. */
#define HARMLESS(call) (misuse_begin(), (void)(call), misuse_untouched(#call, __LINE__))

/* What such a call says. */
#define HOLDS(condition) (misuse_begin(), misuse_holds((condition), #condition, __LINE__))

/* Sizes that no memory has: one that is all ones, and some that wrap around to few bytes. */
enum { MISUSE_HUGE = 4 };
extern const size_t misuse_huge[MISUSE_HUGE];

/* Values outside of an enumeration whose last one is given. */
enum { MISUSE_ENUMS = 4 };
#define MISUSE_ENUM(last, i) ((const int[MISUSE_ENUMS]){-1, (last) + 1, INT_MAX, INT_MIN}[i])

#endif
