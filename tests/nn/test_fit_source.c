/* Training on batches from a callback. */
#include "training_problem.h"

#include <math.h>
#include <stdlib.h>

typedef struct stream {
    const problem *problem;
    size_t at, total;
    size_t too_many; /* rows reported beyond max_rows */
    lw_status status;
    int poison; /* delivers a NaN in row 2 of the second batch */
} stream;

static lw_status next_batch(void *user, size_t epoch, int first, size_t max_rows, float *x,
                            float *values, int32_t *labels, size_t *rows)
{
    stream *s = user;
    (void)epoch;
    if (s->status != LW_OK)
        return lw_fail(s->status, "the stream broke");
    ck_assert_ptr_null(values);
    if (first)
        s->at = 0;
    const size_t left = s->total - s->at;
    *rows = left < max_rows ? left : max_rows;
    memcpy(x, s->problem->x + s->at * INPUTS, *rows * INPUTS * sizeof *x);
    memcpy(labels, s->problem->labels + s->at, *rows * sizeof *labels);
    if (s->poison && s->at > 0 && *rows > 2)
        x[2 * INPUTS + 1] = NAN;
    s->at += *rows;
    *rows += s->too_many;
    return LW_OK;
}

START_TEST(a_source_trains_like_its_data_set)
{
    problem p = make_problem(ROWS);
    stream s = {.problem = &p, .total = ROWS};
    const lw_batch_source source = {.size = sizeof source,
                                    .inputs = INPUTS,
                                    .outputs = OUTPUTS,
                                    .has_labels = 1,
                                    .next = next_batch,
                                    .user = &s};
    observer seen = {0};
    const lw_fit_options options = {.size = sizeof options,
                                    .batch_size = 4,
                                    .epochs = 3,
                                    .no_shuffle = 1,
                                    .on_batch = see_batch,
                                    .user = &seen};
    lw_net *streamed = net_with_output(LW_ACTIVATION_SOFTMAX),
           *whole = net_with_output(LW_ACTIVATION_SOFTMAX);
    ASSERT_OK(lw_fit_source(streamed, &source, &options));
    ck_assert_uint_eq(seen.batches, 9);
    ASSERT_OK(lw_fit(whole, &p.data, &options));
    float *of_streamed = parameters_of(streamed), *of_whole = parameters_of(whole);
    assert_same_bits("parameters", lw_net_parameter_count(whole), of_streamed, of_whole);
    free(of_streamed);
    free(of_whole);
    lw_net_destroy(streamed);
    lw_net_destroy(whole);
    free_problem(&p);
}
END_TEST

START_TEST(invalid_batches_end_the_run)
{
    problem p = make_problem(ROWS);
    stream s = {.problem = &p, .total = ROWS};
    lw_batch_source source = {.size = sizeof source,
                              .inputs = INPUTS,
                              .outputs = OUTPUTS,
                              .has_labels = 1,
                              .next = next_batch,
                              .user = &s};
    const lw_fit_options options = {.size = sizeof options, .batch_size = 4};
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX),
           *sigmoid = net_with_output(LW_ACTIVATION_SIGMOID);
    ASSERT_FAILS(LW_EINVAL, "source", lw_fit_source(net, NULL, &options));
    source.size = 0;
    ASSERT_FAILS(LW_EINVAL, "size of lw_batch_source", lw_fit_source(net, &source, &options));
    source.size = sizeof source;
    ASSERT_FAILS(LW_EINVAL, "LW_FULL_BATCH",
                 lw_fit_source(net, &source,
                               &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                 .batch_size = LW_FULL_BATCH}));
    ASSERT_FAILS(LW_ENOMEM, "memory",
                 lw_fit_source(net, &source,
                               &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                 .batch_size = SIZE_MAX / 256}));
    ASSERT_FAILS(LW_ESHAPE, "labels", lw_fit_source(sigmoid, &source, &options));
    source.inputs = INPUTS + 1;
    ASSERT_FAILS(LW_ESHAPE, "inputs", lw_fit_source(net, &source, &options));
    source.inputs = INPUTS;
    source.outputs = OUTPUTS + 1;
    ASSERT_FAILS(LW_ESHAPE, "classes", lw_fit_source(net, &source, &options));
    source.outputs = OUTPUTS;

    s.status = LW_EIO;
    ASSERT_FAILS(LW_EIO, "broke", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = 0};
    ASSERT_FAILS(LW_EDATA, "no rows", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS, .too_many = 1};
    ASSERT_FAILS(LW_EDATA, "returned 5 rows; at most 4", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS, .poison = 1};
    ASSERT_FAILS(LW_EDATA, "row 2, column 1", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS};
    p.labels[9] = OUTPUTS;
    ASSERT_FAILS(LW_EDATA, "row 1", lw_fit_source(net, &source, &options));
    lw_net_destroy(net);
    lw_net_destroy(sigmoid);
    free_problem(&p);
}
END_TEST

int main(void)
{
    TCase *streams = tcase_create("streams");
    tcase_set_timeout(streams, 60);
    tcase_add_test(streams, a_source_trains_like_its_data_set);
    tcase_add_test(streams, invalid_batches_end_the_run);
    return run_case("fit source", streams);
}
