/* Files that appear whole or not at all. */
#define _GNU_SOURCE
#include "atomic_file.h"
#include "temp_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether files without names are refused, as on some file systems. */
static int has_names_only;

/* The file's, by the linker's --wrap. */
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

static lw_status write_text(const char *path, const char *text)
{
    lw_atomic_file file;
    const lw_status status = lw_atomic_open(&file, path);
    if (status != LW_OK)
        return status;
    return lw_atomic_close(&file, lw_atomic_write(&file, text, strlen(text)));
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
    lw_atomic_file file;
    const mode_t mask = umask(027);
    ASSERT_OK(lw_atomic_open(&file, path));
    ASSERT_OK(lw_atomic_write(&file, "whole", 5));
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_uint_eq(temp_count(), (size_t)has_names_only);
    ASSERT_OK(lw_atomic_close(&file, LW_OK));
    umask(mask);
    expect_text(path, "whole");
    ck_assert_uint_eq(mode_of(path), 0640);
    ck_assert_uint_eq(temp_count(), 1);
}
END_TEST

START_TEST(a_file_that_is_there_is_replaced)
{
    const char *path = temp_text("old", "old and longer");
    ck_assert_int_eq(chmod(path, 0604), 0);
    ASSERT_OK(write_text(path, "new"));
    expect_text(path, "new");
    ck_assert_uint_eq(mode_of(path), 0604);

    const char *link = temp_path("link");
    ck_assert_int_eq(symlink("old", link), 0);
    ASSERT_OK(write_text(link, "through the link"));
    expect_text(path, "through the link");
    struct stat info;
    ck_assert(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
    ck_assert_uint_eq(temp_count(), 2);
}
END_TEST

START_TEST(a_file_without_a_directory_part_is_written_beside)
{
    temp_text("here", "");
    ck_assert_int_eq(chdir(temp_path(".")), 0);
    ASSERT_OK(write_text("relative", "text"));
    expect_text(temp_path("relative"), "text");
    ck_assert_uint_eq(temp_count(), 2);
}
END_TEST

START_TEST(two_files_at_once_do_not_meet)
{
    lw_atomic_file first, second;
    const char *path = temp_path("same");
    ASSERT_OK(lw_atomic_open(&first, path));
    ASSERT_OK(lw_atomic_open(&second, path));
    ASSERT_OK(lw_atomic_write(&first, "first", 5));
    ASSERT_OK(lw_atomic_write(&second, "second", 6));
    ASSERT_OK(lw_atomic_close(&second, LW_OK));
    expect_text(path, "second");
    ASSERT_OK(lw_atomic_close(&first, LW_OK));
    expect_text(path, "first");
    ck_assert_uint_eq(temp_count(), 1);
}
END_TEST

START_TEST(a_failed_file_leaves_the_old_one)
{
    const char *path = temp_text("old", "old");
    lw_atomic_file file;
    ASSERT_OK(lw_atomic_open(&file, path));
    ASSERT_OK(lw_atomic_write(&file, "half", 4));
    ck_assert_int_eq(lw_atomic_close(&file, LW_EDATA), LW_EDATA);
    expect_text(path, "old");
    ck_assert_uint_eq(temp_count(), 1);
}
END_TEST

START_TEST(targets_that_cannot_be_written_are_refused)
{
    const char *in_missing = temp_path("missing/file"), *directory = temp_path("directory");
    const char *pipe = temp_path("pipe"), *slash = temp_path("new/");
    ck_assert_int_eq(mkdir(directory, 0777), 0);
    ck_assert_int_eq(mkfifo(pipe, 0666), 0);
    ASSERT_REFUSED(LW_EIO, in_missing, "No such file", write_text(in_missing, "text"));
    ASSERT_REFUSED(LW_EIO, slash, "cannot write", write_text(slash, "text"));
    ASSERT_REFUSED(LW_EIO, directory, "directory", write_text(directory, "text"));
    ASSERT_REFUSED(LW_EIO, pipe, "not a regular file", write_text(pipe, "text"));
    ASSERT_REFUSED(LW_EIO, "/dev/full", "not a regular file", write_text("/dev/full", "text"));
    ASSERT_FAILS(LW_EIO, "No such file", write_text("", "text"));
    ck_assert_uint_eq(temp_count(), 2);

    /* For root, whom permissions do not stop, there is nothing to see. */
    const char *read_only = temp_text("read-only", "old");
    ck_assert_int_eq(chmod(read_only, 0444), 0);
    if (geteuid() != 0)
        ASSERT_REFUSED(LW_EIO, read_only, "Permission denied", write_text(read_only, "text"));
    expect_text(read_only, "old");
}
END_TEST

static int reluctant; /* write is interrupted every other time, and else takes three bytes */

ssize_t __real_write(int descriptor, const void *bytes, size_t count);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t count);

/* The linker turns the library's calls of write into calls of this. */
ssize_t __wrap_write(int descriptor, const void *bytes, size_t count)
{
    static int turn;
    if (!reluctant)
        return __real_write(descriptor, bytes, count);
    if (turn++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_write(descriptor, bytes, count < 3 ? count : 3);
}

START_TEST(short_and_interrupted_writes_go_on)
{
    const char *path = temp_path("new");
    reluctant = 1;
    const lw_status status = write_text(path, "more than three bytes");
    reluctant = 0;
    ASSERT_OK(status);
    expect_text(path, "more than three bytes");
}
END_TEST

/* A limit on file sizes stands in for a full disk. */
START_TEST(a_full_disk_leaves_the_old_file)
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
    ASSERT_REFUSED(LW_EIO, path, "File too large", lw_write_npy_f32(path, values, FLOATS, 0));
    limit.rlim_cur = before;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_text(path, "old");
    ck_assert_uint_eq(temp_count(), 1);
    free(values);
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
        tcase_add_test(cases[i], a_file_that_is_there_is_replaced);
        tcase_add_test(cases[i], a_file_without_a_directory_part_is_written_beside);
        tcase_add_test(cases[i], two_files_at_once_do_not_meet);
        tcase_add_test(cases[i], a_failed_file_leaves_the_old_one);
        tcase_add_test(cases[i], targets_that_cannot_be_written_are_refused);
        tcase_add_test(cases[i], short_and_interrupted_writes_go_on);
        tcase_add_test(cases[i], a_full_disk_leaves_the_old_file);
        suite_add_tcase(suite, cases[i]);
    }
    return run_suite(suite);
}
