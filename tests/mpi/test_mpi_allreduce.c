/* All-reduce over the ranks, compared with sums in double precision. */
#define _POSIX_C_SOURCE 200809L
#include "mpi_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- Operands ---- */

/* Sections of one buffer, reduced from the last to the first. */
typedef struct layout {
    const char *name;
    size_t bucket_bytes, gap; /* floats between sections */
    size_t count, sizes[8];
    size_t messages; /* expected */
} layout;

static const layout layouts[] = {
    {"one", 0, 0, 1, {1}, 1},
    {"nothing", 0, 0, 3, {0, 0, 0}, 0},
    {"adjacent", 0, 0, 5, {7, 0, 1, 1001, 33}, 1},
    {"adjacent, buckets of 2", 8, 0, 5, {1, 1, 1, 1, 1}, 3},
    {"exactly full buckets", 4 * 40, 0, 4, {8, 32, 30, 10}, 2},
    {"larger than a bucket", 64, 0, 3, {4099, 5, 20011}, 2},
    {"larger than a default bucket", 0, 0, 3, {263007, 1, 5}, 1},
    {"not adjacent", 0, 16, 4, {31, 1, 0, 64}, 3},
    {"buckets of less than a float", 1, 0, 3, {5, 0, 3}, 2},
    {"more reductions than the initial capacity", 4, 3, 8, {1, 2, 3, 4, 5, 6, 7, 8}, 8},
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static size_t floats_of(const layout *l)
{
    size_t n = l->gap;
    for (size_t i = 0; i < l->count; i++)
        n += l->sizes[i] + l->gap;
    return n;
}

/* The operand of a rank. */
static float *input_of(int of_rank, size_t n)
{
    return uniform_floats(n, -2.0f, 1.0f, 100 + (uint64_t)of_rank);
}

static void add_sections(const layout *l, const lw_ranks *ranks, float *x)
{
    size_t end = floats_of(l);
    for (size_t i = l->count; i-- > 0;) {
        end -= l->gap + l->sizes[i];
        ASSERT_OK(ranks->allreduce_f32(ranks->user, l->sizes[i], x + end));
    }
}

/* Whether element i belongs to a section. */
static int is_section(const layout *l, size_t i)
{
    size_t begin = l->gap;
    for (size_t s = 0; s < l->count; s++) {
        if (i >= begin && i < begin + l->sizes[s])
            return 1;
        begin += l->sizes[s] + l->gap;
    }
    return 0;
}

/* u: unit roundoff; roundings: per operand; tiny: absolute error from flushing near 0. */
static void check_sums(const layout *l, const float *got, double u, int roundings, double tiny)
{
    const size_t n = floats_of(l);
    double *sum = calloc(n + 1, sizeof *sum), *absolute = calloc(n + 1, sizeof *absolute);
    ck_assert(sum && absolute);
    float *own = input_of(rank, n);
    for (int r = 0; r < rank_count; r++) {
        float *in = input_of(r, n);
        for (size_t i = 0; i < n; i++) {
            sum[i] += (double)in[i];
            absolute[i] += fabs((double)in[i]);
        }
        free(in);
    }
    const double g = roundings * u / (1.0 - roundings * u);
    for (size_t i = 0; i < n; i++) {
        const int in_section = is_section(l, i);
        const double want = in_section ? sum[i] : (double)own[i],
                     bound = in_section ? g * absolute[i] + tiny : 0.0;
        if (!(fabs((double)got[i] - want) <= bound))
            ck_abort_msg("%s: element %zu is %.9g, not %.9g +- %.3g", l->name, i, (double)got[i],
                         want, bound);
    }
    free(sum);
    free(absolute);
    free(own);
}

/* Reduces the sections of a layout. Released with free. */
static float *sums_of(const layout *l, const lw_ranks *ranks)
{
    float *x = input_of(rank, floats_of(l));
    add_sections(l, ranks, x);
    ASSERT_OK(ranks->wait(ranks->user));
    return x;
}

/* Compares sections only: the gaps differ between ranks. */
static void assert_equal_sections(const layout *l, const float *x)
{
    size_t begin = l->gap;
    for (size_t s = 0; s < l->count; s++) {
        assert_same_on_all_ranks(l->name, x + begin, l->sizes[s] * sizeof *x);
        begin += l->sizes[s] + l->gap;
    }
}

/* ---- Tests ---- */

START_TEST(floats_are_reduced)
{
    const layout *l = &layouts[_i];
    lw_mpi *mpi = make_mpi(l->bucket_bytes, LW_PRECISION_FP32);
    for (int step = 0; step < 3; step++) {
        float *x = sums_of(l, lw_mpi_ranks(mpi));
        check_sums(l, x, 0x1p-24, rank_count - 1, 0.0);
        free(x);
    }
    lw_mpi_destroy(mpi);
}
END_TEST

START_TEST(bf16_is_reduced_within_its_bound)
{
    const layout *l = &layouts[_i];
    lw_mpi *mpi = make_mpi(l->bucket_bytes, LW_PRECISION_BF16);
    const int roundings = rank_count > 1 ? rank_count : 0; /* one rank does not round */
    for (int step = 0; step < 3; step++) {
        float *x = sums_of(l, lw_mpi_ranks(mpi));
        check_sums(l, x, 0x1p-8, roundings, 2.0 * roundings * 0x1p-126);
        free(x);
    }
    lw_mpi_destroy(mpi);
}
END_TEST

START_TEST(bits_are_equal_on_all_ranks_and_in_all_runs)
{
    enum { RUNS = 2, TIMES = 4 };
    const layout *l = &layouts[_i / 2];
    const size_t n = floats_of(l);
    float *first = NULL;
    for (int run = 0; run < RUNS; run++) {
        lw_mpi *mpi = make_mpi(l->bucket_bytes, _i % 2 ? LW_PRECISION_BF16 : LW_PRECISION_FP32);
        for (int time = 0; time < TIMES; time++) {
            /* Each rank is late in turn. */
            if (time % rank_count == rank)
                nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
            float *x = sums_of(l, lw_mpi_ranks(mpi));
            assert_equal_sections(l, x);
            ck_assert_msg(!first || memcmp(x, first, n * sizeof *x) == 0,
                          "%s: bits differ in run %d", l->name, time);
            free(first);
            first = x;
        }
        lw_mpi_destroy(mpi);
    }
    free(first);
}
END_TEST

START_TEST(messages_are_counted)
{
    const layout *l = &layouts[_i / 2];
    const int is_bf16 = _i % 2;
    lw_mpi *mpi = make_mpi(l->bucket_bytes, is_bf16 ? LW_PRECISION_BF16 : LW_PRECISION_FP32);
    free(sums_of(l, lw_mpi_ranks(mpi)));
    lw_mpi_times times;
    ASSERT_OK(lw_mpi_take_times(mpi, &times));
    const double bytes = (double)((floats_of(l) - (l->count + 1) * l->gap) * (is_bf16 ? 2 : 4));
    ck_assert_uint_eq(times.reductions, rank_count > 1 ? l->messages : 0);
    ck_assert_double_eq(times.bytes, rank_count > 1 ? bytes : 0.0);
    ck_assert(times.wait_seconds >= 0.0 && times.exchange_seconds >= times.wait_seconds);
    ck_assert_int_eq(times.exchange_seconds > 0.0, times.reductions > 0);
    ASSERT_OK(lw_mpi_take_times(mpi, &times));
    ck_assert(times.reductions == 0 && times.bytes == 0.0 && times.wait_seconds == 0.0 &&
              times.exchange_seconds == 0.0);
    lw_mpi_destroy(mpi);
}
END_TEST

/* As in a step: first the loss, which stays double, then gradients. */
START_TEST(doubles_and_floats_together)
{
    enum { N = 3, FLOATS = 50 };
    lw_mpi *mpi = make_mpi(0, _i ? LW_PRECISION_BF16 : LW_PRECISION_FP32);
    const lw_ranks *ranks = lw_mpi_ranks(mpi);
    for (int step = 0; step < 3; step++) {
        double x[N], want[N] = {0};
        float ones[FLOATS];
        for (int i = 0; i < N; i++) {
            x[i] = 1.0 / (3 + rank + i);
            for (int r = 0; r < rank_count; r++)
                want[i] += 1.0 / (3 + r + i);
        }
        for (int i = 0; i < FLOATS; i++)
            ones[i] = 1.0f;
        ASSERT_OK(ranks->allreduce_f64(ranks->user, N, x));
        ASSERT_OK(ranks->allreduce_f64(ranks->user, 0, NULL));
        ASSERT_OK(ranks->allreduce_f32(ranks->user, FLOATS, ones));
        ASSERT_OK(ranks->wait(ranks->user));
        for (int i = 0; i < N; i++)
            ck_assert_double_eq_tol(x[i], want[i], 0x1p-53 * rank_count * want[i]);
        for (int i = 0; i < FLOATS; i++)
            ck_assert_float_eq(ones[i], (float)rank_count);
        assert_same_on_all_ranks("doubles", x, sizeof x);
    }
    lw_mpi_destroy(mpi);
}
END_TEST

START_TEST(special_values_are_kept)
{
    lw_mpi *mpi = make_mpi(0, _i ? LW_PRECISION_BF16 : LW_PRECISION_FP32);
    const lw_ranks *ranks = lw_mpi_ranks(mpi);
    const int is_last = rank == rank_count - 1;
    float x[] = {is_last ? NAN : 1.0f, is_last ? INFINITY : 1.0f, 3e38f, -0.0f, 0.0f};
    ASSERT_OK(ranks->allreduce_f32(ranks->user, 5, x));
    ASSERT_OK(ranks->wait(ranks->user));
    ck_assert(isnan(x[0]));
    ck_assert(isinf(x[1]) && x[1] > 0.0f);
    ck_assert_int_eq(isinf(x[2]) != 0, rank_count > 1);
    ck_assert(x[3] == 0.0f && signbit(x[3]));
    ck_assert(x[4] == 0.0f && !signbit(x[4]));
    lw_mpi_destroy(mpi);
}
END_TEST

/* Messages of the caller and of two lw_mpi do not mix. */
START_TEST(communicators_are_separate)
{
    const size_t n = 1000;
    lw_mpi *a = make_mpi(4, LW_PRECISION_FP32),
           *b = make_mpi(4, LW_PRECISION_BF16); /* start every operand at once */
    float *x = uniform_floats(n, 1.0f, 1.0f, 1), *y = uniform_floats(n, 2.0f, 2.0f, 1);
    int z = 4;
    MPI_Request request;
    /* In a different order on each rank. */
    for (int i = 0; i < 3; i++)
        switch ((i + rank) % 3) {
        case 0:
            ASSERT_OK(lw_mpi_ranks(a)->allreduce_f32(lw_mpi_ranks(a)->user, n, x));
            break;
        case 1:
            ASSERT_OK(lw_mpi_ranks(b)->allreduce_f32(lw_mpi_ranks(b)->user, n, y));
            break;
        default:
            MPI_Iallreduce(MPI_IN_PLACE, &z, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, &request);
        }
    ASSERT_OK(lw_mpi_ranks(b)->wait(lw_mpi_ranks(b)->user));
    ASSERT_OK(lw_mpi_ranks(a)->wait(lw_mpi_ranks(a)->user));
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    for (size_t i = 0; i < n; i++)
        ck_assert(x[i] == (float)rank_count && y[i] == 2.0f * (float)rank_count);
    ck_assert_int_eq(z, 4 * rank_count);
    free(x);
    free(y);
    lw_mpi_destroy(a);
    lw_mpi_destroy(b);
}
END_TEST

/* Different buckets would block forever. */
START_TEST(different_options_are_rejected)
{
    const int is_last = rank == rank_count - 1;
    const struct {
        lw_mpi_options options;
        const char *name;
    } others[] = {{{.size = sizeof(lw_mpi_options), .bucket_bytes = 8}, "bucket_bytes"},
                  {{.size = sizeof(lw_mpi_options), .gradients = LW_PRECISION_BF16}, "gradients"}};
    lw_mpi *mpi = NULL;
    const lw_status status =
        lw_mpi_create(&mpi, MPI_COMM_WORLD, is_last ? &others[_i].options : NULL);
    ck_assert_int_eq(status, rank_count > 1 ? LW_EINVAL : LW_OK);
    ck_assert(status == LW_OK || strstr(lw_last_error(), others[_i].name));
    lw_mpi_destroy(mpi);
    /* The default, and the same value set explicitly. */
    const lw_mpi_options written = {.size = sizeof written, .bucket_bytes = 1 << 20};
    ASSERT_OK(lw_mpi_create(&mpi, MPI_COMM_WORLD, is_last ? &written : NULL));
    lw_mpi_destroy(mpi);
}
END_TEST

int main(int argc, char **argv)
{
    begin_suite(&argc, &argv);
    run_test("floats", floats_are_reduced, LAYOUTS);
    run_test("bf16", bf16_is_reduced_within_its_bound, LAYOUTS);
    run_test("bits", bits_are_equal_on_all_ranks_and_in_all_runs, 2 * LAYOUTS);
    run_test("messages", messages_are_counted, 2 * LAYOUTS);
    run_test("doubles", doubles_and_floats_together, 2);
    run_test("special values", special_values_are_kept, 2);
    run_test("communicators", communicators_are_separate, 1);
    run_test("options", different_options_are_rejected, 2);
    return end_suite();
}
