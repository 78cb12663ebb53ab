/*
 * Rows of misuse: a call with wrong arguments, the status that its header promises, and the word by which the message
 * has to name what is wrong. All memory that a call is given is watched: a call that fails changes none of it.
 */
#ifndef LANEWISE_TEST_BAD_ARGUMENTS_H
#define LANEWISE_TEST_BAD_ARGUMENTS_H

#include <check.h>
#include <lanewise/status.h>
#include <stddef.h>

/* A function of an exports.txt and its rows; NULL: they are elsewhere, as `elsewhere` of run_function_cases knows. */
struct function_cases {
    const char *function;
    void (*rows)(void);
};

/* The rows of all functions, each in a process of its own; fails as well if a function of the list has none, or
 * rows are of a function that is not in it. The exit status of the program. */
int run_function_cases(const char *list, const struct function_cases *table, size_t count,
                       int (*elsewhere)(const char *function));

/* The function whose rows run. */
const char *current_function(void);

/* Watches memory from here on; and no memory any more. */
void watch_memory(void *memory, size_t bytes);
void unwatch_memory(void);

/* Run before and after a row. */
void case_begin(void);
void case_rejected(lw_status got, lw_status want, const char *word, const char *call, int line);
void case_accepted(lw_status got, const char *call, int line);
void case_unchanged(const char *call, int line);
void case_true(int condition, const char *text, int line);

/* Fails with that status, and a message that has the word. */
#define REFUSES(want, word, call)                                                                  \
    (case_begin(), case_rejected((call), (want), (word), #call, __LINE__))

/* Documented to do nothing: LW_OK, and all memory keeps its value. */
#define IDLE(call) REFUSES(LW_OK, NULL, call)

/* Documented to work; what it wrote is put back. */
#define ACCEPTS(call) (case_begin(), case_accepted((call), #call, __LINE__))

/* A call that returns no status: it comes back, and all memory keeps its value. */
#define HARMLESS(call) (case_begin(), (void)(call), case_unchanged(#call, __LINE__))

/* What such a call says. */
#define HOLDS(condition) (case_begin(), case_true((condition), #condition, __LINE__))

/* Sizes that no memory has: one that is all ones, and some that wrap around to few bytes. */
enum { HUGE_SIZES = 4 };
extern const size_t huge_sizes[HUGE_SIZES];

/* Values outside of an enumeration whose last one is given. */
enum { BAD_ENUMS = 4 };
#define BAD_ENUM(last, i) ((const int[BAD_ENUMS]){-1, (last) + 1, INT_MAX, INT_MIN}[i])

#endif
