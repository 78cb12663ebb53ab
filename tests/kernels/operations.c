#include "operations.h"

#include <string.h>

enum { ACTIVATIONS = LW_ACTIVATION_SOFTMAX };

static struct operand *matrix(struct problem *p, const char *name, enum operand_use use,
                              size_t rows, size_t cols)
{
    struct operand *x = &p->operand[p->count++];
    *x = (struct operand){.name = name, .use = use, .rows = rows, .cols = cols};
    return x;
}

static struct operand *vector(struct problem *p, const char *name, enum operand_use use, size_t n)
{
    struct operand *x = matrix(p, name, use, 1, n);
    x->is_vector = 1;
    return x;
}

/* ---- Products ---- */

static void sgemm_shape(struct problem *p)
{
    static const float scaling[][2] = {{1.0f, 0.0f},  {1.0f, 1.0f},  {-0.5f, 2.0f}, {2.0f, 1.0f},
                                       {1.0f, -0.5f}, {0.0f, -0.5f}, {0.0f, 0.0f},  {-0.5f, 0.0f}};
    struct parameters *q = &p->parameters;
    q->transa = p->variant % 2;
    q->transb = p->variant / 2 % 2;
    q->alpha = scaling[p->variant / 4][0];
    q->beta = scaling[p->variant / 4][1];
    const enum operand_use read = q->alpha != 0.0f ? INPUT : IGNORED;
    matrix(p, "a", read, q->transa ? p->k : p->m, q->transa ? p->m : p->k);
    matrix(p, "b", read, q->transb ? p->n : p->k, q->transb ? p->k : p->n);
    matrix(p, "c", q->beta != 0.0f ? UPDATED : OUTPUT, p->m, p->n);
    p->exact = 1;
}

static lw_status sgemm_call(const struct problem *p)
{
    const struct operand *a = &p->operand[0], *b = &p->operand[1], *c = &p->operand[2];
    const struct parameters *q = &p->parameters;
    return lw_sgemm(q->transa, q->transb, p->m, p->n, p->k, q->alpha, a->data, a->ld, b->data,
                    b->ld, q->beta, c->data, c->ld);
}

static int is_exact(lw_activation activation)
{
    return activation == LW_ACTIVATION_LINEAR || activation == LW_ACTIVATION_RELU;
}

static void linear_forward_shape(struct problem *p)
{
    const lw_activation activation = (lw_activation)(p->variant % ACTIVATIONS);
    const int form = p->variant / ACTIVATIONS;
    p->parameters.activation = activation;
    matrix(p, "x", INPUT, p->m, p->k);
    matrix(p, "w", INPUT, p->k, p->n);
    vector(p, "b", form & 1 ? ABSENT : INPUT, p->n)->optional = 1;
    matrix(p, "z", form & 2 ? ABSENT : OUTPUT, p->m, p->n)->optional = 1;
    matrix(p, "y", OUTPUT, p->m, p->n);
    p->exact = is_exact(activation);
}

static lw_status linear_forward_call(const struct problem *p)
{
    const struct operand *x = &p->operand[0], *w = &p->operand[1], *b = &p->operand[2];
    const struct operand *z = &p->operand[3], *y = &p->operand[4];
    return lw_linear_forward(p->m, p->k, p->n, x->data, x->ld, w->data, w->ld, b->data,
                             p->parameters.activation, z->data, z->ld, y->data, y->ld);
}

/* The value from which lw_activate_backward computes the derivative. */
static void saved_operand(struct operand *saved, lw_activation activation)
{
    if (activation == LW_ACTIVATION_LINEAR)
        saved->use = IGNORED;
    if (activation == LW_ACTIVATION_SIGMOID || activation == LW_ACTIVATION_TANH)
        saved->domain = PROBABILITY;
}

static void linear_backward_input_shape(struct problem *p)
{
    const lw_activation activation = (lw_activation)p->variant;
    p->parameters.activation = activation;
    matrix(p, "dz", INPUT, p->m, p->n);
    matrix(p, "w", INPUT, p->k, p->n);
    saved_operand(matrix(p, "saved", INPUT, p->m, p->k), activation);
    matrix(p, "dx", OUTPUT, p->m, p->k);
    p->exact = is_exact(activation);
}

