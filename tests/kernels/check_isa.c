#define _POSIX_C_SOURCE 200809L
#include "checks.h"
#include "dispatch.h"
#include "failure.h"
#include "sizes.h"

#include <lanewise/internal/cache.h>
#include <lanewise/internal/peak.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A set that exists, but never on the machine that runs this. */
#if defined(__aarch64__)
static const char elsewhere[] = "avx2";
#else
static const char elsewhere[] = "neon";
#endif

static const char *widest(void)
{
    const char *name = lw_isa_available(0);
    for (size_t i = 1; lw_isa_available(i); i++)
        name = lw_isa_available(i);
    return name;
}

/* The set that a new process with LANEWISE_ISA=value uses; value NULL: variable unset. */
static void check_variable(struct tally *tally, const char *value, const char *want,
                           lw_status status)
{
    if (value)
        setenv("LANEWISE_ISA", value, 1);
    else
        unsetenv("LANEWISE_ISA");
    lw_isa_reset();
    const char *shown = value ? value : "(unset)";
    TALLY_CHECK(tally, !strcmp(lw_isa_name(), want), "LANEWISE_ISA=%s uses %s", shown,
                lw_isa_name());
    const lw_status got = lw_isa_status();
    TALLY_CHECK(tally, got == status, "LANEWISE_ISA=%s: %s", shown, lw_status_name(got));
    if (got != LW_OK)
        TALLY_CHECK(tally,
                    strstr(lw_last_error(), shown) != NULL && strstr(lw_last_error(), want) != NULL,
                    "LANEWISE_ISA=%s: message \"%s\"", shown, lw_last_error());
}

static void check_environment(struct tally *tally)
{
    const char *old = getenv("LANEWISE_ISA");
    char *const kept = old ? strdup(old) : NULL;
    for (size_t i = 0; lw_isa_available(i); i++)
        check_variable(tally, lw_isa_available(i), lw_isa_available(i), LW_OK);
    check_variable(tally, NULL, widest(), LW_OK);
    check_variable(tally, "", widest(), LW_OK);
    check_variable(tally, "sse9", widest(), LW_EISA);
    check_variable(tally, "AVX2", widest(), LW_EISA);
    check_variable(tally, elsewhere, widest(), LW_EISA);
    if (kept)
        setenv("LANEWISE_ISA", kept, 1);
    else
        unsetenv("LANEWISE_ISA");
    free(kept);
}

static void check_select(struct tally *tally)
{
    TALLY_CHECK(tally, lw_isa_available(0) && !strcmp(lw_isa_available(0), "scalar"),
                "scalar is not the first available set");
    TALLY_CHECK(tally, lw_isa_available(1000) == NULL, "lw_isa_available(1000) is not NULL");
    for (size_t i = 0; lw_isa_available(i); i++) {
        const char *name = lw_isa_available(i);
        TALLY_CHECK(tally, lw_isa_select(name) == LW_OK && !strcmp(lw_isa_name(), name),
                    "cannot select %s", name);
        TALLY_CHECK(tally, lw_isa_current() == lw_isa_find(name), "%s is not in use", name);
        failure_check(tally, lw_isa_select(NULL), LW_EINVAL, "lw_isa_select", "name");
        failure_check(tally, lw_isa_select("sse9"), LW_EISA, "lw_isa_select", "sse9");
        failure_check(tally, lw_isa_select(elsewhere), LW_EISA, "lw_isa_select", elsewhere);
        TALLY_CHECK(tally, !strcmp(lw_isa_name(), name), "a failing choice changed the set");
    }
}

static void *current_elsewhere(void *argument)
{
    *(const lw_isa **)argument = lw_isa_current();
    return NULL;
}

static const lw_isa *current_of_another_thread(void)
{
    const lw_isa *isa = NULL;
    pthread_t thread;
    if (pthread_create(&thread, NULL, current_elsewhere, &isa) == 0)
        pthread_join(thread, NULL);
    return isa;
}

/* A thread keeps the set that it entered, whatever set is selected meanwhile; other threads are not
 * affected. */
