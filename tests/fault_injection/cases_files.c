/* Cases of custom output files. */
#include "trials.h"

#include "base/output_file.h"
#include <stddef.h>
#include <string.h>

static lw_output_file *file; /* NULL except during a call */

static void prepare(void)
{
    file = NULL;
}

/* The file exists already. */
static void prepare_over(void)
{
    prepare();
    write_text("output", "old contents");
}

static void release(void) {}

static uint64_t observe(uint64_t hash)
{
    const int is_open = file != NULL;
    return hash_bytes(hash, &is_open, sizeof is_open);
}

static lw_status close_file(lw_status status)
{
    status = lw_output_file_close(file, status);
    file = NULL;
    return status;
}

static lw_status write_lines(void)
{
    lw_status status = lw_output_file_open(&file, file_path("output"));
    if (status != LW_OK)
        return status;
    status = lw_output_file_write(file, "first\n", 6);
    if (status == LW_OK)
        status = lw_output_file_write(file, "second\n", 7);
    return close_file(status);
}

/* Writes without checking: the error is reported by lw_output_file_close. */
static lw_status write_unchecked(void)
{
    const lw_status status = lw_output_file_open(&file, file_path("output"));
    if (status != LW_OK)
        return status;
    (void)lw_output_file_write(file, "first\n", 6);
    (void)lw_output_file_write(file, "second\n", 7);
    return close_file(LW_OK);
}

static lw_status check(void)
{
    return lw_output_file_check(file_path("output"));
}

/* On systems where a temporary file has a name from the beginning, one that cannot be removed
 * stays. */
static int may_leave(uint64_t hash)
{
    (void)hash;
    return strstr(lw_last_error(), "cannot remove") != NULL;
}

const fault_case file_cases[] = {
    {"output_file", prepare, write_lines, observe, release, NULL},
    {"output_file over a file", prepare_over, write_lines, observe, release, NULL},
    {"output_file, unasked", prepare_over, write_unchecked, observe, release, NULL},
    {"output_file_check", prepare, check, observe, release, may_leave},
    {"output_file_check of a file", prepare_over, check, observe, release, may_leave},
    {0}};
