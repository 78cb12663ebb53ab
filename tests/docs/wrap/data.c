/* Wraps a fragment of the guide that reads data. */
#include <lanewise/nn.h>
#include <stdio.h>

int main(void)
{
    lw_status status = LW_OK;
    BLOCK
    if (status != LW_OK)
        fprintf(stderr, "%s\n", lw_last_error());
    return status != LW_OK;
}
