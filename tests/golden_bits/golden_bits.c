/*
 * golden_bits FILE
 *
 *   Compares the digests of all results with those in FILE, on every instruction set of this
 *   machine and with 1, 2 and 3 threads. With LANEWISE_TEST_FAST each set runs with one thread
 *   count; with LANEWISE_ISA only that set runs.
 *
 * golden_bits --write FILE
 *
 *   Writes FILE, after checking that all instruction sets and thread counts agree.
 *
 * A line of FILE is a name, the digest of the sets with fused multiply-add, and the digest of the
 * set "scalar", which has none. The file is the same for every compiler, processor and C library.
 */
#include "digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const golden_case *const all_cases[] = {product_cases, vector_cases, layer_cases,
                                               training_cases, file_cases};
enum { GROUPS = sizeof all_cases / sizeof *all_cases, NAME_BYTES = 32, KINDS = 2, THREADS = 3 };
static const char *const kinds[KINDS] = {"fused", "scalar"};

/* The digests in the file or, when writing, the first ones computed. */
typedef struct known {
    int is_known[KINDS];
    uint64_t hash[KINDS];
} known;

static known read_known(FILE *file, const char *name)
{
    char line[256], found[NAME_BYTES];
    unsigned long long hash[KINDS];
    rewind(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%31s %16llx %16llx", found, &hash[0], &hash[1]) == 3 &&
            strcmp(found, name) == 0)
            return (known){{1, 1}, {hash[0], hash[1]}};
    return (known){{0, 0}, {0, 0}};
}

/* Runs a case on one set and thread count. Returns non-zero if the digest differs from the known
 * one. */
static int differs(const golden_case *r, const char *isa, int threads, int is_writing, known *k)
{
    const int kind = strcmp(isa, "scalar") == 0;
    require_ok(lw_isa_select(isa));
    lw_set_threads(threads);
    digest d = digest_begin();
    r->add(&d);
    free_all();
    if (is_writing && !k->is_known[kind]) {
        k->is_known[kind] = 1;
        k->hash[kind] = d.hash;
    }
    if (k->is_known[kind] && k->hash[kind] == d.hash)
        return 0;
    fprintf(stderr, "%s on %s, threads %d: %016llx differs from the digest of %s\n", r->name, isa,
            threads, (unsigned long long)d.hash, kinds[kind]);
    return 1;
}

/* Applies LANEWISE_ISA and LANEWISE_TEST_FAST. */
static int is_wanted(size_t isa, int threads)
{
    const char *wanted = getenv("LANEWISE_ISA");
    if (wanted && strcmp(wanted, lw_isa_available(isa)) != 0)
        return 0;
    return !getenv("LANEWISE_TEST_FAST") || threads == 1 + (int)(isa + 1) % THREADS;
}

/* Returns the number of digests that differ; adds the number of comparisons to compared. */
static int check_case(const golden_case *r, FILE *file, int is_writing, int *compared)
{
    int failures = 0;
    known k = is_writing ? (known){{0, 0}, {0, 0}} : read_known(file, r->name);
    for (size_t i = 0; lw_isa_available(i); i++)
        for (int threads = 1; threads <= THREADS; threads++)
            if (is_writing || is_wanted(i, threads)) {
                failures += differs(r, lw_isa_available(i), threads, is_writing, &k);
                ++*compared;
            }
    if (is_writing)
        fprintf(file, "%-24s %016llx %016llx\n", r->name, (unsigned long long)k.hash[0],
                (unsigned long long)k.hash[1]);
    return failures;
}

static int run(FILE *file, int is_writing)
{
    int failures = 0, rows = 0, compared = 0;
    for (size_t group = 0; group < GROUPS; group++)
        for (const golden_case *r = all_cases[group]; r->name; r++, rows++)
            failures += check_case(r, file, is_writing, &compared);
    printf("golden_bits: %d cases, %d digests, %d of them differ; sets of this machine:", rows,
           compared, failures);
    for (size_t i = 0; lw_isa_available(i); i++)
        printf(" %s", lw_isa_available(i));
    puts("");
    return failures + (compared == 0);
}

int main(int count, char **arguments)
{
    const int is_writing = count == 3 && strcmp(arguments[1], "--write") == 0;
    if (count != 2 + is_writing) {
        fputs("usage: golden_bits [--write] FILE\n", stderr);
        return 2;
    }
    FILE *file = fopen(arguments[count - 1], is_writing ? "w" : "r");
    if (!file) {
        perror(arguments[count - 1]);
        return 2;
    }
    const int failures = run(file, is_writing);
    return fclose(file) == 0 && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
