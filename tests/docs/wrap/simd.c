/* Uses the operations of an instruction set in the guide. */
#include <stddef.h>
#include <stdio.h>

BLOCK

int main(void)
{
    float x[3 * V_LANES];
    for (size_t i = 0; i < 3 * V_LANES; i++)
        x[i] = (float)i;
    for (size_t i = 0; i < 3 * V_LANES; i += V_LANES)
        v_store(x + i, v_mul(v_set(2.0f), v_load(x + i)));
    for (size_t i = 0; i < 3 * V_LANES; i++)
        if (x[i] != 2.0f * (float)i)
            return fprintf(stderr, "x[%zu] is %g\n", i, (double)x[i]), 1;
    return V_REGISTERS > TILE_MR * TILE_NV || V_HAS_MASKS;
}