static lw_status linear_backward_input_call(const struct problem *p)
{
    const struct operand *dz = &p->operand[0], *w = &p->operand[1];
    const struct operand *saved = &p->operand[2], *dx = &p->operand[3];
    return lw_linear_backward_input(p->m, p->k, p->n, dz->data, dz->ld, w->data, w->ld,
                                    p->parameters.activation, saved->data, saved->ld, dx->data,
                                    dx->ld);
}

static void linear_backward_weights_shape(struct problem *p)
{
    const enum operand_use use = p->variant & 1 ? UPDATED : OUTPUT;
    p->parameters.beta = p->variant & 1 ? 1.0f : 0.0f;
    matrix(p, "x", INPUT, p->m, p->k);
    matrix(p, "dz", INPUT, p->m, p->n);
    matrix(p, "dw", use, p->k, p->n);
    vector(p, "db", p->variant & 2 ? ABSENT : use, p->n)->optional = 1;
    p->exact = 1;
}

static lw_status linear_backward_weights_call(const struct problem *p)
{
    const struct operand *x = &p->operand[0], *dz = &p->operand[1];
    const struct operand *dw = &p->operand[2], *db = &p->operand[3];
    return lw_linear_backward_weights(p->m, p->k, p->n, x->data, x->ld, dz->data, dz->ld,
                                      p->parameters.beta, dw->data, dw->ld, db->data);
}

static int prefers_dot_products(size_t n, size_t k)
{
    return n <= 12 && k >= 32 && k <= 1 << 17;
}

int takes_dot_products(const struct problem *p)
{
    const struct parameters *q = &p->parameters;
    if (p->operation->call == linear_forward_call)
        return prefers_dot_products(p->n, p->k);
    if (p->operation->call == linear_backward_input_call)
        return prefers_dot_products(p->k, p->n);
    const int few = q->transb && (p->m <= 4 || p->n <= 16) && p->k >= 32;
    return p->operation->call == sgemm_call && !q->transa &&
           (few || prefers_dot_products(p->n, p->k)) && q->alpha == 1.0f &&
           (q->beta == 0.0f || q->beta == 1.0f);
}

/* ---- Vectors ---- */

/* x to y, or y in place. */
static void map_shape(struct problem *p, int in_place)
{
    p->in_place = in_place;
    vector(p, "x", in_place ? ABSENT : INPUT, p->n);
    vector(p, "y", in_place ? UPDATED : OUTPUT, p->n)->in_place_with = "x";
}

static void activate_shape(struct problem *p)
{
    p->parameters.activation = (lw_activation)(p->variant % ACTIVATIONS);
    map_shape(p, p->variant / ACTIVATIONS);
    p->exact = is_exact(p->parameters.activation);
}

static lw_status activate_call(const struct problem *p)
{
    return lw_activate(p->parameters.activation, p->n, problem_source(p, 0, 1)->data,
                       p->operand[1].data);
}

static void activate_backward_shape(struct problem *p)
{
    const lw_activation activation = (lw_activation)(p->variant % ACTIVATIONS);
    p->parameters.activation = activation;
    p->in_place = p->variant / ACTIVATIONS;
    saved_operand(vector(p, "saved", INPUT, p->n), activation);
    vector(p, "dy", p->in_place ? ABSENT : INPUT, p->n);
    vector(p, "dz", p->in_place ? UPDATED : OUTPUT, p->n)->in_place_with = "dy";
    p->exact = is_exact(activation);
}

static lw_status activate_backward_call(const struct problem *p)
{
    return lw_activate_backward(p->parameters.activation, p->n, p->operand[0].data,
                                problem_source(p, 1, 2)->data, p->operand[2].data);
}

static void exp_shape(struct problem *p)
{
    map_shape(p, p->variant);
}

static lw_status exp_call(const struct problem *p)
{
    return lw_vector_exp(p->n, problem_source(p, 0, 1)->data, p->operand[1].data);
}

