#include "dispatch.h"

#include "cpu_features.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LW_ISA(name) extern const struct lw_isa lw_isa_##name;
#include "isa_list.inc"
#undef LW_ISA

static const struct lw_isa *const compiled[] = {
#define LW_ISA(name) &lw_isa_##name,
#include "isa_list.inc"
#undef LW_ISA
};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): the size of the array, whose elements are pointers */
enum { COMPILED = sizeof compiled / sizeof *compiled };

static _Atomic(const struct lw_isa *) current;

const struct lw_isa *lw_isa_find(const char *name)
{
    for (size_t i = 0; i < COMPILED; i++) {
        if (!strcmp(compiled[i]->name, name) && lw_cpu_can_run(name))
            return compiled[i];
    }
    return NULL;
}

static const struct lw_isa *widest(void)
{
    size_t i = COMPILED - 1;
    while (i > 0 && !lw_cpu_can_run(compiled[i]->name))
        i--;
    return compiled[i];
}

/* The set the environment asks for; NULL if it asks for nothing. */
static const char *wanted(void)
{
    const char *name = getenv("LANEWISE_ISA");
    return name && *name ? name : NULL;
}

const struct lw_isa *lw_isa_current(void)
{
    const struct lw_isa *isa = atomic_load_explicit(&current, memory_order_acquire);
    if (isa)
        return isa;
    const char *name = wanted();
    isa = name ? lw_isa_find(name) : NULL;
    if (!isa)
        isa = widest();
    /* Threads that come here together choose the same set; one chosen by lw_isa_select meanwhile
     * stays. */
    const struct lw_isa *expected = NULL;
    return atomic_compare_exchange_strong(&current, &expected, isa) ? isa : expected;
}

const struct lw_isa *lw_isa_half_width(const struct lw_isa *isa, size_t columns)
{
#ifdef LW_ISA_AVX512_HALF_WIDTH
    if (isa == &lw_isa_avx512 && columns <= 8)
        return &lw_isa_avx512vl;
#endif
#ifdef LW_ISA_AVX512BF16_HALF_WIDTH
    if (isa == &lw_isa_avx512bf16 && columns <= 8)
        return &lw_isa_avx512vl;
#endif
    (void)columns;
    return isa;
}

const struct lw_isa *lw_isa_for_columns(size_t columns)
{
    return lw_isa_half_width(lw_isa_current(), columns);
}

void lw_isa_use(const struct lw_isa *isa)
{
    atomic_store(&current, isa);
}

void lw_isa_reset(void)
{
    atomic_store(&current, NULL);
}

const char *lw_isa_name(void)
{
    return lw_isa_current()->name;
}

lw_status lw_isa_status(void)
{
    const struct lw_isa *isa = lw_isa_current();
    const char *name = wanted();
    if (!name || lw_isa_find(name))
        return LW_OK;
    return lw_fail(LW_EISA, "LANEWISE_ISA=%s is unknown or cannot run here; %s is in use", name,
                   isa->name);
}

const char *lw_isa_available(size_t index)
{
    for (size_t i = 0; i < COMPILED; i++) {
        if (lw_cpu_can_run(compiled[i]->name) && index-- == 0)
            return compiled[i]->name;
    }
    return NULL;
}

lw_status lw_isa_select(const char *name)
{
    if (!name)
        return lw_fail(LW_EINVAL, "lw_isa_select: name is NULL");
    const struct lw_isa *isa = lw_isa_find(name);
    if (!isa)
        return lw_fail(LW_EISA, "lw_isa_select: instruction set '%s' is unknown or cannot run here",
                       name);
    lw_isa_use(isa);
    return LW_OK;
}

const char *lw_version(void)
{
    return LW_VERSION;
}
