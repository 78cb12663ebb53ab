/* Files are written completely or not at all. */
#define _GNU_SOURCE
#include "temp_files.h"

#include "base/output_file.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* System calls of the library arrive here by the linker's --wrap. */

/* Refuses files without a name (O_TMPFILE), as some file systems do. */
static int has_names_only;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode =
        flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (has_names_only && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_open(path, flags, mode);
}

static int reluctant; /* every other write fails with EINTR, the others write three bytes */
static int full_at;   /* number of the write that fails with ENOSPC, from 1; 0: none */
static int writes;    /* number of writes so far */

ssize_t __real_write(int descriptor, const void *bytes, size_t count);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t count);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t count)
{
    writes++;
    if (writes == full_at || (reluctant && writes % 2 == 1)) {
        errno = reluctant ? EINTR : ENOSPC;
        return -1;
    }
    return __real_write(descriptor, bytes, reluctant && count > 3 ? 3 : count);
}

static int is_broken; /* fsync fails */

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __wrap_fsync(int descriptor)
{
    errno = EIO;
    return is_broken ? -1 : __real_fsync(descriptor);
}

static int keeps_names; /* unlink fails */

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    errno = EPERM;
    return keeps_names ? -1 : __real_unlink(path);
}

static lw_status write_text(const char *path, const char *text)
{
    lw_output_file *file;
    const lw_status status = lw_output_file_open(&file, path);
    if (status != LW_OK)
        return status;
    return lw_output_file_close(file, lw_output_file_write(file, text, strlen(text)));
}