static void log_shape(struct problem *p)
{
    map_shape(p, p->variant);
    p->operand[0].domain = p->operand[1].domain = NOT_NEGATIVE;
}

static lw_status log_call(const struct problem *p)
{
    return lw_vector_log(p->n, problem_source(p, 0, 1)->data, p->operand[1].data);
}

static void scale_shape(struct problem *p)
{
    p->parameters.scale = p->variant ? 0.3f : -0.5f;
    vector(p, "x", UPDATED, p->n);
    p->exact = p->variant == 0;
}

static lw_status scale_call(const struct problem *p)
{
    return lw_vector_scale(p->n, p->parameters.scale, p->operand[0].data);
}

static void sum_squares_shape(struct problem *p)
{
    vector(p, "x", INPUT, p->n);
    vector(p, "sum", OUTPUT, 2)->domain = RESULT_DOUBLE;
    p->exact = 1;
}

static lw_status sum_squares_call(const struct problem *p)
{
    return lw_vector_sum_squares(p->n, p->operand[0].data, p->operand[1].data);
}

/* ---- Rows ---- */

static void map_rows_shape(struct problem *p)
{
    p->in_place = p->variant;
    matrix(p, "x", p->in_place ? ABSENT : INPUT, p->m, p->n);
    matrix(p, "y", p->in_place ? UPDATED : OUTPUT, p->m, p->n)->in_place_with = "x";
}

static lw_status softmax_call(const struct problem *p)
{
    const struct operand *x = problem_source(p, 0, 1), *y = &p->operand[1];
    return lw_softmax(p->m, p->n, x->data, x->ld, y->data, y->ld);
}

static lw_status log_softmax_call(const struct problem *p)
{
    const struct operand *x = problem_source(p, 0, 1), *y = &p->operand[1];
    return lw_log_softmax(p->m, p->n, x->data, x->ld, y->data, y->ld);
}

static void softmax_backward_shape(struct problem *p)
{
    p->in_place = p->variant;
    matrix(p, "y", INPUT, p->m, p->n)->domain = PROBABILITY;
    matrix(p, "dy", p->in_place ? ABSENT : INPUT, p->m, p->n);
    matrix(p, "dz", p->in_place ? UPDATED : OUTPUT, p->m, p->n)->in_place_with = "dy";
    p->exact = 1;
}

static lw_status softmax_backward_call(const struct problem *p)
{
    const struct operand *y = &p->operand[0], *dy = problem_source(p, 1, 2), *dz = &p->operand[2];
    return lw_softmax_backward(p->m, p->n, y->data, y->ld, dy->data, dy->ld, dz->data, dz->ld);
}

static void column_sums_shape(struct problem *p)
{
    p->parameters.beta = p->variant ? 1.0f : 0.0f;
    matrix(p, "x", INPUT, p->m, p->n);
    vector(p, "out", p->variant ? UPDATED : OUTPUT, p->n);
    p->exact = 1;
}

static lw_status column_sums_call(const struct problem *p)
{
    const struct operand *x = &p->operand[0];
    return lw_column_sums(p->m, p->n, x->data, x->ld, p->parameters.beta, p->operand[1].data);
}

static void argmax_shape(struct problem *p)
{
    matrix(p, "x", INPUT, p->m, p->n);
    vector(p, "index", OUTPUT, p->m)->domain = RESULT_INDEX;
    p->exact = 1;
}

static lw_status argmax_call(const struct problem *p)
{
    const struct operand *x = &p->operand[0];
    return lw_argmax(p->m, p->n, x->data, x->ld, p->operand[1].data);
}

/* ---- Losses ---- */

/* Loss and gradient, loss only, gradient only, gradient in place of the logits. */
enum loss_form { BOTH, LOSS_ONLY, GRADIENT_ONLY, IN_PLACE, LOSS_FORMS };

