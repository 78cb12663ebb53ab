/* The CPU quota of Linux control groups. */
#ifndef LANEWISE_CGROUP_H
#define LANEWISE_CGROUP_H

/* The number of processors that a quota is worth, rounded up, from the text of cpu.max (version 2)
 * or of cpu.cfs_quota_us and cpu.cfs_period_us (version 1). INT_MAX: no quota, or invalid text. */
int lw_cgroup_quota_v2(const char *max);
int lw_cgroup_quota_v1(const char *quota, const char *period);

/* The smallest quota of the process's groups and all their ancestors; INT_MAX without one. root is
 * a prefix for the paths /proc and /sys, "" on a running system. */
int lw_cgroup_processors(const char *root);

#endif
