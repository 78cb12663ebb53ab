/* Option structs of callers that were compiled with the headers of another version. */
#include "fixture.h"

#include "base/options.h"
#include <lanewise/nn.h>

#include <stdint.h>
#include <stdlib.h>

typedef struct version1 {
    size_t size;
    double first;
} version1;

typedef struct version2 {
    size_t size;
    double first;
    size_t second;
} version2;

typedef struct version3 {
    size_t size;
    double first;
    size_t second;
    uint32_t third[2];
} version3;

static lw_status read_options(version2 *options, const void *from)
{
    return lw_read_options("reader", LW_OPTIONS_TYPE(version2, first), options, from);
}

START_TEST(missing_members_are_0)
{
    version2 options = {9, 9.0, 9};
    ASSERT_OK(read_options(&options, &(version1){sizeof(version1), 0.5}));
    ck_assert(options.first == 0.5 && options.second == 0);
    ASSERT_OK(read_options(&options, &(version2){sizeof(version2), 0.25, 7}));
    ck_assert(options.first == 0.25 && options.second == 7);
}
END_TEST

START_TEST(excess_bytes_must_be_0)
{
    version2 options = {9, 9.0, 9};
    version3 newer = {sizeof newer, 0.5, 3, {0, 1}};
    ASSERT_FAILS(LW_EINVAL, "of version2 is set", read_options(&options, &newer));
    ck_assert(options.first == 9.0 && options.second == 9);
    newer.third[1] = 0;
    ASSERT_OK(read_options(&options, &newer));
    ck_assert(options.first == 0.5 && options.second == 3);
}
END_TEST

START_TEST(other_sizes_are_rejected)
{
    static const size_t sizes[] = {0, 1, sizeof(version1) - 1, LW_OPTIONS_MAX_BYTES + 1, SIZE_MAX};
    version2 options = {9, 9.0, 9};
    static union {
        version2 options;
        unsigned char buffer[2 * LW_OPTIONS_MAX_BYTES];
    } given;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        given.options = (version2){sizes[i], 0.5, 3};
        ASSERT_FAILS(LW_EINVAL, "set .size = sizeof(version2)", read_options(&options, &given));
        ck_assert(options.first == 9.0 && options.second == 9);
    }
}
END_TEST

/* ---- Functions with options ------------------------------------------------------------------ */

/* A newer struct: the current one with an additional member. */
typedef struct newer_fit {
    lw_fit_options known;
    size_t added;
} newer_fit;

static lw_status no_batches(void *user, size_t epoch, int first, size_t max_rows, float *x,
                            float *values, int32_t *labels, size_t *rows)
{
    (void)epoch, (void)first, (void)max_rows, (void)x, (void)values, (void)labels;
    *rows = 0;
    ++*(int *)user;
    return LW_OK;
}

START_TEST(fit_accepts_newer_structs)
{
    const float x[] = {1.0f, 2.0f}, y[] = {1.0f, 0.0f};
    const lw_dataset data = {.rows = 2, .inputs = 1, .outputs = 1, .x = x, .target = {.values = y}};
    const lw_layer_spec layer = {.units = 1};
    lw_net *net = make_net(1, &layer, 1, 1);
    newer_fit options = {.known = {.size = sizeof options, .epochs = 1}};
    ASSERT_OK(lw_fit(net, &data, &options.known));
    options.added = 1;
    ASSERT_FAILS(LW_EINVAL, "lw_fit: byte", lw_fit(net, &data, &options.known));

    struct {
        lw_batch_source known;
        size_t added;
    } source;
    int calls = 0;
    memset(&source, 0, sizeof source);
    source.known = (lw_batch_source){sizeof source, 1, 1, 0, no_batches, &calls};
    options.added = 0;
    lw_status status = lw_fit_source(net, &source.known, &options.known);
    ck_assert(calls == 1 && (status == LW_OK || status == LW_EDATA));
    source.added = 1;
    ASSERT_FAILS(LW_EINVAL, "lw_fit_source: byte",
                 lw_fit_source(net, &source.known, &options.known));
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("struct_sizes");
    tcase_add_test(cases, missing_members_are_0);
    tcase_add_test(cases, excess_bytes_must_be_0);
    tcase_add_test(cases, other_sizes_are_rejected);
    tcase_add_test(cases, fit_accepts_newer_structs);
    return run_case("struct_sizes", cases);
}
