/*
 * What analysers that look at one file at a time cannot know: a failing call returns the status that it gave to
 * lw_fail, so never LW_OK. Included before each source by tests/analyse/run.sh, and in no other build.
 */
#include <lanewise/status.h>
#define lw_fail(status, ...) ((void)lw_fail(status, __VA_ARGS__), (lw_status)(status))
