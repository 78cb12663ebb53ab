/* Matrix products, on every code path of the library. */
#include "digest.h"

typedef struct shape {
    size_t m, n, k;
} shape;

static void add_product(digest *d, int transa, int transb, shape s, float alpha, float beta)
{
    const float *a = random_floats(s.m * s.k, -1.0f, 1.0f, 1),
                *b = random_floats(s.k * s.n, -1.0f, 1.0f, 2);
    float *c = random_floats(s.m * s.n, -1.0f, 1.0f, 3);
    require_ok(lw_sgemm(transa, transb, s.m, s.n, s.k, alpha, a, transa ? s.m : s.k, b,
                        transb ? s.k : s.n, beta, c, s.n));
    add_floats(d, s.m * s.n, c);
    free_all();
}

/* Each combination of transposes, with three pairs of alpha and beta. */
static void add_products(digest *d, size_t count, const shape *shapes)
{
    static const float factors[][2] = {{1.0f, 0.0f}, {1.0f, 1.0f}, {-0.7f, 0.3f}};
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < sizeof factors / sizeof *factors; f++)
            for (int trans = 0; trans < 4; trans++)
                add_product(d, trans / 2, trans % 2, shapes[i], factors[f][0], factors[f][1]);
}

/* 160 x 200 x 180 is split between threads; 2 x 40 x 2100 exceeds one block of k. */
static void add_tiles(digest *d)
{
    static const shape shapes[] = {{97, 75, 131}, {64, 64, 64}, {160, 200, 180}, {33, 40, 2100}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_skinny_m(digest *d)
{
    static const shape shapes[] = {{1, 100, 50}, {2, 513, 300}, {3, 70, 31}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_edges(digest *d)
{
    static const shape shapes[] = {{32, 45, 45}, {50, 33, 70}, {29, 93, 20}, {7, 17, 19}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_small_k(digest *d)
{
    static const shape shapes[] = {{800, 5, 10}, {300, 16, 16}, {200, 40, 8}, {5, 7, 3}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_flattened(digest *d)
{
    static const shape shapes[] = {{2000, 10, 2}, {900, 3, 4}, {701, 1, 1}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_dot_gemm(digest *d)
{
    static const shape shapes[] = {{100, 2, 256}, {64, 12, 200}, {4, 200, 64}, {500, 11, 333}};
    add_products(d, sizeof shapes / sizeof *shapes, shapes);
}

static void add_packed(digest *d)
{
    static const shape shapes[] = {{97, 75, 131}, {160, 200, 180}, {3, 45, 60}, {40, 7, 90}};
    for (size_t i = 0; i < 2 * sizeof shapes / sizeof *shapes; i++) {
        const shape s = shapes[i / 2];
        const int transb = (int)(i % 2);
        const float *a = random_floats(s.m * s.k, -1.0f, 1.0f, 1);
        const float *b = random_floats(s.k * s.n, -1.0f, 1.0f, 2),
                    *bias = random_floats(s.n, -1.0f, 1.0f, 4);
        float *c = random_floats(s.m * s.n, -1.0f, 1.0f, 3);
        lw_packed_matrix *packed;
        require_ok(lw_sgemm_pack(&packed, transb, s.k, s.n, b, transb ? s.k : s.n));
        require_ok(lw_sgemm_packed(0, s.m, 0.7f, a, s.k, packed, 1.0f, c, s.n));
        add_floats(d, s.m * s.n, c);
        require_ok(lw_linear_forward_packed(s.m, a, s.k, packed, bias, LW_ACTIVATION_GELU, NULL, 0,
                                            c, s.n));
        add_floats(d, s.m * s.n, c);
        lw_packed_matrix_destroy(packed);
        free_all();
    }
}

const golden_case product_cases[] = {
    {"product_tiles", add_tiles},         {"product_skinny_m", add_skinny_m},
    {"product_edges", add_edges},         {"product_small_k", add_small_k},
    {"product_flattened", add_flattened}, {"product_dot_gemm", add_dot_gemm},
    {"product_packed", add_packed},       {NULL, NULL}};
