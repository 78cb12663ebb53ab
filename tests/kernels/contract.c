/* Tests the operations of kernels/simd/contract.h lane by lane. Compiled once for every instruction
 * set with its flags; the build defines LW_SIMD_NAME, LW_SIMD_HEADER and LW_CONTRACT. */
#include LW_SIMD_HEADER

#include "contract_table.h"
#include "data.h"
#include "problem.h"
#include "reference_bf16.h"

#include <float.h>

/* Numbers of every kind. Their count and the vector lengths have no common factor, so that each
 * number reaches each lane over the rounds. */
static const float numbers[] = {0.0f,    -0.0f,     1.0f,       -1.0f,      0.5f,    -2.5f,
                                3.5f,    0x1p-149f, -0x1p-126f, 1e30f,      -1e-30f, FLT_MAX,
                                FLT_MIN, 0.7f,      -1e6f,      4194303.5f, 2.5f,    INFINITY,
                                NAN,     -INFINITY, 100.25f};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* The lanes of up to four operands and of a result. */
struct lanes {
    float a[V_LANES], b[V_LANES], c[V_LANES], d[V_LANES], result[V_LANES];
};

static void fill_lanes(struct lanes *x, size_t round)
{
    for (size_t i = 0; i < V_LANES; i++) {
        x->a[i] = numbers[(round + i) % NUMBERS];
        x->b[i] = numbers[(round / NUMBERS + 5 * i) % NUMBERS];
        x->c[i] = numbers[(round / 7 + 3 * i) % NUMBERS];
        x->d[i] = numbers[(round / 11 + 2 * i) % NUMBERS];
    }
}

static void check_lanes(struct tally *tally, const char *op, const struct lanes *x,
                        const float want[V_LANES])
{
    for (size_t i = 0; i < V_LANES; i++)
        TALLY_CHECK(tally, same_bits(x->result[i], want[i]), "%s(%a, %a, %a), lane %zu: %a, not %a",
                    op, (double)x->a[i], (double)x->b[i], (double)x->c[i], i, (double)x->result[i],
                    (double)want[i]);
}

static void check_memory_operations(struct tally *tally)
{
    float memory[3 * V_LANES], want[V_LANES];
    struct lanes x;
    fill_lanes(&x, 3);
    v_store(x.result, v_zero());
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = 0.0f;
    check_lanes(tally, "v_zero", &x, want);
    v_store(x.result, v_set(-2.5f));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = -2.5f;
    check_lanes(tally, "v_set", &x, want);
    v_store(x.result, v_broadcast(x.a + V_LANES - 1));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x.a[V_LANES - 1];
    check_lanes(tally, "v_broadcast", &x, want);

    /* Partial vectors, one float off any alignment, between floats that must not change. */
    for (size_t n = 0; n <= V_LANES; n++) {
        float *const part = memory + V_LANES + 1;
        for (size_t i = 0; i < 3 * V_LANES; i++)
            memory[i] = 7.0f;
        if (n < V_LANES) {
            v_store_n(part, n, v_load(x.a));
            v_store(x.result, v_load_n(part, n, v_load(x.b)));
        } else {
            memcpy(part - 1, x.a, sizeof x.a);
            v_store(x.result, v_load(part - 1));
        }
        for (size_t i = 0; i < V_LANES; i++)
            want[i] = i < n ? x.a[i] : x.b[i];
        check_lanes(tally, n < V_LANES ? "v_load_n" : "v_load", &x, want);
        const size_t begin = V_LANES + (n < V_LANES ? 1 : 0);
        for (size_t i = 0; i < 3 * V_LANES; i++) {
            const int stored = i >= begin && i < begin + n;
            const float expected = stored ? x.a[i - begin] : 7.0f;
            TALLY_CHECK(tally, same_bits(memory[i], expected), "v_store_n of %zu: %g at %zu", n,
                        (double)memory[i], i);
        }
    }
}

static float fma_of(float a, float b, float c)
{
    return strcmp(LW_SIMD_NAME, "scalar") ? fmaf(a, b, c) : a * b + c;
}

typedef v_f32 (*operation2)(v_f32, v_f32);
typedef float (*lane2)(float, float);

static float add_lane(float a, float b)
{
    return a + b;
}
static float sub_lane(float a, float b)
{
    return a - b;
}
static float mul_lane(float a, float b)
{
    return a * b;
}
static float div_lane(float a, float b)
{
    return a / b;
}
static float copysign_lane(float a, float b)
{
    return float_of((bits_of(a) & 0x7fffffffu) | (bits_of(b) & 0x80000000u));
}

