#include "bf16_sum.h"

#include <lanewise/internal/bf16.h>

void lw_mpi_bf16_sum(void *in, void *out, int *n, MPI_Datatype *type)
{
    enum { PART = 1024 };
    float a[PART], b[PART];
    const lw_bf16 *x = in;
    lw_bf16 *y = out;
    (void)type;
    for (size_t i = 0, left = (size_t)*n; left > 0;) {
        const size_t part = left < PART ? left : PART;
        lw_bf16_to_float(part, x + i, a);
        lw_bf16_to_float(part, y + i, b);
        for (size_t j = 0; j < part; j++)
            b[j] += a[j];
        lw_bf16_from_float(part, b, y + i);
        i += part;
        left -= part;
    }
}
