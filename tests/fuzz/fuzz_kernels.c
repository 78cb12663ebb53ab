/*
 * The kernels. The bytes of an input select instruction set, function, shape, strides, memory and
 * numbers. The checks of tests/kernels compare the result with double precision, or bit for bit
 * with an equivalent function. Memory around the operands and between their rows must not change,
 * and the guard pages around them must not be accessed.
 */
#include "cases.h"
#include "fuzz.h"
#include "operations.h"

#include <math.h>
#include <string.h>

enum { MAX_STEPS = 100000 };

typedef struct draws {
    const uint8_t *next, *end;
} draws;

/* The next byte; 0 after the last. */
static unsigned draw(draws *from)
{
    return from->next < from->end ? *from->next++ : 0;
}

/* Mostly near the edges of vectors and tiles, sometimes a few tiles. Never 0, which tests/kernels
 * covers: clang's UBSan reports an offset of 0 to the NULL of an empty operand. */
static size_t draw_size(draws *from)
{
    const unsigned byte = draw(from);
    return byte < 210 ? 1 + byte % 70 : 71 + 7 * (byte - 210);
}

static struct size draw_shape(draws *from)
{
    struct size size;
    size.m = draw_size(from);
    size.n = draw_size(from);
    size.k = draw_size(from);
    while (size.m * size.n * size.k > MAX_STEPS)
        *(size.m >= size.n && size.m >= size.k ? &size.m
          : size.n >= size.k                   ? &size.n
                                               : &size.k) /= 2;
    return size;
}

static struct layout draw_layout(draws *from)
{
    const unsigned byte = draw(from);
    struct layout layout = {.memory = byte & 1 ? GUARDED : HEAP,
                            .side = byte & 2 ? GUARD_AFTER : GUARD_BEFORE,
                            .padding = byte >> 2 & 7,
                            .offset = byte >> 5 & 3};
    layout.tight = byte >> 7 ? TIGHT_LAST : TIGHT_NONE;
    return layout;
}

/* ---- Functions of kernels.h ---- */

static const float special[] = {0.0f,      -0.0f,      INFINITY, -INFINITY, NAN,
                                0x1p-149f, -0x1p-130f, 0x1p127f, -0x1p127f, 1.0f};
enum { SPECIALS = sizeof special / sizeof *special };

/* Writes special numbers into the inputs. Returns whether any were written. */
static int put_specials(draws *from, struct problem *p)
{
    const unsigned count = draw(from) % 8;
    int put = 0;
    for (unsigned i = 0; i < count && i < 4; i++) {
        struct operand *x = &p->operand[draw(from) % p->count];
        const unsigned high = draw(from), at = high * 31 + draw(from);
        const unsigned what = draw(from) % SPECIALS;
        const int is_input = x->use == INPUT || x->use == UPDATED;
        if (!x->data || !is_input || x->domain != REAL || x->rows * x->cols == 0)
            continue;
        x->before[at / x->cols % x->rows * x->ld + at % x->cols] = special[what];
        put = 1;
    }
    problem_restore(p);
    return put;
}

/* Factors of a product other than those of tests/kernels, none of them 0. */
static void draw_factors(draws *from, struct problem *p)
{
    struct parameters *q = &p->parameters;
    if (strcmp(p->operation->name, "lw_sgemm") != 0)
        return;
    if (q->alpha != 0.0f)
        q->alpha = (float)((int)draw(from) - 128) / 64.0f + 0x1p-8f;
    if (q->beta != 0.0f)
        q->beta = (float)((int)draw(from) - 128) / 64.0f + 0x1p-8f;
}

/* All instruction sets with FMA give the same bits. */
static void check_same_bits(struct tally *tally, struct problem *p, struct problem *other)
{
    const char *isa = lw_isa_name();
    if (strcmp(isa, "scalar") == 0)
        return;
    for (size_t i = 0; lw_isa_available(i); i++) {
        if (strcmp(lw_isa_available(i), "scalar") == 0 || strcmp(lw_isa_available(i), isa) == 0)
            continue;
        FUZZ_CHECK(lw_isa_select(lw_isa_available(i)) == LW_OK, "%s", lw_last_error());
        problem_restore(other);
        problem_run(tally, other);
        problem_compare(tally, p, other, lw_isa_available(i));
    }
}

