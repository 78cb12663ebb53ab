/*
 * fuzz_TARGET_regressions [FOLDER]: runs the target on its named inputs and checks the outcome of
 * each. Also writes the inputs to FOLDER, if given: as seeds for libFuzzer, or to run a single one
 * by fuzz_TARGET FOLDER/NAME.
 */
#include "regressions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 4 << 20, INPUTS_MAX = 512, NAME_BYTES = 64 };

static const char *folder;
static uint8_t input[INPUT_MAX];
static size_t input_size;
static size_t count, failures;
static char names[INPUTS_MAX][NAME_BYTES];

void input_add(const void *data, size_t size)
{
    FUZZ_CHECK(size <= INPUT_MAX - input_size, "an input exceeds %d bytes", INPUT_MAX);
    if (size > 0)
        memcpy(input + input_size, data, size);
    input_size += size;
}

void input_add_number(uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)(value >> 8 * i);
        input_add(&byte, 1);
    }
}

static void add_name(const char *name)
{
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(strcmp(names[i], name) != 0, "two inputs are named %s", name);
    FUZZ_CHECK(count < INPUTS_MAX && strlen(name) < NAME_BYTES, "no capacity for %s", name);
    strcpy(names[count++], name);
}

static void write_input(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file && fwrite(input, 1, input_size, file) == input_size && fclose(file) == 0,
               "cannot write %s", path);
}

/* The target gets a heap block of the exact size, so that sanitizers detect reads beyond the end.
 */
static fuzz_outcome run_target(void)
{
    fuzz_outcome outcome = {0};
    uint8_t *copy = malloc(input_size + (input_size == 0));
    FUZZ_CHECK(copy, "no memory");
    memcpy(copy, input, input_size);
    fuzz_recorded = &outcome;
    LLVMFuzzerTestOneInput(copy, input_size);
    fuzz_recorded = NULL;
    free(copy);
    return outcome;
}

void input_check(const char *name, const expected_outcome *expected)
{
    add_name(name);
    printf("%s\n", name);
    fflush(stdout); /* after a crash, the last line names the input */
    if (folder)
        write_input(name);
    const fuzz_outcome outcome = run_target();
    const int same_text = expected->status == LW_OK ? strcmp(outcome.text, expected->text) == 0
                                                    : strstr(outcome.text, expected->text) != NULL;
    if (outcome.calls == 0 || outcome.status != expected->status || !same_text) {
        printf("  expected %s: %s\n  got      %s: %s\n", lw_status_name(expected->status),
               expected->text, outcome.calls > 0 ? lw_status_name(outcome.status) : "no call",
               outcome.text);
        failures++;
    }
    input_size = 0;
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : NULL;
    regressions_run();
    printf("%zu inputs, %zu with another outcome\n", count, failures);
    return count > 0 && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
