/* The CPU time that control groups of Linux leave to the process. */
#ifndef LANEWISE_CGROUP_H
#define LANEWISE_CGROUP_H

/* Processors that a quota is worth, rounded up: the text of cpu.max (version 2), or those of
 * cpu.cfs_quota_us and cpu.cfs_period_us (version 1). INT_MAX: no quota, or not understood. */
int lw_cgroup_quota_v2(const char *max);
int lw_cgroup_quota_v1(const char *quota, const char *period);

/* The smallest quota of the process's groups and of all groups above them; INT_MAX without one.
 * root: what stands before the paths /proc and /sys, "" on a running system. */
int lw_cgroup_processors(const char *root);

#endif
