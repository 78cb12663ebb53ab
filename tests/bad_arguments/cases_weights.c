/* Bad arguments of weights.h, in each layout. */
#include "cases_kernels.h"

#include <lanewise/internal/weights.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

enum { BATCH = 3, LONG = 8192, FORMS = 3, MOST = 70 };

static struct {
    float x[LONG], y[LONG], z[LONG], w[LONG], rows[LONG], m[LONG], v[LONG];
    float b[LONG], b_m[LONG], b_v[LONG];
} s;

static lw_weights of_form(size_t form)
{
    static const size_t layers[FORMS][2] = {{7, 20}, {40, 5}, {45, MOST}};
    lw_weights made = lw_weights_of(layers[form][0], layers[form][1]);
    ck_assert_uint_eq(made.layout, form);
    made.w = s.w;
    return made;
}

static lw_weights with_form(int form)
{
    lw_weights made = of_form(0);
    made.layout = (lw_weights_layout)form;
    return made;
}

static lw_weights without_isa(size_t form)
{
    lw_weights made = of_form(form);
    made.isa = NULL;
    return made;
}

static lw_weights without_w(size_t form)
{
    lw_weights made = of_form(form);
    made.w = NULL;
    return made;
}

void bad_weights_of(void)
{
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        const lw_weights tall = lw_weights_of(huge, 45), wide = lw_weights_of(45, huge),
                         both = lw_weights_of(huge, huge), none = lw_weights_of(0, huge);
        HOLDS(tall.in == huge && !tall.w && wide.out == huge && !wide.w);
        HOLDS(lw_weights_floats(&tall) == SIZE_MAX && lw_weights_floats(&wide) == SIZE_MAX);
        HOLDS(lw_weights_floats(&both) == SIZE_MAX && lw_weights_floats(&none) == 0);
    }
}

void bad_weights_floats(void)
{
    static const size_t empty[][2] = {{0, 0}, {0, 45}, {45, 0}, {0, 3}, {3, 0}};
    HOLDS(lw_weights_floats(NULL) == 0);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        const lw_weights weights = lw_weights_of(empty[i][0], empty[i][1]);
        HOLDS(lw_weights_floats(&weights) == 0);
    }
    /* The padding between panels brings `in` x `out` beyond the address space. */
    const lw_weights padded = lw_weights_of(SIZE_MAX / 33 - 2, 33);
    HOLDS(lw_weights_floats(&padded) == SIZE_MAX);
}

void bad_weights_place(void)
{
    HOLDS(lw_weights_index(NULL, 3, 4) == 0);
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights weights = of_form(form);
        HOLDS(lw_weights_index(&weights, 0, 0) == 0);
    }
}

void bad_weights_arrange(void)
{
    watch_memory(&s, sizeof s);
    HARMLESS(lw_weights_pack(NULL, s.rows, s.w));
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights weights = of_form(form), no_isa = without_isa(form);
        HARMLESS(lw_weights_pack(&weights, NULL, s.w));
        HARMLESS(lw_weights_pack(&weights, s.rows, NULL));
        HARMLESS(lw_weights_pack(&no_isa, s.rows, s.w));
        HARMLESS(lw_weights_pack(&(const lw_weights){.isa = weights.isa}, NULL, NULL));
    }
}

void bad_weights_restore(void)
{
    watch_memory(&s, sizeof s);
    HARMLESS(lw_weights_unpack(NULL, s.w, s.rows));
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights weights = of_form(form), no_isa = without_isa(form);
        HARMLESS(lw_weights_unpack(&weights, NULL, s.rows));
        HARMLESS(lw_weights_unpack(&weights, s.w, NULL));
        HARMLESS(lw_weights_unpack(&no_isa, s.w, s.rows));
        HARMLESS(lw_weights_unpack(&(const lw_weights){.isa = weights.isa}, NULL, NULL));
    }
}