static void check_enter(struct tally *tally)
{
    for (size_t i = 0; lw_isa_available(i); i++) {
        for (size_t j = 0; lw_isa_available(j); j++) {
            const lw_isa *const own = lw_isa_find(lw_isa_available(i)), *const other = lw_isa_find(
                                                                            lw_isa_available(j));
            lw_isa_use(own);
            TALLY_CHECK(tally, lw_isa_enter(own) == NULL, "a set was entered before");
            lw_isa_use(other);
            TALLY_CHECK(tally, lw_isa_current() == own, "%s selected: %s is not kept", other->name,
                        own->name);
            TALLY_CHECK(tally, current_of_another_thread() == other,
                        "%s is not what another thread uses", other->name);
            TALLY_CHECK(tally, lw_isa_enter(other) == own && lw_isa_current() == other,
                        "%s is not entered after %s", other->name, own->name);
            TALLY_CHECK(tally, lw_isa_enter(NULL) == other && lw_isa_current() == other,
                        "%s is not the selected set again", other->name);
        }
    }
}

static void *fail_elsewhere(void *argument)
{
    const int fresh = !strcmp(lw_last_error(), "");
    lw_fail(LW_EDATA, "%s", "of the other thread");
    *(int *)argument = fresh && !strcmp(lw_last_error(), "of the other thread");
    return NULL;
}

static void check_status(struct tally *tally)
{
    static const char *const names[] = {"LW_OK",          "LW_EINVAL", "LW_EOVERLAP",  "LW_ENOMEM",
                                        "LW_EISA",        "LW_EIO",    "LW_EFORMAT",   "LW_EDATA",
                                        "LW_ESHAPE",      "LW_ESTATE", "LW_EDIVERGED", "LW_ERANK",
                                        "LW_EUNSUPPORTED"};
    for (int i = 0; i <= LW_EUNSUPPORTED; i++)
        TALLY_CHECK(tally, !strcmp(lw_status_name((lw_status)i), names[i]), "status %d is %s", i,
                    lw_status_name((lw_status)i));
    for (int i = -1; i <= LW_EUNSUPPORTED + 1; i += LW_EUNSUPPORTED + 2)
        TALLY_CHECK(tally, !strcmp(lw_status_name((lw_status)i), "unknown status"),
                    "status %d is %s", i, lw_status_name((lw_status)i));

    TALLY_CHECK(tally, lw_fail(LW_EIO, "%0600d", 0) == LW_EIO && strlen(lw_last_error()) == 511,
                "a long message is not cut at 511 bytes");
    TALLY_CHECK(tally, lw_fail(LW_EIO, "file %d", 3) == LW_EIO, "lw_fail does not return status");
    int separate = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, fail_elsewhere, &separate) == 0)
        pthread_join(thread, NULL);
    TALLY_CHECK(tally, separate, "another thread's message is not its own");
    float x = 1.0f;
    TALLY_CHECK(tally, lw_vector_scale(1, 2.0f, &x) == LW_OK && !strcmp(lw_last_error(), "file 3"),
                "the message is now \"%s\"", lw_last_error());
}

static void check_constants(struct tally *tally)
{
    TALLY_CHECK(tally, strlen(lw_version()) >= strlen("0.0.0"), "version \"%s\"", lw_version());
    for (int level = 1; level <= 3; level++)
        TALLY_CHECK(tally, lw_cache_bytes(level) >= 1024, "cache of level %d: %zu bytes", level,
                    lw_cache_bytes(level));
    TALLY_CHECK(tally, lw_cache_bytes(0) == 0 && lw_cache_bytes(4) == 0 && lw_cache_bytes(-1) == 0,
                "a cache of a level that does not exist");
    if (!is_fast())
        TALLY_CHECK(tally, lw_measure_peak(1) > 1e6, "the peak is below a million per second");
}

void check_isa(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    const struct lw_isa *const isa = lw_isa_current();
    check_environment(tally);
    check_select(tally);
    check_enter(tally);
    check_status(tally);
    check_constants(tally);
    lw_isa_use(isa);
}