static void loss_shape(struct problem *p, const char *x_name, int labels)
{
    const enum loss_form form = (enum loss_form)p->variant;
    p->in_place = form == IN_PLACE;
    p->parameters.scale = 0.25f;
    matrix(p, x_name, p->in_place ? ABSENT : INPUT, p->m, p->n);
    if (labels)
        vector(p, "labels", INPUT, p->m)->domain = LABEL;
    else
        matrix(p, "t", INPUT, p->m, p->n)->domain = PROBABILITY;
    vector(p, "loss", form == GRADIENT_ONLY ? ABSENT : OUTPUT, p->m)->optional = 1;
    struct operand *g = matrix(p, "g",
                               form == LOSS_ONLY ? ABSENT
                               : p->in_place     ? UPDATED
                                                 : OUTPUT,
                               p->m, p->n);
    g->optional = 1;
    g->in_place_with = x_name;
}

static void labels_shape(struct problem *p)
{
    loss_shape(p, "x", 1);
}

static void targets_shape(struct problem *p)
{
    loss_shape(p, "x", 0);
}

static void squared_error_shape(struct problem *p)
{
    loss_shape(p, "y", 0);
    p->operand[1].domain = REAL;
    p->exact = 1;
}

static lw_status softmax_cross_entropy_call(const struct problem *p)
{
    const struct operand *x = problem_source(p, 0, 3), *g = &p->operand[3];
    return lw_softmax_cross_entropy(p->m, p->n, x->data, x->ld, p->operand[1].data,
                                    p->parameters.scale, p->operand[2].data, g->data, g->ld);
}

typedef lw_status (*targets_loss)(size_t rows, size_t cols, const float *x, size_t ldx,
                                  const float *t, size_t ldt, float scale, float *loss, float *g,
                                  size_t ldg);

static lw_status targets_call(const struct problem *p, targets_loss function)
{
    const struct operand *x = problem_source(p, 0, 3), *t = &p->operand[1], *g = &p->operand[3];
    return function(p->m, p->n, x->data, x->ld, t->data, t->ld, p->parameters.scale,
                    p->operand[2].data, g->data, g->ld);
}

static lw_status softmax_cross_entropy_probs_call(const struct problem *p)
{
    return targets_call(p, lw_softmax_cross_entropy_probs);
}

static lw_status sigmoid_cross_entropy_call(const struct problem *p)
{
    return targets_call(p, lw_sigmoid_cross_entropy);
}

static lw_status squared_error_call(const struct problem *p)
{
    return targets_call(p, lw_squared_error);
}

/* ---- Optimizers ---- */

static void sgd_update_shape(struct problem *p)
{
    static const lw_sgd_update_params params[] = {
        {.learning_rate = 0.5f},
        {.learning_rate = 0.5f, .weight_decay = 0.25f},
        {.learning_rate = 0.25f, .momentum = 0.5f},
        {.learning_rate = 0.25f, .momentum = 0.5f, .weight_decay = 0.125f, .nesterov = 1},
    };
    p->parameters.sgd = params[p->variant];
    vector(p, "g", INPUT, p->n);
    vector(p, "w", UPDATED, p->n);
    vector(p, "velocity", p->parameters.sgd.momentum != 0.0f ? UPDATED : IGNORED, p->n);
    p->exact = 1;
}

static lw_status sgd_update_call(const struct problem *p)
{
    return lw_sgd_update(p->n, &p->parameters.sgd, p->operand[0].data, p->operand[1].data,
                         p->operand[2].data);
}

static void adam_update_shape(struct problem *p)
{
    static const lw_adam_update_params params[] = {
        {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 1}, {1e-2f, 0.9f, 0.999f, 1e-8f, 0.1f, 0, 3},
        {1e-2f, 0.8f, 0.99f, 1e-6f, 0.1f, 1, 20}, {1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 1, 100000},
        {1e-3f, 0.5f, 0.999f, 1e-8f, 0.0f, 0, 2}, {1e-2f, 0.3f, 0.99f, 1e-8f, 0.1f, 0, 5},
        {1e-2f, 0.0f, 0.99f, 1e-8f, 0.1f, 1, 1},
    };
    p->parameters.adam = params[p->variant];
    vector(p, "g", INPUT, p->n);
    vector(p, "w", UPDATED, p->n);
    vector(p, "m", UPDATED, p->n);
    vector(p, "v", UPDATED, p->n)->domain = NOT_NEGATIVE;
}

