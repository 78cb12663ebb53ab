/* In place of model_output.c in a build without Jansson. */
#include "model_output.h"

lw_status model_output_check(const char *path)
{
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: this build cannot read or write model files: it was built without Jansson",
                   path);
}