static void check_arithmetic(struct tally *tally, struct lanes *x)
{
    static const struct {
        const char *name;
        operation2 vector;
        lane2 lane;
    } table[] = {{"v_add", v_add, add_lane},
                 {"v_sub", v_sub, sub_lane},
                 {"v_mul", v_mul, mul_lane},
                 {"v_div", v_div, div_lane},
                 {"v_copysign", v_copysign, copysign_lane}};
    float want[V_LANES];
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        v_store(x->result, table[t].vector(v_load(x->a), v_load(x->b)));
        for (size_t i = 0; i < V_LANES; i++)
            want[i] = table[t].lane(x->a[i], x->b[i]);
        check_lanes(tally, table[t].name, x, want);
    }
    v_store(x->result, v_fma(v_load(x->a), v_load(x->b), v_load(x->c)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = fma_of(x->a[i], x->b[i], x->c[i]);
    check_lanes(tally, "v_fma", x, want);
    v_store(x->result, v_fma(v_broadcast(x->d), v_load(x->b), v_load(x->c)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = fma_of(x->d[0], x->b[i], x->c[i]);
    check_lanes(tally, "v_fma of v_broadcast(d)", x, want);
    v_store(x->result, v_fma_exact(v_load(x->a), v_load(x->b), v_load(x->c)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = strcmp(LW_SIMD_NAME, "scalar")
                      ? fmaf(x->a[i], x->b[i], x->c[i])
                      : (float)((double)x->a[i] * (double)x->b[i] + (double)x->c[i]);
    check_lanes(tally, "v_fma_exact", x, want);
    v_store(x->result, v_fnma(v_load(x->a), v_load(x->b), v_load(x->c)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = fma_of(-x->a[i], x->b[i], x->c[i]);
    check_lanes(tally, "v_fnma", x, want);
    v_store(x->result, v_abs(v_load(x->a)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = float_of(bits_of(x->a[i]) & 0x7fffffffu);
    check_lanes(tally, "v_abs", x, want);
    v_store(x->result, v_neg_abs(v_load(x->a)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = float_of(bits_of(x->a[i]) | 0x80000000u);
    check_lanes(tally, "v_neg_abs", x, want);
    v_store(x->result, v_sqrt(v_load(x->a)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = sqrtf(x->a[i]);
    check_lanes(tally, "v_sqrt", x, want);
}

static void check_comparisons(struct tally *tally, struct lanes *x)
{
    float want[V_LANES];
    v_store(x->result, v_if_lt(v_load(x->a), v_load(x->b), v_load(x->c), v_load(x->d)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x->a[i] < x->b[i] ? x->c[i] : x->d[i];
    check_lanes(tally, "v_if_lt", x, want);
    v_store(x->result, v_zero_if_lt(v_load(x->a), v_load(x->b), v_load(x->c)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x->a[i] < x->b[i] ? 0.0f : x->c[i];
    check_lanes(tally, "v_zero_if_lt", x, want);
    v_store(x->result, v_relu_mask(v_load(x->a), v_load(x->b)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x->a[i] > 0.0f ? x->b[i] : isnan(x->a[i]) ? NAN : 0.0f;
    check_lanes(tally, "v_relu_mask", x, want);
    for (size_t i = 0; i < V_LANES; i++) {
        if (isnan(x->a[i]))
            x->a[i] = 1.5f;
        if (x->a[i] == 0.0f && x->b[i] == 0.0f)
            x->b[i] = x->a[i]; /* the sign for two zeros is unspecified */
    }
    v_store(x->result, v_min(v_load(x->a), v_load(x->b)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x->a[i] < x->b[i] ? x->a[i] : x->b[i];
    check_lanes(tally, "v_min", x, want);
    v_store(x->result, v_max(v_load(x->a), v_load(x->b)));
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = x->a[i] > x->b[i] ? x->a[i] : x->b[i];
    check_lanes(tally, "v_max", x, want);
}

static void check_exponents(struct tally *tally, struct generator *from)
{
    struct lanes x = {0};
    float want[V_LANES];
    for (size_t i = 0; i < V_LANES; i++) {
        x.a[i] = (float)(0.5 + 1.5 * generate_uniform(from));
        x.a[i] = generate_bits(from) % 8 ? x.a[i] : -x.a[i];
        x.a[i] = generate_bits(from) % 16 ? x.a[i] : NAN;
        x.b[i] = (float)((int)(generate_bits(from) % 501) - 250);
        want[i] = ldexpf(x.a[i], (int)x.b[i]);
    }
    v_store(x.result, v_ldexp(v_load(x.a), v_load(x.b)));
    check_lanes(tally, "v_ldexp", &x, want);
    for (size_t i = 0; i < V_LANES; i++) {
        x.a[i] = float_of(generate_bits(from) >> 1);
        if (!isfinite(x.a[i]) || i % 4 == 1)
            x.a[i] = float_of(1 + generate_bits(from) % 0x7fffffu); /* denormal */
        x.a[i] += x.a[i] == 0.0f;
        want[i] = floorf(logbf(x.a[i]));
    }
    v_store(x.result, v_exponent(v_load(x.a)));
    check_lanes(tally, "v_exponent", &x, want);
    for (size_t i = 0; i < V_LANES; i++)
        want[i] = ldexpf(x.a[i], -(int)want[i]);
    v_store(x.result, v_mantissa(v_load(x.a)));
    check_lanes(tally, "v_mantissa", &x, want);
}

static void check_folds(struct tally *tally, struct generator *from)
{
    float a[V_LANES], tree[V_LANES];
    for (size_t i = 0; i < V_LANES; i++)
        a[i] = tree[i] = generate_value(from, UNIFORM);
    for (size_t width = V_LANES / 2; width > 0; width /= 2) {
        for (size_t i = 0; i < width; i++)
            tree[i] += tree[i + width];
    }
    const float sum = v_reduce_add(v_load(a));
    TALLY_CHECK(tally, same_bits(sum, tree[0]), "v_reduce_add: %a, not %a", (double)sum,
                (double)tree[0]);
}

static void check_lane_choice(struct tally *tally, struct generator *from)
{
    float a[V_LANES], i[V_LANES], chosen[V_LANES];
    for (size_t l = 0; l < V_LANES; l++) {
        a[l] = generate_value(from, UNIFORM);
        i[l] = (float)(V_LANES * generate_uniform(from));
        i[l] = i[l] < V_LANES ? i[l] : 0.0f; /* rounded up */
    }
    v_store(chosen, v_permute(v_load(a), v_permute_index(v_load(i))));
    for (size_t l = 0; l < V_LANES; l++)
        TALLY_CHECK(tally, same_bits(chosen[l], a[(size_t)i[l]]), "v_permute at %zu of %g: %a", l,
                    (double)i[l], (double)chosen[l]);
}

static void check_unzip(struct tally *tally, struct generator *from)
{
    float vnni2[2 * V_LANES], lanes[2][V_LANES], held[V_LANES];
    v_f32 even, odd;
    for (size_t l = 0; l < 2 * V_LANES; l++)
        vnni2[l] = generate_value(from, UNIFORM);
    v_deinterleave(v_load(vnni2), v_load(vnni2 + V_LANES), &even, &odd);
    v_store(lanes[0], even);
    v_store(lanes[1], odd);
    v_store(held, v_pin(v_load(vnni2)));
    for (size_t l = 0; l < V_LANES; l++) {
        for (size_t half = 0; half < 2; half++)
            TALLY_CHECK(tally, same_bits(lanes[half][l], vnni2[2 * l + half]),
                        "v_deinterleave, lane %zu of %s: %a, not %a", l, half ? "odd" : "even",
                        (double)lanes[half][l], (double)vnni2[2 * l + half]);
        TALLY_CHECK(tally, same_bits(held[l], vnni2[l]), "v_pin, lane %zu: %a, not %a", l,
                    (double)held[l], (double)vnni2[l]);
    }
}

static void check_squares(struct tally *tally, struct generator *from)
{
    float a[V_LANES][V_LANES], column[V_LANES], sums[V_LANES], largests[V_LANES];
    float largest[V_LANES];
    v_f32 rows[V_LANES];
    for (size_t i = 0; i < V_LANES; i++) {
        largest[i] = -INFINITY;
        for (size_t j = 0; j < V_LANES; j++) {
            a[i][j] = generate_value(from, UNIFORM);
            largest[i] = fmaxf(largest[i], a[i][j]);
        }
        rows[i] = v_load(a[i]);
    }
    v_store(sums, v_reduce_add_rows(rows));
    v_store(largests, v_reduce_max_rows(rows));
    for (size_t i = 0; i < V_LANES; i++) {
        const float want = v_reduce_add(rows[i]);
        TALLY_CHECK(tally, same_bits(sums[i], want), "v_reduce_add_rows lane %zu: %a, not %a", i,
                    (double)sums[i], (double)want);
        const float most = v_reduce_max(rows[i]);
        TALLY_CHECK(tally, most == largest[i], "v_reduce_max: %a, not %a", (double)most,
                    (double)largest[i]);
        TALLY_CHECK(tally, largests[i] == largest[i], "v_reduce_max_rows lane %zu: %a, not %a", i,
                    (double)largests[i], (double)largest[i]);
    }
    v_transpose(rows);
    for (size_t j = 0; j < V_LANES; j++) {
        v_store(column, rows[j]);
        for (size_t i = 0; i < V_LANES; i++)
            TALLY_CHECK(tally, column[i] == a[i][j], "v_transpose at %zu, %zu: %a, not %a", j, i,
                        (double)column[i], (double)a[i][j]);
    }
}

static uint32_t pair_of(float low, float high)
{
    return (uint32_t)reference_bf16(low) | (uint32_t)reference_bf16(high) << 16;
}

/* May be flushed to a zero of the same sign. */
static float flushed(float x)
{
    return fabsf(x) < 0x1p-126f ? copysignf(0.0f, x) : x;
}

/* As v_fma. The product of two bf16 is exact, except for overflow. */
static float step_of(float a, float b, float c)
{
    return V_LANES == 1 ? a * b + c : fmaf(a, b, c);
}

static void check_dot2(struct tally *tally, const struct lanes *x, const uint32_t a[V_LANES],
                       const uint32_t b[V_LANES])
{
    for (size_t i = 0; i < V_LANES; i++) {
        const float a_low = float_of(a[i] << 16), a_high = float_of(a[i] & 0xffff0000u);
        const float b_low = float_of(b[i] << 16), b_high = float_of(b[i] & 0xffff0000u);
        const float want = step_of(a_low, b_low, step_of(a_high, b_high, x->c[i]));
        const float high = flushed(step_of(a_high, b_high, flushed(x->c[i])));
        const float flush = flushed(step_of(a_low, b_low, high));
        TALLY_CHECK(tally, same_bits(x->result[i], want) || same_bits(x->result[i], flush),
                    "v_dpbf16 of %08x, %08x, %a: %a, not %a", (unsigned)a[i], (unsigned)b[i],
                    (double)x->c[i], (double)x->result[i], (double)want);
    }
}

static void check_pairs(struct tally *tally, struct lanes *x)
{
    uint32_t vnni2[V_LANES], neighbours[V_LANES];
    float low[V_LANES], high[V_LANES], both[2 * V_LANES];
    uint16_t narrow[V_LANES + 1];
    const v_f32 made = v_interleave_bf16(v_load(x->a), v_load(x->b));
    memcpy(both, x->a, sizeof x->a);
    memcpy(both + V_LANES, x->b, sizeof x->b);
    memcpy(vnni2, &made, sizeof vnni2);
    v_store(low, v_bf16_even(made));
    v_store(high, v_bf16_odd(made));
    const v_f32 side_by_side = v_pack_bf16(v_load(x->a), v_load(x->b));
    memcpy(neighbours, &side_by_side, sizeof neighbours);
    narrow[V_LANES] = 7;
    v_store_bf16(narrow, v_load(x->a));
    v_store(x->result, v_load_bf16(narrow));
    for (size_t i = 0; i < V_LANES; i++) {
        const uint32_t want = pair_of(x->a[i], x->b[i]);
        const uint32_t next = pair_of(both[2 * i], both[2 * i + 1]);
        TALLY_CHECK(tally, vnni2[i] == want, "v_interleave_bf16(%a, %a): %08x, not %08x",
                    (double)x->a[i], (double)x->b[i], (unsigned)vnni2[i], (unsigned)want);
        TALLY_CHECK(tally, neighbours[i] == next, "v_pack_bf16(%a, %a): %08x, not %08x",
                    (double)both[2 * i], (double)both[2 * i + 1], (unsigned)neighbours[i],
                    (unsigned)next);
        TALLY_CHECK(tally, bits_of(low[i]) == want << 16 && bits_of(high[i]) >> 16 == want >> 16,
                    "v_bf16_even, v_bf16_odd of %08x: %a, %a", (unsigned)want, (double)low[i],
                    (double)high[i]);
        TALLY_CHECK(tally, narrow[i] == (want & 0xffffu) && bits_of(x->result[i]) == want << 16,
                    "v_store_bf16(%a): %04x, loaded %a", (double)x->a[i], (unsigned)narrow[i],
                    (double)x->result[i]);
    }
    TALLY_CHECK(tally, narrow[V_LANES] == 7, "v_store_bf16 writes on");
    v_store(x->result, v_dpbf16(made, side_by_side, v_load(x->c)));
    check_dot2(tally, x, vnni2, neighbours);
}

static void check(struct tally *tally)
{
    struct generator from = {1};
    TALLY_CHECK(tally, 16 % V_LANES == 0, "V_LANES is %d", V_LANES);
    check_memory_operations(tally);
    for (size_t round = 0; round < (size_t)NUMBERS * NUMBERS; round++) {
        struct lanes x;
        fill_lanes(&x, round);
        check_arithmetic(tally, &x);
        check_comparisons(tally, &x);
        check_exponents(tally, &from);
        check_folds(tally, &from);
        check_lane_choice(tally, &from);
        check_unzip(tally, &from);
        check_squares(tally, &from);
        check_pairs(tally, &x);
    }
}

const struct contract LW_CONTRACT = {LW_SIMD_NAME, check};
