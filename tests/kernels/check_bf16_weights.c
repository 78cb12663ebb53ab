/* Master weights of bf16 layers: the fused update has the bits of its three parts; errors. */
#include "checks.h"
#include "data.h"
#include "failure.h"

#include <lanewise/internal/bf16.h>
#include <stdlib.h>
#include <string.h>

/* Zeroed, aligned to a cache line, with space for the whole vectors that a read may cover. */
static void *zeroed(size_t bytes)
{
    const size_t allocated = (bytes + 127) / 64 * 64;
    void *memory = aligned_alloc(64, allocated);
    if (!memory)
        abort();
    memset(memory, 0, allocated);
    return memory;
}

/* Everything that an update modifies. */
struct master {
    lw_weights weights;
    size_t floats, forward_size, backward_size;
    float *m, *v, *b, *b_m, *b_v;
    lw_bf16 *forward, *backward;
};

static struct master create_master(size_t in, size_t out)
{
    struct master a = {.weights = lw_bf16_weights_of(in, out)};
    a.floats = lw_weights_floats(&a.weights);
    a.forward_size = lw_bf16_packed_size(in, out);
    a.backward_size = lw_bf16_packed_size(out, in);
    a.weights.w = zeroed(a.floats * sizeof(float));
    a.m = zeroed(a.floats * sizeof(float));
    a.v = zeroed(a.floats * sizeof(float));
    a.b = zeroed(out * sizeof(float));
    a.b_m = zeroed(out * sizeof(float));
    a.b_v = zeroed(out * sizeof(float));
    a.forward = zeroed(a.forward_size * sizeof(lw_bf16));
    a.backward = zeroed(a.backward_size * sizeof(lw_bf16));
    struct generator from = {in * 1000 + out};
    for (size_t i = 0; i < in; i++)
        for (size_t j = 0; j < out; j++)
            a.weights.w[lw_weights_index(&a.weights, i, j)] = generate_value(&from, UNIFORM);
    return a;
}

