/* Needs only the kernels. */
#include <lanewise/kernels.h>
#include <stdio.h>

int main(void)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    float c[4];
    if (lw_sgemm(0, 0, 2, 2, 2, 1.0f, a, 2, b, 2, 0.0f, c, 2))
        return fprintf(stderr, "%s\n", lw_last_error()), 1;
    printf("%g %g %g %g\n", (double)c[0], (double)c[1], (double)c[2], (double)c[3]);
    return !(c[0] == 19 && c[1] == 22 && c[2] == 43 && c[3] == 50);
}
