#include <lanewise/kernels.h>

const char *lw_version(void)
{
    return LW_VERSION;
}
