/* In place of the other files report*.c in a build without Chart.js or Jansson. */
#include "report.h"

lw_status report_check(const char *path)
{
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: this build cannot write reports: it was built without "
                   "Chart.js or Jansson",
                   path);
}

lw_status report_write(const char *path, const report_run *run)
{
    (void)run;
    return report_check(path);
}