void bad_weights_forward(void)
{
    watch_memory(&s, sizeof s);
#define CALL(weights, batch, x, ldx, activation, z, ldz, y, ldy)                                   \
    lw_weights_forward(weights, batch, x, ldx, s.b, (lw_activation)(activation), z, ldz, y, ldy)
    REFUSES(LW_EINVAL, "weights",
            CALL(NULL, BATCH, s.x, MOST, LW_ACTIVATION_RELU, s.z, MOST, s.y, MOST));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_weights bad = with_form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights",
                CALL(&bad, BATCH, s.x, MOST, LW_ACTIVATION_RELU, s.z, MOST, s.y, MOST));
    }
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights good = of_form(form), no_isa = without_isa(form), no_w = without_w(form);
        const size_t in = good.in, out = good.out;
        REFUSES(LW_EINVAL, "weights",
                CALL(&no_isa, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.y, out));
        REFUSES(LW_EINVAL, "w",
                CALL(&no_w, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.y, out));
        REFUSES(LW_EINVAL, "x",
                CALL(&good, BATCH, NULL, in, LW_ACTIVATION_RELU, s.z, out, s.y, out));
        REFUSES(LW_EINVAL, "x",
                CALL(&good, BATCH, s.x, in - 1, LW_ACTIVATION_RELU, s.z, out, s.y, out));
        REFUSES(LW_EINVAL, "z",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out - 1, s.y, out));
        REFUSES(LW_EINVAL, "y",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.y, out - 1));
        REFUSES(LW_EINVAL, "y",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, NULL, out));
        for (int i = 0; i < BAD_ENUMS; i++)
            REFUSES(LW_EINVAL, "activation",
                    CALL(&good, BATCH, s.x, in, BAD_ENUM(LW_ACTIVATION_SOFTMAX, i), s.z, out, s.y,
                         out));
        for (size_t i = 0; i < HUGE_SIZES; i++) {
            const size_t huge = huge_sizes[i];
            lw_weights bad = good;
            REFUSES(LW_EINVAL, "y",
                    CALL(&good, huge, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.y, out));
            REFUSES(LW_EINVAL, "x",
                    CALL(&good, BATCH, s.x, huge, LW_ACTIVATION_RELU, s.z, out, s.y, out));
            REFUSES(LW_EINVAL, "y",
                    CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.y, huge));
            bad.in = huge;
            REFUSES(LW_EINVAL, "x",
                    CALL(&bad, 1, s.x, huge, LW_ACTIVATION_RELU, NULL, 0, s.y, out));
            bad = good;
            bad.out = huge;
            REFUSES(LW_EINVAL, "y", CALL(&bad, 1, s.x, in, LW_ACTIVATION_RELU, NULL, 0, s.y, huge));
        }
        REFUSES(LW_EOVERLAP, "y",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.x, out));
        REFUSES(LW_EOVERLAP, "y",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.z, out, s.w + 1, out));
        REFUSES(LW_EOVERLAP, "z",
                CALL(&good, BATCH, s.x, in, LW_ACTIVATION_RELU, s.b, out, s.y, out));
        IDLE(CALL(&good, 0, NULL, in, LW_ACTIVATION_RELU, NULL, out, NULL, out));
    }
#undef CALL
}

void bad_weights_backward_input(void)
{
    watch_memory(&s, sizeof s);
#define CALL(weights, batch, dz, lddz, activation, saved, lds, dx, lddx)                           \
    lw_weights_backward_input(weights, batch, dz, lddz, (lw_activation)(activation), saved, lds,   \
                              dx, lddx)
    REFUSES(LW_EINVAL, "weights",
            CALL(NULL, BATCH, s.x, MOST, LW_ACTIVATION_RELU, s.z, MOST, s.y, MOST));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_weights bad = with_form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights",
                CALL(&bad, BATCH, s.x, MOST, LW_ACTIVATION_RELU, s.z, MOST, s.y, MOST));
    }
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights good = of_form(form), no_isa = without_isa(form), no_w = without_w(form);
        const size_t in = good.in, out = good.out;
        REFUSES(LW_EINVAL, "weights",
                CALL(&no_isa, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.y, in));
        REFUSES(LW_EINVAL, "w", CALL(&no_w, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.y, in));
        REFUSES(LW_EINVAL, "dz",
                CALL(&good, BATCH, NULL, out, LW_ACTIVATION_RELU, s.z, in, s.y, in));
        REFUSES(LW_EINVAL, "dz",
                CALL(&good, BATCH, s.x, out - 1, LW_ACTIVATION_RELU, s.z, in, s.y, in));
        REFUSES(LW_EINVAL, "saved",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, NULL, in, s.y, in));
        REFUSES(LW_EINVAL, "saved",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in - 1, s.y, in));
        REFUSES(LW_EINVAL, "dx",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, NULL, in));
        REFUSES(LW_EINVAL, "dx",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.y, in - 1));
        for (int i = 0; i < BAD_ENUMS; i++)
            REFUSES(
                LW_EINVAL, "activation",
                CALL(&good, BATCH, s.x, out, BAD_ENUM(LW_ACTIVATION_SOFTMAX, i), s.z, in, s.y, in));
        for (size_t i = 0; i < HUGE_SIZES; i++) {
            const size_t huge = huge_sizes[i];
            REFUSES(LW_EINVAL, "dx",
                    CALL(&good, huge, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.y, in));
            REFUSES(LW_EINVAL, "dz",
                    CALL(&good, BATCH, s.x, huge, LW_ACTIVATION_RELU, s.z, in, s.y, in));
            REFUSES(LW_EINVAL, "saved",
                    CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, huge, s.y, in));
            REFUSES(LW_EINVAL, "dx",
                    CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.y, huge));
        }
        REFUSES(LW_EOVERLAP, "dx",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.x, in));
        REFUSES(LW_EOVERLAP, "dx",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.z, in));
        REFUSES(LW_EOVERLAP, "dx",
                CALL(&good, BATCH, s.x, out, LW_ACTIVATION_RELU, s.z, in, s.w + 1, in));
        IDLE(CALL(&good, 0, NULL, out, LW_ACTIVATION_RELU, NULL, in, NULL, in));
    }
