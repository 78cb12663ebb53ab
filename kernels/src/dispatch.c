/* Selection of the instruction set. */
#define _POSIX_C_SOURCE 200809L

#include "dispatch.h"

#include "cpu_features.h"

#include <pthread.h>
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

/* The set that all threads use, or NULL if threads may differ: lw_isa_current then reads the
 * thread's own set. Only programs that enter sets and also change the selected one pay for this. */
static _Atomic(const struct lw_isa *) common;
static _Atomic(const struct lw_isa *) selected; /* NULL: not selected yet */
static atomic_int entered;                      /* whether a thread has ever entered a set */
static _Thread_local const struct lw_isa *own;
static pthread_mutex_t change = PTHREAD_MUTEX_INITIALIZER; /* protects the variables above */

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

/* The set named by the environment variable; NULL if it is not set. */
static const char *wanted(void)
{
    const char *name = getenv("LANEWISE_ISA");
    return name && *name ? name : NULL;
}

static const struct lw_isa *choose(void)
{
    const char *name = wanted();
    const struct lw_isa *isa = name ? lw_isa_find(name) : NULL;
    return isa ? isa : widest();
}

/* Selects a set on the first call, and returns that of the calling thread. A separate function, so
 * that lw_isa_current needs no stack frame. */
__attribute__((noinline)) static const struct lw_isa *current_of_thread(void)
{
    if (!atomic_load_explicit(&selected, memory_order_acquire)) {
        const struct lw_isa *isa = choose();
        pthread_mutex_lock(&change);
        if (!atomic_load(&selected)) {
            atomic_store(&selected, isa);
            if (!atomic_load(&entered))
                atomic_store(&common, isa);
        }
        pthread_mutex_unlock(&change);
    }
    return own ? own : atomic_load_explicit(&selected, memory_order_acquire);
}

const struct lw_isa *lw_isa_current(void)
{
    const struct lw_isa *isa = atomic_load_explicit(&common, memory_order_acquire);
    return isa ? isa : current_of_thread();
}

/* Records that a thread has entered isa, which may differ from the common set. */
static void record_entry(const struct lw_isa *isa)
{
    pthread_mutex_lock(&change);
    atomic_store(&entered, 1);
    if (atomic_load(&common) != isa)
        atomic_store(&common, NULL);
    pthread_mutex_unlock(&change);
}

const struct lw_isa *lw_isa_enter(const struct lw_isa *isa)
{
    const struct lw_isa *const before = own;
    own = isa;
    if (!isa)
        return before;
    const struct lw_isa *const shared = atomic_load_explicit(&common, memory_order_acquire);
    if (!atomic_load_explicit(&entered, memory_order_acquire) || (shared && shared != isa))
        record_entry(isa);
    return before;
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
    pthread_mutex_lock(&change);
    atomic_store(&selected, isa);
    atomic_store(&common, atomic_load(&entered) ? NULL : isa);
    pthread_mutex_unlock(&change);
}

void lw_isa_reset(void)
{
    lw_isa_use(NULL);
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
    return lw_fail(LW_EISA,
                   "lw_isa_status: LANEWISE_ISA=%s is unknown or cannot run here; %s is in use",
                   name, isa->name);
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
