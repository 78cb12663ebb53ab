#include "bf16_operand.h"

struct lw_operand lw_bf16_packed_operand(const char *name, const lw_bf16 *x, size_t k, size_t n)
{
    const size_t floats = lw_bf16_packed_size(k, n) / 2;
    /* A matrix beyond the address space becomes one row of that size, which is rejected. */
    return lw_vector_operand(name, x, floats > 0 || k == 0 || n == 0 ? floats : SIZE_MAX);
}

lw_status lw_bf16_check_ld(const char *function, const char *name, size_t cols, size_t ld)
{
    if (ld % 2 != 0 || ld < cols)
        return lw_fail(LW_EINVAL, "%s: leading dimension %zu of %s is odd or below its %zu columns",
                       function, ld, name, cols);
    return LW_OK;
}

lw_status lw_bf16_check_output(const char *function, size_t rows, size_t cols,
                               const lw_bf16_output *output, const char *name,
                               const struct lw_operand *others, size_t count)
{
    enum { MAX_OTHERS = 5, FORMS = 3 };
    if (!output)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function, name);
    struct lw_operand all[MAX_OTHERS + FORMS];
    for (size_t i = 0; i < count; i++)
        all[i] = others[i];
    lw_status status = output->rows ? lw_bf16_check_ld(function, name, cols, output->ld) : LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = lw_check_operand(function, &others[i]);
    const struct lw_operand forms[FORMS] = {
        lw_bf16_rows_operand(name, output->rows, rows, cols, output->ld),
        lw_bf16_vnni2_operand(name, output->vnni2, rows, cols, output->ld_vnni2),
        {name, output->floats, rows, cols, output->ld_floats},
    };
    for (size_t i = 0; i < FORMS && status == LW_OK; i++) {
        if (!forms[i].data)
            continue;
        status = lw_check_output(function, &forms[i], all, count);
        all[count++] = forms[i];
    }
    return status;
}