#undef CALL
}

/* ---- Updates --------------------------------------------------------------------------------- */

static const lw_sgd_update_params sgd = {.learning_rate = 1.0f, .momentum = 0.5f};
static const lw_adam_update_params adam = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 1};
static const lw_layer_update by_sgd = {.sgd = &sgd, .m = s.m, .b = s.b, .b_m = s.b_m};
static const lw_layer_update by_adam = {
    .adam = &adam, .m = s.m, .v = s.v, .b = s.b, .b_m = s.b_m, .b_v = s.b_v};
static const lw_layer_update of_w_alone = {.sgd = &sgd, .m = s.m};

/* Updates with a missing or a superfluous operand. */
static const struct {
    const char *word;
    lw_layer_update update;
} bad_updates[] = {
    {"adam", {.m = s.m}},
    {"sgd", {.sgd = &sgd, .adam = &adam, .m = s.m, .v = s.v}},
    {"velocity", {.sgd = &sgd}},
    {"velocity", {.sgd = &sgd, .m = s.m, .b = s.b}},
    {"moment", {.adam = &adam, .v = s.v}},
    {"moment", {.adam = &adam, .m = s.m}},
    {"moment", {.adam = &adam, .m = s.m, .v = s.v, .b = s.b, .b_m = s.b_m}},
};
enum { BAD_UPDATES = sizeof bad_updates / sizeof *bad_updates };

void bad_weights_backward_update(void)
{
    watch_memory(&s, sizeof s);
#define CALL(weights, first, count, batch, x, ldx, dz, lddz, update)                               \
    lw_weights_backward_update(weights, first, count, batch, x, ldx, dz, lddz, update)
    REFUSES(LW_EINVAL, "weights", CALL(NULL, 0, 1, BATCH, s.x, MOST, s.z, MOST, &by_sgd));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_weights bad = with_form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights", CALL(&bad, 0, 1, BATCH, s.x, MOST, s.z, MOST, &by_sgd));
    }
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights good = of_form(form), no_isa = without_isa(form), no_w = without_w(form);
        const size_t in = good.in, out = good.out;
        REFUSES(LW_EINVAL, "weights", CALL(&no_isa, 0, in, BATCH, s.x, in, s.z, out, &by_sgd));
        REFUSES(LW_EINVAL, "w", CALL(&no_w, 0, in, BATCH, s.x, in, s.z, out, &by_sgd));
        REFUSES(LW_EINVAL, "update", CALL(&good, 0, in, BATCH, s.x, in, s.z, out, NULL));
        for (size_t i = 0; i < BAD_UPDATES; i++)
            REFUSES(LW_EINVAL, bad_updates[i].word,
                    CALL(&good, 0, in, BATCH, s.x, in, s.z, out, &bad_updates[i].update));
        REFUSES(LW_EINVAL, "x", CALL(&good, 0, in, BATCH, NULL, in, s.z, out, &by_sgd));
        REFUSES(LW_EINVAL, "x", CALL(&good, 0, in, BATCH, s.x, in - 1, s.z, out, &by_sgd));
        REFUSES(LW_EINVAL, "dz", CALL(&good, 0, in, BATCH, s.x, in, NULL, out, &by_sgd));
        REFUSES(LW_EINVAL, "dz", CALL(&good, 0, in, BATCH, s.x, in, s.z, out - 1, &by_sgd));
        REFUSES(LW_EINVAL, "rows", CALL(&good, 1, in, BATCH, s.x, in, s.z, out, &by_sgd));
        for (size_t i = 0; i < HUGE_SIZES; i++) {
            const size_t huge = huge_sizes[i];
            REFUSES(LW_EINVAL, "rows", CALL(&good, huge, 1, BATCH, s.x, in, s.z, out, &by_sgd));
            REFUSES(LW_EINVAL, "rows", CALL(&good, 1, huge, BATCH, s.x, in, s.z, out, &by_sgd));
            REFUSES(LW_EINVAL, "batch", CALL(&good, 0, in, huge, s.x, in, s.z, out, &by_sgd));
            REFUSES(LW_EINVAL, "x", CALL(&good, 0, in, BATCH, s.x, huge, s.z, out, &by_sgd));
            REFUSES(LW_EINVAL, "dz", CALL(&good, 0, in, BATCH, s.x, in, s.z, huge, &by_sgd));
        }
        REFUSES(LW_EOVERLAP, "w", CALL(&good, 0, in, BATCH, s.w + 1, in, s.z, out, &by_sgd));
        REFUSES(LW_EOVERLAP, "m", CALL(&good, 0, in, BATCH, s.x, in, s.m, out, &by_sgd));
        REFUSES(LW_EOVERLAP, "b_v", CALL(&good, 0, in, BATCH, s.x, in, s.b_v, out, &by_adam));
        ACCEPTS(CALL(&good, 0, in, 0, NULL, in, NULL, out, &by_sgd));
        IDLE(CALL(&good, in, 0, BATCH, s.x, in, s.z, out, &of_w_alone));
    }
