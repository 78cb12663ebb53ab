#include "bf16_layouts.h"

#include "data.h"
#include "problem.h"
#include "reference_bf16.h"

#include <string.h>

size_t rows_extent(size_t rows, size_t cols, size_t ld)
{
    return rows > 0 && cols > 0 ? (rows - 1) * ld + cols + cols % 2 : 0;
}

size_t pairs_extent(size_t rows, size_t cols, size_t ld)
{
    return rows > 0 && cols > 0 ? 2 * (((rows + 1) / 2 - 1) * ld + cols) : 0;
}

void bf16_layouts_create(struct bf16_layouts *f, size_t rows, size_t cols, size_t padding,
                         enum guard_side side)
{
    f->rows = rows;
    f->cols = cols;
    f->out.ld = cols + cols % 2 + 2 * padding;
    f->out.ld_vnni2 = f->out.ld_floats = cols + padding;
    const size_t bytes[FORMS] = {
        rows_extent(rows, cols, f->out.ld) * sizeof(lw_bf16),
        pairs_extent(rows, cols, f->out.ld_vnni2) * sizeof(lw_bf16),
        rows > 0 && cols > 0 ? ((rows - 1) * f->out.ld_floats + cols) * sizeof(float) : 0,
    };
    for (size_t i = 0; i < FORMS; i++) {
        f->memory[i] = guard_alloc(bytes[i], side);
        if (f->memory[i].data)
            memset(f->memory[i].data, UNTOUCHED, bytes[i]);
    }
    f->out.rows = f->memory[0].data;
    f->out.vnni2 = f->memory[1].data;
    f->out.floats = f->memory[2].data;
}

void bf16_layouts_free(struct bf16_layouts *f)
{
    for (size_t i = 0; i < FORMS; i++)
        guard_free(&f->memory[i]);
}

lw_bf16_output bf16_layouts_from_row(const struct bf16_layouts *f, size_t row)
{
    lw_bf16_output out = f->out;
    if (row < f->rows) {
        out.rows += row * out.ld;
        out.vnni2 += row * out.ld_vnni2;
        out.floats += row * out.ld_floats;
    }
    return out;
}

static void check_rows(struct tally *tally, const char *title, const struct bf16_layouts *f,
                       const float *want)
{
    const size_t ld = f->out.ld;
    for (size_t at = 0; at < rows_extent(f->rows, f->cols, ld); at++) {
        const size_t i = at / ld, j = at % ld;
        const lw_bf16 untouched = UNTOUCHED * 0x101;
        const lw_bf16 wanted = j < f->cols                 ? reference_bf16(want[i * f->cols + j])
                               : j < f->cols + f->cols % 2 ? 0
                                                           : untouched;
        TALLY_CHECK(tally, same_bits(reference_float(f->out.rows[at]), reference_float(wanted)),
                    "%s: row %zu, column %zu is %04x, not %04x", title, i, j,
                    (unsigned)f->out.rows[at], (unsigned)wanted);
    }
}

static void check_pairs(struct tally *tally, const char *title, const struct bf16_layouts *f,
                        const float *want)
{
    const size_t ld = f->out.ld_vnni2;
    for (size_t at = 0; at < pairs_extent(f->rows, f->cols, ld); at++) {
        const size_t i = at / 2 / ld * 2 + at % 2, j = at / 2 % ld;
        const lw_bf16 untouched = UNTOUCHED * 0x101;
        const lw_bf16 wanted = j >= f->cols  ? untouched
                               : i < f->rows ? reference_bf16(want[i * f->cols + j])
                                             : 0;
        TALLY_CHECK(tally, same_bits(reference_float(f->out.vnni2[at]), reference_float(wanted)),
                    "%s: vnni2 of row %zu, column %zu hold %04x, not %04x", title, i, j,
                    (unsigned)f->out.vnni2[at], (unsigned)wanted);
    }
}

static void check_floats(struct tally *tally, const char *title, const struct bf16_layouts *f,
                         const float *want)
{
    for (size_t i = 0; i < f->rows && f->cols > 0; i++) {
        const float *row = f->out.floats + i * f->out.ld_floats;
        for (size_t j = 0; j < f->cols; j++)
            TALLY_CHECK(tally, same_bits(row[j], want[i * f->cols + j]),
                        "%s: row %zu, column %zu is %a, not %a", title, i, j, (double)row[j],
                        (double)want[i * f->cols + j]);
        for (size_t j = f->cols; i + 1 < f->rows && j < f->out.ld_floats; j++)
            TALLY_CHECK(tally, bits_of(row[j]) == UNTOUCHED * 0x01010101u,
                        "%s: wrote after row %zu", title, i);
    }
}

void bf16_layouts_check(struct tally *tally, const char *title, const struct bf16_layouts *f,
                        const float *want)
{
    check_rows(tally, title, f, want);
    check_pairs(tally, title, f, want);
    check_floats(tally, title, f, want);
}
