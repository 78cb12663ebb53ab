#include "checks.h"
#include "dispatch.h"
#include "sizes.h"
#include "ulp.h"

/* Numbers of one exponent and sign: the ends of the range and random ones. */
static void sample(uint32_t sign_and_exponent, size_t n, float *x, struct generator *from)
{
    const uint32_t base = sign_and_exponent << 23;
    for (size_t i = 0; i < n; i++)
        x[i] = float_of(base | generate_bits(from) >> 9);
    x[0] = float_of(base);
    x[n - 1] = float_of(base | 0x007fffffu);
}

void check_ulp(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    const size_t n = is_fast() ? 61 : 1001; /* with a tail for every vector length */
    enum { EXPONENTS = 512 };
    const struct lw_isa *const set = lw_isa_current();
    for (size_t f = 0; f < ulp_function_count; f++) {
        const struct ulp_function *function = &ulp_functions[f];
        struct ulp_worst worst = {0};
        struct generator from = {f};
        for (uint32_t e = 0; e < EXPONENTS; e++) {
            float x[ULP_BATCH];
            sample(e, n, x, &from);
            ulp_measure(function, &set, 1, n, x, &worst);
        }
        /* Most interesting arguments have few exponents. */
        for (size_t batch = 0; batch < EXPONENTS / 4; batch++) {
            float x[ULP_BATCH];
            for (size_t i = 0; i < n; i++)
                x[i] = (float)(220.0 * generate_uniform(&from) - 110.0);
            ulp_measure(function, &set, 1, n, x, &worst);
        }
        TALLY_CHECK(tally, worst.ratio <= 1.0, "%s of %a: %.3f times the bound", function->name,
                    (double)worst.at_ratio, worst.ratio);
    }
}
