#define _GNU_SOURCE /* sched_setaffinity */

/*
 * One core, by CPU affinity and by the quota of a control group: the library uses one thread by
 * default and trains as fast as with one thread. The control group is a real one, created as root.
 */
#include "concurrent.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Training runs per second, measured over some tenths of a second. */
static double training_rate(unsigned threads)
{
    const double begin = seconds();
    size_t count = 0;
    while (seconds() < begin + 0.3) {
        free(run_training(0, threads));
        count++;
    }
    return (double)count / (seconds() - begin);
}

/* Runs in a child restricted to one core. Returns 0 if the library uses one thread by default, and
 * default training is about as fast as with one thread set explicitly. Takes the best of five
 * tries, since the load of the machine varies. */
static int train_on_one_core(const char *what)
{
    const size_t alive = threads_alive();
    watch(what, 0);
    if (lw_max_threads() != 1) {
        fprintf(stderr, "%s: %d threads\n", what, lw_max_threads());
        return 1;
    }
    double best = 0.0;
    for (int i = 0; i < 5 && best < 0.7; i++) {
        const double explicit_one = training_rate(1), by_itself = training_rate(0);
        best = by_itself / explicit_one > best ? by_itself / explicit_one : best;
    }
    fprintf(stderr, "%s: 1 thread, %.2f of the rate with one thread set explicitly\n", what, best);
    return best < 0.7 || threads_alive() != alive;
}

START_TEST(an_affinity_mask_of_one_core_is_respected)
{
    const pid_t child = fork();
    if (child == 0) {
        cpu_set_t mask, one;
        CPU_ZERO(&one);
        if (sched_getaffinity(0, sizeof mask, &mask) != 0)
            _exit(1);
        for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
            if (CPU_ISSET(i, &mask))
                CPU_SET(i, &one);
        _exit(sched_setaffinity(0, sizeof one, &one) != 0 || train_on_one_core("affinity mask"));
    }
    join_child(child);
}
END_TEST

/* ---- Control groups -------------------------------------------------------------------------- */

/* How each version of control groups sets a quota of one core. */
typedef struct hierarchy {
    const char *root;
    const char *quota_file, *quota;
} hierarchy;

static const hierarchy hierarchies[] = {
    {"/sys/fs/cgroup", "cpu.max", "100000 100000"},
    {"/sys/fs/cgroup/unified", "cpu.max", "100000 100000"},
    {"/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "100000"},
};
enum { HIERARCHIES = sizeof hierarchies / sizeof *hierarchies };

static int write_setting(const char *group, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", group, name);
    FILE *file = fopen(path, "r+");
    if (!file)
        return 0;
    const int written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

static int enter(const char *group)
{
    char pid[32];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    return write_setting(group, "cgroup.procs", pid);
}

/* Creates a control group with the quota of one core. Returns 0 if that is not possible. */
static int make_group(const hierarchy *h, char *group, size_t size)
{
    snprintf(group, size, "%s/lanewise-test-%ld", h->root, (long)getpid());
    if (mkdir(group, 0755) != 0)
        return 0;
    if (write_setting(group, h->quota_file, h->quota))
        return 1;
    rmdir(group);
    return 0;
}

START_TEST(a_quota_of_one_core_is_respected)
{
    size_t tried = 0;
    for (size_t i = 0; i < HIERARCHIES; i++) {
        char group[256];
        if (!make_group(&hierarchies[i], group, sizeof group))
            continue;
        const pid_t child = fork();
        if (child == 0)
            _exit(enter(group) ? train_on_one_core(group) : 1);
        int status = -1;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        /* The kernel needs a moment to notice that the group is empty. */
        for (int wait = 0; wait < 1000 && rmdir(group) != 0; wait++)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        ck_assert_msg(status == 0, "%s: the child ended with status %#x", group, (unsigned)status);
        tried++;
    }
    if (tried == 0)
        fputs("skipped: cannot create a control group with a quota\n", stderr);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("one core");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, an_affinity_mask_of_one_core_is_respected);
    tcase_add_test(tcase, a_quota_of_one_core_is_respected);
    return run_case("one core", tcase);
}
