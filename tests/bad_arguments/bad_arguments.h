/*
 * Checks of public functions called with bad arguments. Each case is one call, the status that its
 * header documents, and a word that the error message must contain. All memory passed to a call is
 * watched: a call that fails must not change any of it.
 */
#ifndef LANEWISE_TEST_BAD_ARGUMENTS_H
#define LANEWISE_TEST_BAD_ARGUMENTS_H

#include <check.h>
#include <lanewise/status.h>
#include <stddef.h>

/* A function of an exports.txt and its cases. NULL: the cases are in another program; see the
 * `elsewhere` argument of run_function_cases. */
struct function_cases {
    const char *function;
    void (*cases)(void);
};

/* Runs the cases of each function in a separate process. Also fails if a function of the export
 * list has no entry in the table, or the table has an entry that is not in the list. Returns the
 * exit status of the program. */
int run_function_cases(const char *list, const struct function_cases *table, size_t count,
                       int (*elsewhere)(const char *function));

/* The function whose cases are running. */
const char *current_function(void);

/* Starts watching a region; stops watching all regions. */
void watch_memory(void *memory, size_t bytes);
void unwatch_memory(void);

/* Run before and after a case. */
void case_begin(void);
void case_rejected(lw_status got, lw_status want, const char *word, const char *call, int line);
void case_accepted(lw_status got, const char *call, int line);
void case_unchanged(const char *call, int line);
void case_true(int condition, const char *text, int line);

/* The call fails with this status, and its message contains the word. */
#define REFUSES(want, word, call)                                                                  \
    (case_begin(), case_rejected((call), (want), (word), #call, __LINE__))

/* The call is documented to do nothing: it returns LW_OK and changes no memory. */
#define IDLE(call) REFUSES(LW_OK, NULL, call)

/* The call is documented to succeed; the memory that it wrote is restored. */
#define ACCEPTS(call) (case_begin(), case_accepted((call), #call, __LINE__))

/* A call that returns no status: it returns, and changes no memory. */
#define HARMLESS(call) (case_begin(), (void)(call), case_unchanged(#call, __LINE__))

/* The condition is true, and evaluating it changes no memory. */
#define HOLDS(condition) (case_begin(), case_true((condition), #condition, __LINE__))

/* Sizes that exceed the address space: SIZE_MAX, and some whose product with an element size wraps
 * to a few bytes. */
enum { HUGE_SIZES = 4 };
extern const size_t huge_sizes[HUGE_SIZES];

/* Values outside an enumeration, given its last enumerator. */
enum { BAD_ENUMS = 4 };
#define BAD_ENUM(last, i) ((const int[BAD_ENUMS]){-1, (last) + 1, INT_MAX, INT_MIN}[i])

#endif
