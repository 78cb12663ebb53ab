/*
 * Informs analysers of single files that lw_fail returns its status argument, so that a failing
 * call never returns LW_OK. tests/analyse/run.sh includes it before each source; no other build
 * uses it.
 */
#include <lanewise/status.h>
#define lw_fail(status, ...) ((void)lw_fail(status, __VA_ARGS__), (lw_status)(status))
