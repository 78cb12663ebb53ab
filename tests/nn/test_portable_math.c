/* Functions independent of the C library, against its long double versions. */
#include "base/portable_math.h"
#include "base/random.h"
#include "fixture.h"

#include <math.h>

enum { SAMPLES = 20000 };

/* Returns whether got is within this many ulps of want. */
static int is_within(double got, double want, double spacings)
{
    return fabs(got - want) <= spacings * (nextafter(fabs(want), INFINITY) - fabs(want));
}

static void check_log(double x)
{
    const double got = lw_portable_log(x), want = (double)logl((long double)x);
    ck_assert_msg(is_within(got, want, 2.0), "log %a is %a, not %a", x, got, want);
}

START_TEST(logarithms)
{
    ck_assert(lw_portable_log(1.0) == 0.0);
    lw_random random = {1};
    for (size_t i = 0; i < SAMPLES; i++) {
        const double u = 1.0 - lw_random_uniform(&random);
        check_log(u);
        check_log(ldexp(u, (int)lw_random_below(&random, 1000) - 500));
        check_log(1.0 + (u - 0.5) * 0x1p-20);
    }
    check_log(0x1p-53);
    check_log(1.0 - 0x1p-53);
    check_log(0x1.fffffffffffffp1023);
    check_log(0x1p-1022);
}
END_TEST

static void check_cos(double turns)
{
    static const long double two_pi = 6.283185307179586476925286766559L;
    const double got = lw_portable_cos2pi(turns), want = (double)cosl(two_pi * (long double)turns);
    ck_assert_msg(fabs(got - want) <= 0x1p-52, "cos of %a turns is %a, not %a", turns, got, want);
}

START_TEST(cosines)
{
    static const double quarters[] = {1.0, 0.0, -1.0, 0.0, 1.0};
    for (size_t i = 0; i < sizeof quarters / sizeof *quarters; i++)
        ck_assert(lw_portable_cos2pi((double)i / 4.0) == quarters[i]);
    lw_random random = {2};
    for (size_t i = 0; i < SAMPLES; i++)
        check_cos(lw_random_uniform(&random));
    check_cos(1.0 - 0x1p-53);
    check_cos(0.125);
    check_cos(0x1p-1022);
}
END_TEST

START_TEST(powers)
{
    ck_assert(lw_portable_pow(0.0, 0) == 1.0);
    ck_assert(lw_portable_pow(0.0, 7) == 0.0);
    ck_assert(lw_portable_pow(3.0, 5) == 243.0);
    ck_assert(lw_portable_pow(2.0, 2000) == INFINITY);
    ck_assert(lw_portable_pow(0.5, UINT64_MAX) == 0.0);
    for (uint64_t n = 0; n < 5000; n++) {
        const double got = lw_portable_pow((double)0.999f, n),
                     want = pow((double)0.999f, (double)n);
        ck_assert_msg(is_within(got, want, 2.0 * (double)n + 1.0), "power %d: %a, not %a", (int)n,
                      got, want);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("elementary");
    tcase_add_test(tcase, logarithms);
    tcase_add_test(tcase, cosines);
    tcase_add_test(tcase, powers);
    return run_case("elementary", tcase);
}
