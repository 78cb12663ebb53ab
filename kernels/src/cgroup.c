#define _POSIX_C_SOURCE 200809L

#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 4096, PATH_BYTES = 4096 };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Parses a positive number and returns the rest of the text. Otherwise the number is 0, also for
 * "max" and -1: no limit. */
static long long read_number(const char *text, const char **end)
{
    char *after = NULL;
    errno = 0;
    const long long number = strtoll(text, &after, 10);
    *end = after;
    return errno == 0 && number > 0 ? number : 0;
}

static int processors_worth(long long quota, long long period)
{
    if (quota == 0 || period == 0)
        return INT_MAX;
    const long long whole = quota / period, rest = quota % period;
    return whole < INT_MAX ? (int)whole + (rest > 0) : INT_MAX;
}

int lw_cgroup_quota_v2(const char *max)
{
    const char *end;
    const long long quota = read_number(max, &end);
    return processors_worth(quota, read_number(end, &end));
}

int lw_cgroup_quota_v1(const char *quota, const char *period)
{
    const char *end;
    const long long time = read_number(quota, &end);
    return processors_worth(time, read_number(period, &end));
}

/* Reads a file into text, as much as fits; returns non-zero on success. Without stdio, which
 * allocates a buffer. */
static int read_file(const char *path, char text[TEXT_BYTES])
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    size_t length = 0;
    ssize_t got;
    while (length < TEXT_BYTES - 1 &&
           (got = read(file, text + length, TEXT_BYTES - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    close(file);
    return length > 0;
}

/* Reads a file of a group; the text is empty if the file does not exist. */
static void read_setting(const char *folder, const char *group, const char *name,
                         char text[TEXT_BYTES])
{
    char path[PATH_BYTES];
    const int length = snprintf(path, sizeof path, "%s%s/%s", folder, group, name);
    if (length < 0 || (size_t)length >= sizeof path || !read_file(path, text))
        text[0] = '\0';
}

static int quota_of_group(int version, const char *folder, const char *group)
{
    char text[TEXT_BYTES], period[TEXT_BYTES];
    if (version == 2) {
        read_setting(folder, group, "cpu.max", text);
        return lw_cgroup_quota_v2(text);
    }
    read_setting(folder, group, "cpu.cfs_quota_us", text);
    read_setting(folder, group, "cpu.cfs_period_us", period);
    return lw_cgroup_quota_v1(text, period);
}

/* The smallest quota of a group and its ancestors. Inside a container the path may be that of the
 * host, which the container's mount does not have; its group is then the root of the mount, where
 * the loop ends. */
static int quota_of_path(int version, const char *root, const char *mount, char *group)
{
    char folder[PATH_BYTES];
    const int length = snprintf(folder, sizeof folder, "%s%s", root, mount);
    if (length < 0 || (size_t)length >= sizeof folder)
        return INT_MAX;
    int smallest = quota_of_group(version, folder, group);
    for (char *slash = strrchr(group, '/'); slash; slash = strrchr(group, '/')) {
        *slash = '\0';
        smallest = smaller(smallest, quota_of_group(version, folder, group));
    }
    return smallest;
}

/* Whether a comma-separated list contains the controller "cpu". */
static int lists_cpu(const char *list)
{
    for (const char *name = list; name; name = strchr(name, ',')) {
        name += *name == ',';
        if (strcspn(name, ",") == 3 && strncmp(name, "cpu", 3) == 0)
            return 1;
    }
    return 0;
}

/* Parses a line of /proc/self/cgroup, hierarchy:controllers:group, in place. */
static int quota_of_line(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    if (!controllers)
        return INT_MAX;
    *controllers++ = '\0';
    char *group = strchr(controllers, ':');
    if (!group)
        return INT_MAX;
    *group++ = '\0';
    /* Mount points of every distribution; the second one if versions 1 and 2 are both mounted. */
    if (strcmp(line, "0") == 0 && controllers[0] == '\0') {
        char again[PATH_BYTES];
        strncpy(again, group, sizeof again - 1);
        again[sizeof again - 1] = '\0';
        return smaller(quota_of_path(2, root, "/sys/fs/cgroup", group),
                       quota_of_path(2, root, "/sys/fs/cgroup/unified", again));
    }
    return lists_cpu(controllers) ? quota_of_path(1, root, "/sys/fs/cgroup/cpu", group) : INT_MAX;
}

int lw_cgroup_processors(const char *root)
{
    char path[PATH_BYTES], text[TEXT_BYTES];
    const int length = snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (length < 0 || (size_t)length >= sizeof path || !read_file(path, text))
        return INT_MAX;
    int smallest = INT_MAX;
    /* Complete lines only: a truncated one could name another group. */
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        smallest = smaller(smallest, quota_of_line(root, line));
    }
    return smallest;
}
