#include "checks.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const float specials[] = {
    0.0f,      -0.0f,     NAN,       -NAN,       INFINITY,  -INFINITY,  FLT_MAX, -FLT_MAX,
    FLT_MIN,   -FLT_MIN,  0x1p-149f, -0x1p-149f, 0x1p-127f, -0x1p-127f, 1.0f,    -1.0f,
    88.72283f, 88.72284f, 89.0f,     -87.33655f, -103.9f,   -103.98f,   -104.0f, -105.0f,
    0.625f,    -0.625f,   20.0f,     -20.0f,     100.0f,    -100.0f,    1e30f,   -1e30f};
enum { SPECIALS = sizeof specials / sizeof *specials };

/* Every special value reaches every lane and the tail. */
enum { LENGTH = 16 * SPECIALS + 5 };

static void place_specials(float *x, size_t stride)
{
    for (size_t i = 0; i < LENGTH; i++)
        x[i] = specials[(i / 16 * stride + i) % SPECIALS];
}

/* A zero that is not the result of rounding has the sign of the formula. */
static int right_zero(float got, double want)
{
    return want != 0.0 || !signbit(got) == !signbit(want);
}

static void check_map(struct tally *tally, struct problem *p, size_t output)
{
    problem_restore(p);
    struct expected e = expected_create(p);
    problem_run(tally, p);
    expected_check(tally, p, &e, 0);
    const float *y = p->operand[output].data;
    const float *x = p->operand[0].before;
    for (size_t i = 0; i < LENGTH; i++)
        TALLY_CHECK(tally, right_zero(y[i], e.want[output][i]), "%s: sign of the zero of %a",
                    problem_title(p), (double)x[i]);
    expected_free(&e);
}

static void check_functions(struct tally *tally)
{
    static const char *const names[] = {"lw_vector_exp", "lw_vector_log", "lw_activate"};
    for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
        const struct operation *operation = operation_find(names[f]);
        for (int variant = 0; variant < operation->variants; variant++) {
            struct problem p;
            problem_create(&p, operation, variant, (struct size){0, LENGTH, 0},
                           (struct layout){.memory = HEAP}, UNIFORM);
            if (!p.in_place) {
                place_specials(p.operand[0].before, 1);
                check_map(tally, &p, 1);
            }
            problem_destroy(&p);
        }
    }
}

/* Special saved values with finite gradients, and special gradients with saved 1 and 0. */
static void check_derivatives(struct tally *tally)
{
    const struct operation *operation = operation_find("lw_activate_backward");
    for (int variant = 0; variant < operation->variants; variant++) {
        struct problem p;
        problem_create(&p, operation, variant, (struct size){0, LENGTH, 0},
                       (struct layout){.memory = HEAP}, UNIFORM);
        const lw_activation a = p.parameters.activation;
        /* Sigmoid and tanh save their outputs, which are in [-1, 1] or NaN. */
        const int saves_output = a == LW_ACTIVATION_SIGMOID || a == LW_ACTIVATION_TANH;
        if (!p.in_place && a != LW_ACTIVATION_LINEAR) {
            place_specials(p.operand[0].before, 1);
            for (size_t i = 0; saves_output && i < LENGTH; i++) {
                if (fabsf(p.operand[0].before[i]) > 1.0f)
                    p.operand[0].before[i] = 1.0f;
            }
            check_map(tally, &p, 2);
        }
        if (!p.in_place && (a == LW_ACTIVATION_RELU || a == LW_ACTIVATION_LEAKY_RELU)) {
            place_specials(p.operand[1].before, 1);
            for (size_t i = 0; i < LENGTH; i++)
                p.operand[0].before[i] = i % 3 == 0 ? 1.0f : i % 3 == 1 ? 0.0f : -1.0f;
            check_map(tally, &p, 2);
        }
        problem_destroy(&p);
    }
}

/* The zero of a ReLU is +0 for every input. */
static void check_relu_zero(struct tally *tally)
{
    float x[37], y[37];
    for (size_t i = 0; i < 37; i++)
        x[i] = i % 3 == 0 ? -0.0f : i % 3 == 1 ? 0.0f : -1.0f;
    TALLY_CHECK(tally, lw_activate(LW_ACTIVATION_RELU, 37, x, y) == LW_OK, "%s", lw_last_error());
    for (size_t i = 0; i < 37; i++)
        TALLY_CHECK(tally, bits_of(y[i]) == 0, "relu(%g) is %g", (double)x[i], (double)y[i]);
}