static void destroy_master(struct master *a)
{
    void *const all[] = {a->weights.w, a->m, a->v, a->b, a->b_m, a->b_v, a->forward, a->backward};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static lw_layer_update update_of(const struct master *a, const lw_adam_update_params *adam,
                                 int with_bias)
{
    return (lw_layer_update){.adam = adam,
                             .m = a->m,
                             .v = a->v,
                             .b = with_bias ? a->b : NULL,
                             .b_m = a->b_m,
                             .b_v = a->b_v};
}

static void compare(struct tally *tally, const struct master *got, const struct master *want,
                    const char *what)
{
    const size_t floats = want->floats * sizeof(float), out = want->weights.out * sizeof(float);
    const int same = !memcmp(got->weights.w, want->weights.w, floats) &&
                     !memcmp(got->m, want->m, floats) && !memcmp(got->v, want->v, floats) &&
                     !memcmp(got->b, want->b, out) && !memcmp(got->b_m, want->b_m, out) &&
                     !memcmp(got->b_v, want->b_v, out);
    TALLY_CHECK(tally, same, "%s: parameters or moments of %zu x %zu differ", what,
                want->weights.in, want->weights.out);
    TALLY_CHECK(tally, !memcmp(got->forward, want->forward, want->forward_size * sizeof(lw_bf16)),
                "%s: forward copy of %zu x %zu differs", what, want->weights.in, want->weights.out);
    TALLY_CHECK(
        tally, !memcmp(got->backward, want->backward, want->backward_size * sizeof(lw_bf16)),
        "%s: backward copy of %zu x %zu differs", what, want->weights.in, want->weights.out);
}

/* Pairs of random rows. */
static lw_bf16 *random_pairs(size_t rows, size_t cols, uint64_t seed)
{
    struct generator from = {seed};
    float *x = zeroed(rows * cols * sizeof *x);
    for (size_t i = 0; i < rows * cols; i++)
        x[i] = generate_value(&from, UNIFORM);
    lw_bf16 *vnni2 = zeroed((rows + 1) / 2 * 2 * cols * sizeof *vnni2);
    const lw_bf16_output to = {.vnni2 = vnni2, .ld_vnni2 = cols};
    if (lw_bf16_gather(rows, cols, x, cols, NULL, &to) != LW_OK)
        abort();
    free(x);
    return vnni2;
}

static const lw_adam_update_params adam = {
    .learning_rate = 0.01f, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .step = 3};

/* The three calls that lw_bf16_weights_update replaces; copies by lw_bf16_pack from rows. */
static void apply_parts(struct tally *tally, struct master *a, size_t batch, const lw_bf16 *x,
                        const lw_bf16 *dz)
{
    const size_t in = a->weights.in, out = a->weights.out;
    float *dw = zeroed(in * out * sizeof *dw), *db = zeroed(out * sizeof *db);
    const lw_layer_update update = update_of(a, &adam, 1);
    lw_status status =
        lw_bf16_linear_backward_weights(batch, in, out, x, in, dz, out, 0.0f, dw, out, db);
    if (status == LW_OK)
        status = lw_weights_update(&a->weights, 0, in, dw, db, &update);
    lw_weights_unpack(&a->weights, a->weights.w, dw);
    if (status == LW_OK)
        status = lw_bf16_pack(in, out, 0, in, 0, out, dw, out, a->forward, a->backward);
    TALLY_CHECK(tally, status == LW_OK, "%s", lw_last_error());
    free(dw);
    free(db);
}

static void check_update(struct tally *tally, size_t batch, size_t in, size_t out)
{
    struct master want = create_master(in, out), got = create_master(in, out);
    lw_bf16 *x = random_pairs(batch, in, 1), *dz = random_pairs(batch, out, 2);
    apply_parts(tally, &want, batch, x, dz);
    const size_t half = in / 2 / LW_BF16_PANEL * LW_BF16_PANEL;
    for (size_t first = 0; first < in; first = first < half ? half : in) {
        const lw_layer_update update = update_of(&got, &adam, first == 0);
        const lw_status status =
            lw_bf16_weights_update(&got.weights, first, first < half ? half : in - first, batch, x,
                                   in, dz, out, &update, got.forward, got.backward);
        TALLY_CHECK(tally, status == LW_OK, "%s", lw_last_error());
    }
    compare(tally, &got, &want, "update");
    memset(got.forward, 0, got.forward_size * sizeof(lw_bf16));
    memset(got.backward, 0, got.backward_size * sizeof(lw_bf16));
    const lw_status status = lw_bf16_weights_pack(&got.weights, 0, in, got.forward, got.backward);
    TALLY_CHECK(tally, status == LW_OK, "%s", lw_last_error());
    compare(tally, &got, &want, "pack");
    free(x);
    free(dz);
    destroy_master(&want);
    destroy_master(&got);
}

static void check_refusals(struct tally *tally)
{
    static const char update_name[] = "lw_bf16_weights_update", pack[] = "lw_bf16_weights_pack";
    struct master a = create_master(70, 40), before = create_master(70, 40);
    lw_bf16 *x = random_pairs(4, 70, 1), *dz = random_pairs(4, 40, 2);
    const lw_layer_update good = update_of(&a, &adam, 1);
    lw_layer_update bad = good;
    bad.m = NULL;
#define CALL(first, count, batch, from, update)                                                    \
    lw_bf16_weights_update(&a.weights, first, count, batch, from, 70, dz, 40, update, a.forward,   \
                           a.backward)
    failure_check(tally, CALL(16, 32, 4, x, &good), LW_EINVAL, update_name, "rows");
    failure_check(tally, CALL(0, 33, 4, x, &good), LW_EINVAL, update_name, "rows");
    failure_check(tally, CALL(64, 7, 4, x, &good), LW_EINVAL, update_name, "rows");
    failure_check(tally, CALL(0, 70, LW_UPDATE_MAX_BATCH + 1, x, &good), LW_EINVAL, update_name,
                  "batch");
    failure_check(tally, CALL(0, 70, 4, x, &bad), LW_EINVAL, update_name, "moment");
    failure_check(tally, CALL(0, 70, 4, x, NULL), LW_EINVAL, update_name, "update");
    failure_check(tally, CALL(0, 70, 4, NULL, &good), LW_EINVAL, update_name, "x");
    failure_check(tally, CALL(0, 70, 4, (const lw_bf16 *)(const void *)a.m, &good), LW_EOVERLAP,
                  update_name, "x");
#undef CALL
    failure_check(tally, lw_bf16_weights_pack(&a.weights, 1, 32, a.forward, a.backward), LW_EINVAL,
                  pack, "rows");
    lw_weights columns = a.weights;
    columns.layout = LW_WEIGHTS_TRANSPOSED;
    failure_check(tally, lw_bf16_weights_pack(&columns, 0, 70, a.forward, a.backward), LW_EINVAL,
                  pack, "layout");
    compare(tally, &a, &before, "refused");
    free(x);
    free(dz);
    destroy_master(&a);
    destroy_master(&before);
}

void check_bf16_weights(struct tally *tally, const struct operation *operation)
{
    static const size_t widths[] = {1, 7, 16, 31, 32, 33, 64, 70, 100, 129};
    static const size_t batches[] = {0, 1, 2, 7, 64, 101};
    enum { WIDTHS = sizeof widths / sizeof *widths, BATCHES = sizeof batches / sizeof *batches };
    (void)operation;
    for (size_t i = 0; i < WIDTHS; i++)
        for (size_t j = 0; j < WIDTHS; j++)
            for (size_t b = (i + j) % 2; b < BATCHES; b += 2)
                check_update(tally, batches[b], widths[i], widths[j]);
    check_update(tally, LW_UPDATE_MAX_BATCH, 70, 40);
    check_refusals(tally);
}