static void run_operation(struct tally *tally, draws *from)
{
    const struct operation *operation = &operations[draw(from) % operation_count];
    const int variant = (int)(draw(from) % (unsigned)operation->variants);
    const struct layout layout = draw_layout(from);
    const enum fill fill = (enum fill)(draw(from) % (CANCELLING + 1));
    const unsigned packed = draw(from) % 4;
    const struct size size = draw_shape(from);
    struct problem p, other;
    fuzz_record_more("%s %d, %zu x %zu x %zu", operation->name, variant, size.m, size.n, size.k);
    problem_create(&p, operation, variant, size, layout, fill);
    if (packed == 0 && operation->extents == PRODUCT &&
        (strcmp(operation->name, "lw_sgemm") == 0 ||
         strcmp(operation->name, "lw_linear_forward") == 0)) {
        fuzz_record_more(", packed");
        case_packed(tally, &p);
        problem_destroy(&p);
        return;
    }
    draw_factors(from, &p);
    draws again = *from;
    if (put_specials(from, &p)) {
        fuzz_record_more(", special numbers");
        problem_create(&other, operation, variant, size, layout, fill);
        other.parameters = p.parameters;
        put_specials(&again, &other);
        problem_run(tally, &p);
        check_same_bits(tally, &p, &other);
        problem_destroy(&other);
    } else {
        struct expected expected = expected_create(&p);
        problem_run(tally, &p);
        expected_check(tally, &p, &expected, p.exact && fill == EIGHTHS);
        expected_free(&expected);
    }
    problem_destroy(&p);
}

/* ---- Functions of the other headers ---- */

static void run_weights(struct tally *tally, draws *from)
{
    const struct size size = draw_shape(from);
    const size_t variant = draw(from);
    fuzz_record_more("weights %zu, %zu x %zu x %zu", variant, size.m, size.n, size.k);
    case_weights_passes(tally, size.m, size.n, size.k, variant);
}

static void run_update(struct tally *tally, draws *from)
{
    const struct size size = draw_shape(from);
    const size_t variant = draw(from);
    fuzz_record_more("update %zu, %zu x %zu x %zu", variant, size.m, size.n, size.k);
    case_weights_update(tally, size.m, size.n, size.k, variant, 1 + variant % 2);
}

static void run_bf16(struct tally *tally, draws *from)
{
    const struct size size = draw_shape(from);
    const size_t round = draw(from);
    fuzz_record_more("bf16 %zu, %zu x %zu x %zu", round, size.m, size.n, size.k);
    case_bf16_layer(tally, size.m, size.n, size.k, round);
}

static void run_small_net(struct tally *tally, draws *from)
{
    /* More layers have more parameters than case_small_net can store. */
    enum { MAX_LAYERS = 5 };
    struct small_net_shape shape = {.inputs = draw(from) % (LW_SMALL_NET_MAX_INPUTS + 2)};
    shape.layer_count = 1 + draw(from) % MAX_LAYERS;
    for (size_t l = 0; l < shape.layer_count; l++) {
        const int is_last = l + 1 == shape.layer_count;
        shape.layers[l].units = draw(from) % (LW_SMALL_NET_MAX_UNITS + 2);
        const unsigned activations = LW_ACTIVATION_SOFTMAX + (unsigned)is_last;
        shape.layers[l].activation = (lw_activation)(draw(from) % activations);
    }
    const size_t rows = draw_size(from);
    const unsigned losses = LW_SMALL_NET_LOSS_LOGIT_GRADIENT + 1;
    const lw_small_net_loss loss = (lw_small_net_loss)(draw(from) % losses);
    const unsigned kind = draw(from);
    lw_small_net plan;
    const lw_status status =
        lw_small_net_plan(&plan, shape.inputs, shape.layer_count, shape.layers);
    fuzz_record_more("small net %zu-%zu, %zu layers, %zu rows: %s", shape.inputs,
                     shape.layers[0].units, shape.layer_count, rows, lw_status_name(status));
    if (status == LW_OK)
        case_small_net(tally, &shape, rows, loss, kind & 1 ? TARGET_LABELS : TARGET_VALUES,
                       kind >> 1 & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const runs[])(struct tally * tally, draws * from) = {
        run_operation, run_operation, run_operation, run_operation,
        run_weights,   run_update,    run_bf16,      run_small_net,
    };
    draws from = {bytes, bytes + size};
    struct tally tally = {0};
    size_t sets = 0;
    while (lw_isa_available(sets))
        sets++;
    lw_set_threads(1); /* only the calling thread may access a guard page */
    const char *isa = lw_isa_available(draw(&from) % sets);
    FUZZ_CHECK(lw_isa_select(isa) == LW_OK, "%s", lw_last_error());
    fuzz_record(LW_OK);
    runs[draw(&from) % (sizeof runs / sizeof *runs)](&tally, &from);
    FUZZ_CHECK(tally.failures == 0, "on %s: %zu of %zu failed, first: %s", isa, tally.failures,
               tally.checks, tally.first);
    return 0;
}
