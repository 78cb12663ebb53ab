/* Vector and row functions, losses, optimizers. */
#include "digest.h"

static void add_exp(digest *d)
{
    float *x = samples();
    require_ok(lw_vector_exp(SAMPLES, x, x));
    add_floats(d, SAMPLES, x);
}

static void add_log(digest *d)
{
    float *x = samples();
    require_ok(lw_vector_log(SAMPLES, x, x));
    add_floats(d, SAMPLES, x);
}

static void add_activation(digest *d, lw_activation activation)
{
    float *x = samples();
    require_ok(lw_activate(activation, SAMPLES, x, x));
    add_floats(d, SAMPLES, x);
    /* The derivative takes the value that the activation saves; for sigmoid and tanh it is in the
     * range of the function. */
    const float *dy = random_floats(SAMPLES, -1.0f, 1.0f, 1);
    const float *saved =
        lw_activation_saves_input(activation) ? samples() : random_floats(SAMPLES, -1.0f, 1.0f, 2);
    require_ok(lw_activate_backward(activation, SAMPLES, saved, dy, x));
    add_floats(d, SAMPLES, x);
}

static void add_relu(digest *d)
{
    add_activation(d, LW_ACTIVATION_RELU);
    add_activation(d, LW_ACTIVATION_LEAKY_RELU);
}

static void add_sigmoid(digest *d)
{
    add_activation(d, LW_ACTIVATION_SIGMOID);
}

static void add_tanh(digest *d)
{
    add_activation(d, LW_ACTIVATION_TANH);
}

static void add_gelu(digest *d)
{
    add_activation(d, LW_ACTIVATION_GELU);
}

static void add_silu(digest *d)
{
    add_activation(d, LW_ACTIVATION_SILU);
}

/* Rows narrower than a vector, of one vector and of several, and enough of them for several
 * threads. */
static const size_t row_shapes[][2] = {{3000, 2}, {2500, 10}, {33, 16}, {301, 100}, {7, 1000}};
enum { ROW_SHAPES = sizeof row_shapes / sizeof *row_shapes };

static void add_softmax(digest *d)
{
    for (size_t i = 0; i < ROW_SHAPES; i++) {
        const size_t rows = row_shapes[i][0], cols = row_shapes[i][1], n = rows * cols;
        const float *x = random_floats(n, -20.0f, 20.0f, 1), *dy = random_floats(n, -1.0f, 1.0f, 2);
        float *y = alloc_floats(n), *z = alloc_floats(n);
        require_ok(lw_softmax(rows, cols, x, cols, y, cols));
        add_floats(d, n, y);
        require_ok(lw_softmax_backward(rows, cols, y, cols, dy, cols, z, cols));
        add_floats(d, n, z);
        require_ok(lw_log_softmax(rows, cols, x, cols, z, cols));
        add_floats(d, n, z);
        free_all();
    }
}

static void add_sums(digest *d)
{
    for (size_t i = 0; i < ROW_SHAPES; i++) {
        const size_t rows = row_shapes[i][0], cols = row_shapes[i][1], n = rows * cols;
        float *x = random_floats(n, -1.0f, 1.0f, 1), *sums = random_floats(cols, -1.0f, 1.0f, 2);
        int32_t *index = alloc_bytes(rows * sizeof *index);
        double squares;
        require_ok(lw_column_sums(rows, cols, x, cols, 1.0f, sums));
        add_floats(d, cols, sums);
        require_ok(lw_argmax(rows, cols, x, cols, index));
        add_integers(d, rows, index);
        require_ok(lw_vector_sum_squares(n, x, &squares));
        add_double(d, squares);
        require_ok(lw_vector_scale(n, 1.0f / 3.0f, x));
        add_floats(d, n, x);
        free_all();
    }
}

static void add_losses(digest *d)
{
    for (size_t i = 0; i < ROW_SHAPES; i++) {
        const size_t rows = row_shapes[i][0], cols = row_shapes[i][1], n = rows * cols;
        const float *x = random_floats(n, -20.0f, 20.0f, 1), *t = random_floats(n, 0.0f, 1.0f, 2);
        const int32_t *label = random_labels(rows, (uint32_t)cols, 3);
        float *loss = alloc_floats(4 * rows), *g = alloc_floats(4 * n);
        require_ok(lw_softmax_cross_entropy(rows, cols, x, cols, label, 0.1f, loss, g, cols));
        require_ok(lw_softmax_cross_entropy_probs(rows, cols, x, cols, t, cols, 0.1f, loss + rows,
                                                  g + n, cols));
        require_ok(lw_sigmoid_cross_entropy(rows, cols, x, cols, t, cols, 0.1f, loss + 2 * rows,
                                            g + 2 * n, cols));
        require_ok(
            lw_squared_error(rows, cols, x, cols, t, cols, 0.1f, loss + 3 * rows, g + 3 * n, cols));
        add_floats(d, 4 * rows, loss);
        add_floats(d, 4 * n, g);
        free_all();
    }
}

enum { PARAMETERS = 70001 };

static void add_sgd(digest *d)
{
    static const lw_sgd_update_params forms[] = {{.learning_rate = 0.1f},
                                                 {.learning_rate = 0.1f, .weight_decay = 0.01f},
                                                 {.learning_rate = 0.1f, .momentum = 0.9f},
                                                 {0.1f, 0.9f, 0.01f, 1}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const float *g = random_floats(PARAMETERS, -1.0f, 1.0f, 1);
        float *w = random_floats(PARAMETERS, -1.0f, 1.0f, 2), *v = alloc_floats(PARAMETERS);
        for (int step = 0; step < 3; step++)
            require_ok(lw_sgd_update(PARAMETERS, &forms[i], g, w, v));
        add_floats(d, PARAMETERS, w);
        add_floats(d, PARAMETERS, v);
        free_all();
    }
}

static void add_adam(digest *d)
{
    static const uint64_t steps[] = {1, 2, 3, 10, 1000, 123456, 1ULL << 40};
    for (int decoupled = 0; decoupled < 2; decoupled++) {
        const float *g = random_floats(PARAMETERS, -1.0f, 1.0f, 1);
        float *w = random_floats(PARAMETERS, -1.0f, 1.0f, 2);
        float *m = alloc_floats(PARAMETERS), *v = alloc_floats(PARAMETERS);
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            const lw_adam_update_params params = {0.01f, 0.9f,      0.999f,  1e-8f,
                                                  0.01f, decoupled, steps[i]};
            require_ok(lw_adam_update(PARAMETERS, &params, g, w, m, v));
            add_floats(d, PARAMETERS, w);
        }
        add_floats(d, PARAMETERS, m);
        add_floats(d, PARAMETERS, v);
        free_all();
    }
}

const golden_case vector_cases[] = {{"exp", add_exp},
                                    {"log", add_log},
                                    {"relu", add_relu},
                                    {"sigmoid", add_sigmoid},
                                    {"tanh", add_tanh},
                                    {"gelu", add_gelu},
                                    {"silu", add_silu},
                                    {"softmax", add_softmax},
                                    {"row_sums", add_sums},
                                    {"losses", add_losses},
                                    {"sgd", add_sgd},
                                    {"adam", add_adam},
                                    {NULL, NULL}};
