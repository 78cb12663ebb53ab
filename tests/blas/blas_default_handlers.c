/* Without custom error handlers, an error is reported on stderr and the program stops. */
#define _POSIX_C_SOURCE 200809L

#include "suite.h"

#include <lanewise/cblas.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void wrong_sgemm(void)
{
    const int n = 2, short_ld = 1;
    const float one = 1.0f;
    float x[4] = {0};
    sgemm_("N", "N", &n, &n, &n, &one, x, &short_ld, x, &n, &one, x, &n);
}

static void wrong_sgemv(void)
{
    const int n = 2, no_increment = 0;
    const float one = 1.0f;
    float x[4] = {0};
    sgemv_("N", &n, &n, &one, x, &n, x, &n, &one, x, &no_increment);
}

static void wrong_cblas_sgemm(void)
{
    float x[4] = {0};
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, -2, 2, 2, 1.0f, x, 2, x, 2, 0.0f, x, 2);
}

static void wrong_layout(void)
{
    float x[4] = {0};
    cblas_sgemv((CBLAS_LAYOUT)5, CblasNoTrans, 2, 2, 1.0f, x, 2, x, 1, 0.0f, x, 1);
}

static const struct {
    void (*call)(void);
    const char *message;
} wrong[] = {
    {wrong_sgemm, " ** On entry to SGEMM  parameter number  8 had an illegal value\n"},
    {wrong_sgemv, " ** On entry to SGEMV  parameter number 11 had an illegal value\n"},
    {wrong_cblas_sgemm, "Parameter 4 to routine cblas_sgemm was incorrect\n"},
    {wrong_layout, "Parameter 1 to routine cblas_sgemv was incorrect\nIllegal layout setting, 5\n"},
};
enum { WRONG = sizeof wrong / sizeof *wrong };

START_TEST(default_handlers_report_and_stop)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        wrong[_i].call();
        _exit(77); /* the handler returned */
    }
    close(ends[1]);
    char message[200] = "";
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], message + length, sizeof message - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILURE);
    ck_assert_str_eq(message, wrong[_i].message);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("default handlers");
    tcase_add_loop_test(tests, default_handlers_report_and_stop, 0, WRONG);
    return run_case("blas_default_handlers", tests);
}
