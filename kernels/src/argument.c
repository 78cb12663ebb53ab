#include "argument.h"

/* Elements from the first to one past the last; rows and cols are not 0. */
static size_t extent(const struct lw_operand *x)
{
    return (x->rows - 1) * x->ld + x->cols;
}

static int is_empty(const struct lw_operand *x)
{
    return x->rows == 0 || x->cols == 0;
}

lw_status lw_check_operand(const char *function, const struct lw_operand *x)
{
    if (x->ld < x->cols)
        return lw_fail(LW_EINVAL, "%s: leading dimension %zu of %s is below its %zu columns",
                       function, x->ld, x->name, x->cols);
    if (is_empty(x))
        return LW_OK;
    if (!x->data)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function, x->name);
    size_t last_row, elements;
    if (__builtin_mul_overflow(x->rows - 1, x->ld, &last_row) ||
        __builtin_add_overflow(last_row, x->cols, &elements) ||
        elements > PTRDIFF_MAX / sizeof(float))
        return lw_fail(LW_EINVAL, "%s: %s of %zu x %zu overflows the address space", function,
                       x->name, x->rows, x->cols);
    return LW_OK;
}

static int overlaps(const struct lw_operand *x, const struct lw_operand *y)
{
    if (is_empty(x) || is_empty(y))
        return 0;
    const uintptr_t x0 = (uintptr_t)x->data, y0 = (uintptr_t)y->data;
    const uintptr_t x1 = x0 + extent(x) * sizeof(float), y1 = y0 + extent(y) * sizeof(float);
    if (x1 <= y0 || y1 <= x0)
        return 0;
    /* Interleaved column blocks of one matrix: each row of one is in a gap of the other. */
    if (x->ld == y->ld && (y0 - x0) % sizeof(float) == 0) {
        const size_t ld = x->ld;
        const size_t shift =
            y0 >= x0 ? (y0 - x0) / sizeof(float) % ld : (ld - (x0 - y0) / sizeof(float) % ld) % ld;
        return shift < x->cols || shift + y->cols > ld;
    }
    return 1;
}

/* Whether both are the same elements. */
static int same(const struct lw_operand *x, const struct lw_operand *y)
{
    return x->data == y->data && (x->ld == y->ld || x->rows <= 1);
}

lw_status lw_check_all(const char *function, const struct lw_operand *output,
                       const struct lw_operand *others, size_t count, int in_place)
{
    lw_status status = lw_check_operand(function, output);
    for (size_t i = 0; i < count && status == LW_OK; i++) {
        const struct lw_operand *other = &others[i];
        status = lw_check_operand(function, other);
        if (status == LW_OK && !(in_place && same(output, other)) && overlaps(output, other))
            return lw_fail(LW_EOVERLAP, "%s: %s shares memory with %s", function, output->name,
                           other->name);
    }
    return status;
}