static void expect_text(const char *path, const char *text)
{
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_mem_eq(bytes, text, size);
    free(bytes);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST(a_file_appears_when_it_is_closed)
{
    const char *path = temp_path("new");
    lw_output_file *file;
    const mode_t mask = umask(027);
    ASSERT_OK(lw_output_file_open(&file, path));
    ASSERT_OK(lw_output_file_write(file, "whole", 5));
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_uint_eq(temp_file_count(), (size_t)has_names_only);
    ASSERT_OK(lw_output_file_close(file, LW_OK));
    umask(mask);
    expect_text(path, "whole");
    ck_assert_uint_eq(mode_of(path), 0640);
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

START_TEST(an_existing_file_is_replaced)
{
    const char *path = temp_text("old", "old and longer");
    ck_assert_int_eq(chmod(path, 0604), 0);
    ASSERT_OK(write_text(path, "new"));
    expect_text(path, "new");
    ck_assert_uint_eq(mode_of(path), 0604);

    const char *link = temp_path("link"), *hard_link = temp_path("hard link");
    ck_assert_int_eq(linkat(AT_FDCWD, path, AT_FDCWD, hard_link, 0), 0);
    ck_assert_int_eq(symlink("old", link), 0);
    ASSERT_OK(write_text(link, "through the link"));
    expect_text(hard_link, "new");
    expect_text(path, "through the link");
    struct stat info;
    ck_assert(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
    ck_assert_uint_eq(temp_file_count(), 3);
}
END_TEST

START_TEST(a_path_without_directory_uses_the_working_directory)
{
    temp_text("here", "");
    ck_assert_int_eq(chdir(temp_path(".")), 0);
    ASSERT_OK(write_text("relative", "text"));
    expect_text(temp_path("relative"), "text");
    ck_assert_uint_eq(temp_file_count(), 2);
}
END_TEST

START_TEST(concurrent_files_do_not_conflict)
{
    lw_output_file *first, *second;
    const char *path = temp_path("same");
    ASSERT_OK(lw_output_file_open(&first, path));
    ASSERT_OK(lw_output_file_open(&second, path));
    ASSERT_OK(lw_output_file_write(first, "first", 5));
    ASSERT_OK(lw_output_file_write(second, "second", 6));
    ASSERT_OK(lw_output_file_close(second, LW_OK));
    expect_text(path, "second");
    ASSERT_OK(lw_output_file_close(first, LW_OK));
    expect_text(path, "first");
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

START_TEST(a_failed_file_keeps_the_old_one)
{
    const char *path = temp_text("old", "old");
    lw_output_file *file;
    ASSERT_OK(lw_output_file_open(&file, path));
    ASSERT_OK(lw_output_file_write(file, "half", 4));
    ASSERT_FAILS(LW_EDATA, "the reason",
                 lw_output_file_close(file, lw_fail(LW_EDATA, "the reason")));
    expect_text(path, "old");
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

/* An earlier failed write must be reported even if later ones succeed, as with stdio. */
START_TEST(a_failed_write_fails_the_file)
{
    temp_text("old", "old");
    const char *link = temp_path("link");
    ck_assert_int_eq(symlink("old", link), 0);
    lw_output_file *file;
    ASSERT_OK(lw_output_file_open(&file, link));
    writes = 0;
    full_at = 2;
    ASSERT_OK(lw_output_file_write(file, "one", 3));
    ASSERT_FILE_REJECTED(LW_EIO, link, "No space left", lw_output_file_write(file, "two", 3));
    (void)lw_fail(LW_EDATA, "another failure");
    ASSERT_FILE_REJECTED(LW_EIO, link, "No space left", lw_output_file_write(file, "three", 5));
    ck_assert_int_eq(writes, 2);
    (void)lw_fail(LW_EDATA, "another failure");
    ASSERT_FILE_REJECTED(LW_EIO, link, "No space left", lw_output_file_close(file, LW_OK));
    full_at = 0;
    expect_text(link, "old");
    ck_assert_uint_eq(temp_file_count(), 2);
}
END_TEST

START_TEST(empty_writes_are_accepted)
{
    const char *path = temp_path("new");
    lw_output_file *file;
    ASSERT_OK(lw_output_file_open(&file, path));
    ASSERT_OK(lw_output_file_write(file, "text", 4));
    ASSERT_OK(lw_output_file_write(file, NULL, 0));
    ASSERT_OK(lw_output_file_close(file, LW_OK));
    expect_text(path, "text");
}
END_TEST

START_TEST(a_failed_fsync_keeps_the_old_file)
{
    const char *path = temp_text("old", "old");
    is_broken = 1;
    ASSERT_FILE_REJECTED(LW_EIO, path, "Input/output error", write_text(path, "new"));
    is_broken = 0;
    expect_text(path, "old");
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

static void expect_refusal(const char *path, const char *reason)
{
    lw_output_file *const before = (lw_output_file *)(void *)&has_names_only;
    lw_output_file *file = before;
    ASSERT_FILE_REJECTED(LW_EIO, path, reason, lw_output_file_open(&file, path));
    ck_assert_ptr_eq(file, before);
    ASSERT_FILE_REJECTED(LW_EIO, path, reason, lw_output_file_check(path));
}

START_TEST(unwritable_targets_are_rejected)
{
    const char *in_missing = temp_path("missing/file"), *directory = temp_path("directory");
    const char *pipe = temp_path("pipe"), *slash = temp_path("new/");
    ck_assert_int_eq(mkdir(directory, 0777), 0);
    ck_assert_int_eq(mkfifo(pipe, 0666), 0);
    expect_refusal(in_missing, "No such file");
    expect_refusal(slash, "cannot write");
    expect_refusal(directory, "directory");
    expect_refusal(pipe, "not a regular file");
    expect_refusal("/dev/full", "not a regular file");
    expect_refusal("", "No such file");
    ck_assert_uint_eq(temp_file_count(), 2);

    /* Not testable as root, for whom permissions do not apply. */
    const char *read_only = temp_text("read-only", "old");
    ck_assert_int_eq(chmod(read_only, 0444), 0);
    if (geteuid() != 0)
        expect_refusal(read_only, "Permission denied");
    expect_text(read_only, "old");
}
END_TEST

START_TEST(checking_a_path_changes_nothing)
{
    ASSERT_OK(lw_output_file_check(temp_path("new")));
    ck_assert_uint_eq(temp_file_count(), 0);
    const char *path = temp_text("old", "old");
    struct stat before, after;
    ck_assert_int_eq(stat(path, &before), 0);
    ASSERT_OK(lw_output_file_check(path));
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_eq(after.st_ino, before.st_ino);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
    expect_text(path, "old");
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

START_TEST(a_check_reports_a_file_that_it_cannot_remove)
{
    const char *path = temp_path("new");
    keeps_names = 1;
    if (has_names_only)
        ASSERT_FILE_REJECTED(LW_EIO, temp_path(".lanewise-"),
                             "cannot remove: Operation not permitted", lw_output_file_check(path));
    else
        ASSERT_OK(lw_output_file_check(path));
    keeps_names = 0;
    ck_assert_uint_eq(temp_file_count(), (size_t)has_names_only);
}
END_TEST

START_TEST(short_and_interrupted_writes_are_continued)
{
    const char *path = temp_path("new");
    reluctant = 1;
    const lw_status status = write_text(path, "more than three bytes");
    reluctant = 0;
    ASSERT_OK(status);
    expect_text(path, "more than three bytes");
}
END_TEST

/* A limit on file sizes simulates a full disk. */
START_TEST(a_full_disk_keeps_the_old_file)
{
    enum { LIMIT = 10000, FLOATS = 10000 };
    const char *path = temp_text("old.npy", "old");
    float *values = uniform_floats(FLOATS, 0.0f, 1.0f, 1);
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = LIMIT;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ASSERT_FILE_REJECTED(LW_EIO, path, "File too large", lw_npy_write_f32(path, values, FLOATS, 0));
    limit.rlim_cur = before;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_text(path, "old");
    ck_assert_uint_eq(temp_file_count(), 1);
    free(values);
}
END_TEST

/* Returns the number of the next free file descriptor. */
static int next_descriptor(void)
{
    const int descriptor = __real_open("/dev/null", O_RDONLY);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    return descriptor;
}

START_TEST(descriptors_are_closed)
{
    const char *path = temp_path("new");
    lw_output_file *file;
    const int before = next_descriptor();
    ASSERT_OK(write_text(path, "text"));
    ASSERT_OK(lw_output_file_check(path));
    ASSERT_OK(lw_output_file_open(&file, path));
    ck_assert_int_eq(lw_output_file_close(file, LW_EDATA), LW_EDATA);
    ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

static void refuse_unnamed_files(void)
{
    has_names_only = 1;
}

int main(void)
{
    Suite *suite = suite_create("files");
    TCase *const cases[] = {temp_files_case("files"), temp_files_case("named from the beginning")};
    tcase_add_checked_fixture(cases[1], refuse_unnamed_files, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_test(cases[i], a_file_appears_when_it_is_closed);
        tcase_add_test(cases[i], an_existing_file_is_replaced);
        tcase_add_test(cases[i], a_path_without_directory_uses_the_working_directory);
        tcase_add_test(cases[i], concurrent_files_do_not_conflict);
        tcase_add_test(cases[i], a_failed_file_keeps_the_old_one);
        tcase_add_test(cases[i], a_failed_write_fails_the_file);
        tcase_add_test(cases[i], empty_writes_are_accepted);
        tcase_add_test(cases[i], a_failed_fsync_keeps_the_old_file);
        tcase_add_test(cases[i], unwritable_targets_are_rejected);
        tcase_add_test(cases[i], checking_a_path_changes_nothing);
        tcase_add_test(cases[i], a_check_reports_a_file_that_it_cannot_remove);
        tcase_add_test(cases[i], descriptors_are_closed);
        tcase_add_test(cases[i], short_and_interrupted_writes_are_continued);
        tcase_add_test(cases[i], a_full_disk_keeps_the_old_file);
        suite_add_tcase(suite, cases[i]);
    }
    return run_suite(suite);
}
