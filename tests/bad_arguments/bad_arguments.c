#include "bad_arguments.h"

#include "../kernels/failure.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read by AddressSanitizer: an allocation that is too large must return NULL, to test LW_ENOMEM,
 * instead of ending the program. */
LW_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const size_t huge_sizes[HUGE_SIZES] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 1,
                                       (size_t)PTRDIFF_MAX / 4 + 1};

static const struct function_cases *current;
static size_t case_count;

enum { REGIONS = 16 };
static struct region {
    unsigned char *memory, *before;
    size_t bytes;
} regions[REGIONS];
static size_t region_count;

const char *current_function(void)
{
    return current->function;
}

void watch_memory(void *memory, size_t bytes)
{
    ck_assert_uint_lt(region_count, REGIONS);
    unsigned char *before = malloc(bytes);
    ck_assert_ptr_nonnull(before);
    regions[region_count++] = (struct region){memory, before, bytes};
}

void unwatch_memory(void)
{
    while (region_count > 0)
        free(regions[--region_count].before);
}

void case_begin(void)
{
    case_count++;
    for (size_t i = 0; i < region_count; i++)
        memcpy(regions[i].before, regions[i].memory, regions[i].bytes);
    lw_fail(LW_OK, "no message");
}

/* Uses ck_abort_msg on failure only: Check logs every assertion to a file, which takes longer than
 * a case. */
void case_unchanged(const char *call, int line)
{
    for (size_t i = 0; i < region_count; i++) {
        const struct region *r = &regions[i];
        size_t at = 0;
        if (memcmp(r->memory, r->before, r->bytes) == 0)
            continue;
        while (r->memory[at] == r->before[at])
            at++;
        ck_abort_msg("line %d: %s changed byte %zu of region %zu", line, call, at, i);
    }
}

enum { MAX_FILE_NAME = 500 };

/* Whether a message begins with the name of the function. Functions that read or write files may
 * begin it with a file's name, which can fill it; those of packed weights name the kernel they run.
 */
static int names_function(const char *message)
{
    const char *function = current->function;
    const size_t length = strlen(function);
    if (strncmp(message, function, length) == 0 && message[length] == ':')
        return 1;
    static const char *const of_files[] = {"_load",   "_save",   "_import",       "_export",
                                           "_write_", "_table_", "_schema_infer", "_schema_encode"};
    for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++)
        if (strstr(function, of_files[i]))
            return strstr(message, ": ") != NULL || strlen(message) > MAX_FILE_NAME;
    return strncmp(function, "lw_weights_", 11) == 0 && strncmp(message, "lw_linear_", 10) == 0;
}

void case_rejected(lw_status got, lw_status want, const char *word, const char *call, int line)
{
    const char *message = lw_last_error();
    ck_assert_msg(got == want, "line %d: %s: %s instead of %s (%s)", line, call,
                  lw_status_name(got), lw_status_name(want), message);
    ck_assert_msg(!word || failure_has_word(message, word), "line %d: %s: \"%s\" lacks \"%s\"",
                  line, call, message, word);
    ck_assert_msg(got == LW_OK || names_function(message),
                  "line %d: %s: \"%s\" does not begin with %s", line, call, message,
                  current->function);
    ck_assert_msg(!strstr(message, "(null)") && !strchr(message, '\n'), "line %d: %s: \"%s\"", line,
                  call, message);
    case_unchanged(call, line);
}

void case_accepted(lw_status got, const char *call, int line)
{
    ck_assert_msg(got == LW_OK, "line %d: %s: %s, %s", line, call, lw_status_name(got),
                  lw_last_error());
    for (size_t i = 0; i < region_count; i++)
        memcpy(regions[i].memory, regions[i].before, regions[i].bytes);
}

void case_true(int condition, const char *text, int line)
{
    ck_assert_msg(condition, "line %d: false: %s (%s)", line, text, lw_last_error());
    case_unchanged(text, line);
}

static const struct function_cases *the_table;
static size_t the_count;
static int (*the_elsewhere)(const char *function);

START_TEST(cases_of_one_function)
{
    current = &the_table[_i];
    if (!current->cases) {
        ck_assert_msg(the_elsewhere(current->function), "%s has no cases in any program",
                      current->function);
        return;
    }
    current->cases();
    ck_assert_msg(case_count > 0, "%s has no cases", current->function);
}
END_TEST

static int has_function(const char *function)
{
    for (size_t i = 0; i < the_count; i++)
        if (strcmp(the_table[i].function, function) == 0)
            return 1;
    return 0;
}

/* Returns whether the table has exactly the functions of the export list; prints the
 * differences. */
static int table_is_list(const char *list)
{
    enum { LONGEST = 128 };
    FILE *file = fopen(list, "r");
    char line[LONGEST];
    size_t listed = 0;
    int same = file != NULL;
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        listed++;
        if (!has_function(line)) {
            fprintf(stderr, "%s: %s is exported and has no cases\n", list, line);
            same = 0;
        }
    }
    if (file)
        fclose(file);
    if (listed != the_count)
        fprintf(stderr, "%s: %zu functions, but %zu have cases\n", list, listed, the_count);
    return same && listed == the_count;
}

int run_function_cases(const char *list, const struct function_cases *table, size_t count,
                       int (*elsewhere)(const char *function))
{
    the_table = table;
    the_count = count;
    the_elsewhere = elsewhere;
    if (!table_is_list(list))
        return EXIT_FAILURE;
    TCase *cases = tcase_create("cases");
    tcase_set_timeout(cases, 0); /* ctest sets the time limit */
    tcase_add_loop_test(cases, cases_of_one_function, 0, (int)count);
    Suite *suite = suite_create("bad arguments");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int good = srunner_ntests_failed(runner) == 0 && srunner_ntests_run(runner) > 0;
    srunner_free(runner);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