static void check_scale(struct tally *tally)
{
    float x[19] = {0.0f};
    x[0] = x[18] = NAN;
    x[1] = -0x1p-149f;
    x[2] = INFINITY;
    TALLY_CHECK(tally,
                lw_vector_scale(19, 0.0f, x) == LW_OK && isnan(x[0]) && isnan(x[18]) &&
                    bits_of(x[1]) == bits_of(-0.0f) && isnan(x[2]),
                "lw_vector_scale by 0");
    x[1] = 0x1p-149f;
    TALLY_CHECK(tally, lw_vector_scale(19, 2.0f, x) == LW_OK && x[1] == 0x1p-148f,
                "lw_vector_scale flushes denormals");
    double sum = 0.0;
    TALLY_CHECK(tally, lw_vector_sum_squares(19, x, &sum) == LW_OK && isnan(sum),
                "lw_vector_sum_squares loses a NaN");
}

/* A moment is halved: denormals become 0 of either sign, everything else is kept. */
static void check_moments(struct tally *tally)
{
    static const float from[] = {0x1p-126f,   -0x1p-126f, 0x1p-125f, -0x1p-125f, 0x1p-149f,
                                 0x1.8p-126f, 1.0f,       NAN,       0.0f,       0x1.8p-125f};
    static const float to[] = {0.0f, 0.0f, 0x1p-126f, -0x1p-126f, 0.0f,
                               0.0f, 0.5f, NAN,       0.0f,       0x1.8p-126f};
    enum { KINDS = sizeof from / sizeof *from, N = 37 };
    const lw_sgd_update_params sgd = {.learning_rate = 0.25f, .momentum = 0.5f};
    const lw_adam_update_params adam = {
        .learning_rate = 0.25f, .beta1 = 0.5f, .beta2 = 0.5f, .epsilon = 1.0f, .step = 1};
    float g[N] = {0.0f}, w[N] = {0.0f}, velocity[N], m[N], v[N];
    for (size_t i = 0; i < N; i++) {
        velocity[i] = m[i] = from[i % KINDS];
        v[i] = fabsf(from[i % KINDS]);
    }
    TALLY_CHECK(tally,
                lw_sgd_update(N, &sgd, g, w, velocity) == LW_OK &&
                    lw_adam_update(N, &adam, g, w, m, v) == LW_OK,
                "%s", lw_last_error());
    for (size_t i = 0; i < N; i++) {
        const float want = to[i % KINDS];
        const int is_nan = isnan(want);
        TALLY_CHECK(tally, is_nan ? isnan(velocity[i]) : velocity[i] == want,
                    "velocity %a becomes %a", (double)from[i % KINDS], (double)velocity[i]);
        TALLY_CHECK(tally, is_nan ? isnan(m[i]) : m[i] == want, "m %a becomes %a",
                    (double)from[i % KINDS], (double)m[i]);
        TALLY_CHECK(tally, is_nan ? isnan(v[i]) : v[i] == fabsf(want), "v %a becomes %a",
                    fabs((double)from[i % KINDS]), (double)v[i]);
    }
}

/* PyTorch's lerp of floats: one multiply-add, which is fused except on the scalar set. */
static float lerp(float from, float to, float weight)
{
    const float a = weight < 0.5f ? weight : weight - 1.0f, base = weight < 0.5f ? from : to;
    return strcmp(lw_isa_name(), "scalar") ? fmaf(a, to - from, base) : a * (to - from) + base;
}

/* The first moment for betas on both sides of 0.5, bit by bit over several steps. */
static void check_lerp(struct tally *tally)
{
    static const float betas[] = {0.0f, 0.1f, 0.3f, 0x1.fffffep-2f, 0.5f, 0x1.000002p-1f, 0.9f};
    enum { N = 37, STEPS = 20 };
    for (size_t b = 0; b < sizeof betas / sizeof *betas; b++) {
        struct generator from = {b + 1};
        float g[N], w[N] = {0.0f}, m[N] = {0.0f}, v[N] = {0.0f}, want[N] = {0.0f};
        for (uint64_t step = 1; step <= STEPS; step++) {
            const lw_adam_update_params adam = {.learning_rate = 0.25f,
                                                .beta1 = betas[b],
                                                .beta2 = 0.999f,
                                                .epsilon = 1e-8f,
                                                .step = step};
            for (size_t i = 0; i < N; i++) {
                g[i] = generate_value(&from, UNIFORM);
                want[i] = lerp(want[i], g[i], (float)(1.0 - (double)betas[b]));
            }
            TALLY_CHECK(tally, lw_adam_update(N, &adam, g, w, m, v) == LW_OK, "%s",
                        lw_last_error());
            for (size_t i = 0; i < N; i++)
                TALLY_CHECK(tally, same_bits(m[i], want[i]), "beta1 %a, step %d: m is %a, not %a",
                            (double)betas[b], (int)step, (double)m[i], (double)want[i]);
        }
    }
}

void check_special_vectors(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    check_functions(tally);
    check_derivatives(tally);
    check_relu_zero(tally);
    check_scale(tally);
    check_moments(tally);
    check_lerp(tally);
}
