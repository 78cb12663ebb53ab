/* The number of threads that a call may use: cgroup quotas, affinity, settings, parallel regions.
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include "cgroup.h"
#include "processors.h"

#include <check.h>
#include <lanewise/internal/openmp.h>
#include <lanewise/kernels.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Texts ---------------------------------------------------------------------------------- */

START_TEST(test_quota_texts)
{
    static const struct {
        const char *max;
        int processors;
    } v2[] = {{"max 100000\n", INT_MAX},
              {"200000 100000\n", 2},
              {"150000 100000\n", 2},
              {"100001 100000\n", 2},
              {"1000 100000\n", 1},
              {"400000 50000\n", 8},
              {"100000\n", INT_MAX},
              {"", INT_MAX},
              {"0 100000\n", INT_MAX},
              {"-5 100000\n", INT_MAX},
              {"100000 0\n", INT_MAX},
              {"some text\n", INT_MAX},
              {"99999999999999999999999 100000\n", INT_MAX},
              {"9223372036854775807 1\n", INT_MAX}};
    for (size_t i = 0; i < sizeof v2 / sizeof *v2; i++)
        ck_assert_msg(lw_cgroup_quota_v2(v2[i].max) == v2[i].processors, "\"%s\": %d", v2[i].max,
                      lw_cgroup_quota_v2(v2[i].max));
    ck_assert_int_eq(lw_cgroup_quota_v1("-1\n", "100000\n"), INT_MAX);
    ck_assert_int_eq(lw_cgroup_quota_v1("250000\n", "100000\n"), 3);
    ck_assert_int_eq(lw_cgroup_quota_v1("50000\n", "100000\n"), 1);
    ck_assert_int_eq(lw_cgroup_quota_v1("50000\n", ""), INT_MAX);
    ck_assert_int_eq(lw_cgroup_quota_v1("", "100000\n"), INT_MAX);
}
END_TEST

/* ---- A system's files ------------------------------------------------------------------------ */

static char root[] = "/tmp/lanewise-cgroup-XXXXXX";

/* Writes root/path, and creates its folders. */
static void write_text(const char *path, const char *text)
{
    char full[512];
    ck_assert(snprintf(full, sizeof full, "%s%s", root, path) < (int)sizeof full);
    for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void begin_system(void)
{
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_system(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(test_no_groups)
{
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
    write_text("/proc/self/cgroup", "");
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
    write_text("/proc/self/cgroup", "nothing\nof:this\n::::\n\n0::no slash\n");
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
}
END_TEST

START_TEST(test_groups_of_version_2)
{
    write_text("/proc/self/cgroup", "0::/a/b/c\n");
    write_text("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
    write_text("/sys/fs/cgroup/a/cpu.max", "350000 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 4);
    write_text("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 4);
    write_text("/sys/fs/cgroup/a/b/c/cpu.max", "20000 10000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 2);
    /* Another group's quota does not apply; that of the mount's root, as in a container, does. */
    write_text("/sys/fs/cgroup/a/b/d/cpu.max", "100000 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 2);
    write_text("/sys/fs/cgroup/cpu.max", "90000 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 1);
    /* The path as seen from outside the container. */
    write_text("/proc/self/cgroup", "0::/docker/0123\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 1);
}
END_TEST

START_TEST(test_groups_of_version_1)
{
    write_text("/proc/self/cgroup",
               "5:cpuset:/x\n4:cpu,cpuacct:/user/one\n3:memory:/user\n0::/user\n");
    write_text("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "1\n");
    write_text("/sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
    write_text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    write_text("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
    write_text("/sys/fs/cgroup/cpu/user/cpu.cfs_quota_us", "600000\n");
    write_text("/sys/fs/cgroup/cpu/user/cpu.cfs_period_us", "100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 6);
    write_text("/sys/fs/cgroup/cpu/user/one/cpu.cfs_quota_us", "240000\n");
    write_text("/sys/fs/cgroup/cpu/user/one/cpu.cfs_period_us", "100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 3);
    /* Version 2 in addition to it. */
    write_text("/sys/fs/cgroup/unified/user/cpu.max", "110000 100000\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 2);
    write_text("/proc/self/cgroup", "2:cpuacct,cpu:/user/one\n");
    ck_assert_int_eq(lw_cgroup_processors(root), 3);
}
END_TEST

START_TEST(test_long_texts)
{
    /* A truncated line, and a path that no file name can have. */
    char *text = malloc(20000);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', 19999);
    memcpy(text, "0::/", 4);
    text[19999] = '\0';
    write_text("/proc/self/cgroup", text);
    ck_assert_int_eq(lw_cgroup_processors(root), INT_MAX);
    memcpy(text + 4090, "\n0::/\n", 7);
    write_text("/proc/self/cgroup", text);
    write_text("/sys/fs/cgroup/cpu.max", "300000 100000\n");
    ck_assert_int_ge(lw_cgroup_processors(root), 3);
    free(text);
}
END_TEST

/* ---- Threads -------------------------------------------------------------------------------- */

static void *ask_on_one_processor(void *answer)
{
    cpu_set_t mask, one;
    ck_assert_int_eq(sched_getaffinity(0, sizeof mask, &mask), 0);
    size_t processor = 0;
    while (!CPU_ISSET(processor, &mask))
        processor++;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    omp_set_num_threads(4);
    *(int *)answer = lw_max_threads();
    return NULL;
}

START_TEST(test_affinity)
{
    int answer = 0;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_on_one_processor, &answer), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(answer, 1);
}
END_TEST

START_TEST(test_settings)
{
    const int processors = lw_processors(), limit = omp_get_thread_limit();
    omp_set_num_threads(processors + 3);
    ck_assert_int_eq(lw_max_threads(), processors < limit ? processors : limit);
    omp_set_num_threads(1);
    ck_assert_int_eq(lw_max_threads(), 1);
    ck_assert_int_eq(lw_set_threads(7), 0);
    ck_assert_int_eq(lw_max_threads(), 7 < limit ? 7 : limit);
    int inside[2] = {0};
#pragma omp parallel num_threads(2)
    inside[omp_get_thread_num()] = lw_max_threads();
    ck_assert(inside[0] == 1 && inside[1] <= 1);
    ck_assert_int_eq(lw_set_threads(-2), 7);
    ck_assert_int_eq(lw_max_threads(), 1);
    ck_assert_int_eq(lw_set_threads(0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("processors");
    TCase *files = tcase_create("control groups");
    tcase_add_checked_fixture(files, begin_system, remove_system);
    tcase_add_test(files, test_no_groups);
    tcase_add_test(files, test_groups_of_version_2);
    tcase_add_test(files, test_groups_of_version_1);
    tcase_add_test(files, test_long_texts);
    suite_add_tcase(suite, files);
    TCase *rest = tcase_create("threads");
    tcase_add_test(rest, test_quota_texts);
    tcase_add_test(rest, test_affinity);
    tcase_add_test(rest, test_settings);
    suite_add_tcase(suite, rest);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
