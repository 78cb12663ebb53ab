/* bf16: conversions and packing. */
#include <lanewise/internal/bf16.h>

#include "bf16_operand.h"
#include "dispatch.h"

lw_status lw_bf16_from_float(size_t n, const float *x, lw_bf16 *y)
{
    static const char name[] = "lw_bf16_from_float";
    const struct lw_operand source = lw_vector_operand("x", x, n);
    const struct lw_operand result = lw_bf16_vector_operand("y", y, n);
    const lw_status status = lw_check_output(name, &result, &source, 1);
    if (status == LW_OK)
        lw_isa_current()->bf16_from_float(n, x, y);
    return status;
}

lw_status lw_bf16_to_float(size_t n, const lw_bf16 *x, float *y)
{
    static const char name[] = "lw_bf16_to_float";
    const struct lw_operand source = lw_bf16_vector_operand("x", x, n);
    const struct lw_operand result = lw_vector_operand("y", y, n);
    const lw_status status = lw_check_output(name, &result, &source, 1);
    if (status == LW_OK)
        lw_isa_current()->bf16_to_float(n, x, y);
    return status;
}

lw_status lw_bf16_gather(size_t rows, size_t cols, const float *x, size_t ldx, const size_t *index,
                         const lw_bf16_output *y)
{
    static const char name[] = "lw_bf16_gather";
    const size_t numbers = sizeof *index / sizeof *x; /* size of an index in floats */
    const struct lw_operand operands[] = {
        {"x", x, rows > 0 && index ? 1 : rows, cols, ldx},
        lw_optional_operand((struct lw_operand){"index", index, rows, numbers, numbers}),
    };
    const lw_status status = lw_bf16_check_output(name, rows, cols, y, "y", operands, 2);
    if (status != LW_OK || cols == 0)
        return status;
    const struct lw_isa *isa = lw_isa_current();
    const struct lw_bf16_epilogue epilogue = {.kind = LW_EPILOGUE_FORWARD, .to = *y};
    for (size_t i = 0; i < rows; i += 2) {
        const float *upper = x + (index ? index[i] : i) * ldx;
        const float *lower = i + 1 < rows ? x + (index ? index[i + 1] : i + 1) * ldx : NULL;
        isa->bf16_two_rows(&epilogue, i, cols, upper, lower);
    }
    return LW_OK;
}

size_t lw_bf16_packed_size(size_t k, size_t n)
{
    size_t elements;
    if (k > SIZE_MAX - 1 || n > SIZE_MAX - (LW_BF16_PANEL - 1) ||
        __builtin_mul_overflow(k + k % 2, (n + LW_BF16_PANEL - 1) / LW_BF16_PANEL * LW_BF16_PANEL,
                               &elements) ||
        elements > PTRDIFF_MAX / sizeof(lw_bf16))
        return 0;
    return elements;
}

static lw_status check_range(const char *function, const char *what, struct lw_range range,
                             size_t size)
{
    if (range.begin % LW_BF16_PANEL != 0 || range.begin > range.end || range.end > size ||
        (range.end % LW_BF16_PANEL != 0 && range.end != size))
        return lw_fail(LW_EINVAL, "%s: %s %zu to %zu are not whole panels of %zu", function, what,
                       range.begin, range.end, size);
    return LW_OK;
}

lw_status lw_bf16_pack(size_t in, size_t out, size_t row_begin, size_t row_end, size_t col_begin,
                       size_t col_end, const float *w, size_t ldw, lw_bf16 *forward,
                       lw_bf16 *backward)
{
    static const char name[] = "lw_bf16_pack";
    const struct lw_operand operands[] = {
        {"w", w, in, out, ldw},
        lw_optional_operand(lw_bf16_packed_operand("backward", backward, out, in)),
    };
    const struct lw_operand ahead =
        lw_optional_operand(lw_bf16_packed_operand("forward", forward, in, out));
    struct lw_bf16_block block = {
        .in = in,
        .out = out,
        .rows = {row_begin, row_end},
        .cols = {col_begin, col_end},
        .w = w,
        .ldw = ldw,
        .forward = lw_bf16_as_floats(forward),
        .backward = lw_bf16_as_floats(backward),
    };
    lw_status status = check_range(name, "rows", block.rows, in);
    if (status == LW_OK)
        status = check_range(name, "columns", block.cols, out);
    if (status == LW_OK)
        status = lw_check_output(name, &ahead, operands, 2);
    if (status == LW_OK)
        status = lw_check_output(name, &operands[1], operands, 1);
    if (status == LW_OK)
        lw_isa_current()->bf16_pack(&block);
    return status;
}