static lw_status adam_update_call(const struct problem *p)
{
    return lw_adam_update(p->n, &p->parameters.adam, p->operand[0].data, p->operand[1].data,
                          p->operand[2].data, p->operand[3].data);
}

/* clang-format off */
const struct operation operations[] = {
    {"lw_sgemm", PRODUCT, 0, 4 * 8, sgemm_shape, sgemm_call, reference_sgemm},
    {"lw_linear_forward", PRODUCT, 0, ACTIVATIONS * 4, linear_forward_shape, linear_forward_call,
     reference_linear_forward},
    {"lw_linear_backward_input", PRODUCT, 0, ACTIVATIONS, linear_backward_input_shape,
     linear_backward_input_call, reference_linear_backward_input},
    {"lw_linear_backward_weights", PRODUCT, 0, 4, linear_backward_weights_shape,
     linear_backward_weights_call, reference_linear_backward_weights},
    {"lw_activate", VECTOR, 0, ACTIVATIONS * 2, activate_shape, activate_call, reference_activate},
    {"lw_activate_backward", VECTOR, 0, ACTIVATIONS * 2, activate_backward_shape,
     activate_backward_call, reference_activate_backward},
    {"lw_vector_exp", VECTOR, 0, 2, exp_shape, exp_call, reference_exp},
    {"lw_vector_log", VECTOR, 0, 2, log_shape, log_call, reference_log},
    {"lw_vector_scale", VECTOR, 0, 2, scale_shape, scale_call, reference_scale},
    {"lw_vector_sum_squares", VECTOR, 0, 1, sum_squares_shape, sum_squares_call,
     reference_sum_squares},
    {"lw_softmax", ROWS, 0, 2, map_rows_shape, softmax_call, reference_softmax},
    {"lw_log_softmax", ROWS, 0, 2, map_rows_shape, log_softmax_call, reference_log_softmax},
    {"lw_softmax_backward", ROWS, 0, 2, softmax_backward_shape, softmax_backward_call,
     reference_softmax_backward},
    {"lw_column_sums", ROWS, 0, 2, column_sums_shape, column_sums_call, reference_column_sums},
    {"lw_argmax", ROWS, 1, 1, argmax_shape, argmax_call, reference_argmax},
    {"lw_softmax_cross_entropy", ROWS, 1, LOSS_FORMS, labels_shape, softmax_cross_entropy_call,
     reference_softmax_cross_entropy},
    {"lw_softmax_cross_entropy_probs", ROWS, 0, LOSS_FORMS, targets_shape,
     softmax_cross_entropy_probs_call, reference_softmax_cross_entropy_probs},
    {"lw_sigmoid_cross_entropy", ROWS, 0, LOSS_FORMS, targets_shape, sigmoid_cross_entropy_call,
     reference_sigmoid_cross_entropy},
    {"lw_squared_error", ROWS, 0, LOSS_FORMS, squared_error_shape, squared_error_call,
     reference_squared_error},
    {"lw_sgd_update", VECTOR, 0, 4, sgd_update_shape, sgd_update_call, reference_sgd_update},
    {"lw_adam_update", VECTOR, 0, 7, adam_update_shape, adam_update_call, reference_adam_update},
};
/* clang-format on */
const size_t operation_count = sizeof operations / sizeof *operations;

struct size product_size(const struct operation *operation, size_t rows, size_t cols, size_t steps)
{
    if (operation->shape == linear_backward_input_shape)
        return (struct size){rows, steps, cols};
    if (operation->shape == linear_backward_weights_shape)
        return (struct size){steps, cols, rows};
    return (struct size){rows, cols, steps};
}

const struct operation *operation_find(const char *name)
{
    for (size_t i = 0; i < operation_count; i++) {
        if (!strcmp(operations[i].name, name))
            return &operations[i];
    }
    return NULL;
}