#undef CALL
}

void bad_weights_update(void)
{
    watch_memory(&s, sizeof s);
#define CALL(weights, first, count, g, gb, update)                                                 \
    lw_weights_update(weights, first, count, g, gb, update)
    REFUSES(LW_EINVAL, "weights", CALL(NULL, 0, 1, s.x, s.z, &by_sgd));
    for (int i = 0; i < BAD_ENUMS; i++) {
        const lw_weights bad = with_form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights", CALL(&bad, 0, 1, s.x, s.z, &by_sgd));
    }
    for (size_t form = 0; form < FORMS; form++) {
        const lw_weights good = of_form(form), no_isa = without_isa(form), no_w = without_w(form);
        const size_t in = good.in;
        REFUSES(LW_EINVAL, "weights", CALL(&no_isa, 0, in, s.x, s.z, &by_sgd));
        REFUSES(LW_EINVAL, "w", CALL(&no_w, 0, in, s.x, s.z, &by_sgd));
        REFUSES(LW_EINVAL, "g", CALL(&good, 0, in, NULL, s.z, &by_sgd));
        REFUSES(LW_EINVAL, "gb", CALL(&good, 0, in, s.x, NULL, &by_sgd));
        REFUSES(LW_EINVAL, "update", CALL(&good, 0, in, s.x, s.z, NULL));
        for (size_t i = 0; i < BAD_UPDATES; i++)
            REFUSES(LW_EINVAL, bad_updates[i].word,
                    CALL(&good, 0, in, s.x, s.z, &bad_updates[i].update));
        for (size_t i = 0; i < HUGE_SIZES; i++) {
            const size_t huge = huge_sizes[i];
            lw_weights bad = good;
            REFUSES(LW_EINVAL, "rows", CALL(&good, huge, 1, s.x, s.z, &by_sgd));
            REFUSES(LW_EINVAL, "rows", CALL(&good, 1, huge, s.x, s.z, &by_sgd));
            bad.in = huge;
            REFUSES(LW_EINVAL, "w", CALL(&bad, 0, 1, s.x, s.z, &by_sgd));
            bad = good;
            bad.out = huge;
            REFUSES(LW_EINVAL, "w", CALL(&bad, 0, 1, s.x, s.z, &by_sgd));
        }
        REFUSES(LW_EOVERLAP, "w", CALL(&good, 0, in, s.w + 1, s.z, &by_sgd));
        REFUSES(LW_EOVERLAP, "b", CALL(&good, 0, in, s.x, s.b, &by_sgd));
        IDLE(CALL(&good, in, 0, s.x, NULL, &of_w_alone));
    }
#undef CALL
}
