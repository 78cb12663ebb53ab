/* Dense layers, y = activation(x * W + b): the float32 kind, and the functions shared with the bf16
 * kind. */
#ifndef LANEWISE_DENSE_H
#define LANEWISE_DENSE_H

#include "layer.h"

enum { LW_DENSE_WEIGHT, LW_DENSE_BIAS };

typedef struct lw_dense {
    lw_layer base;
    lw_weights weights; /* layout and address of W */
} lw_dense;

extern const lw_layer_kind lw_dense_kind;

static inline const lw_dense *lw_dense_of(const lw_layer *layer)
{
    return (const lw_dense *)layer;
}

/* Members of lw_layer_kind for any precision. */
lw_status lw_dense_check(const lw_layer_spec *spec, size_t number, int is_last);
size_t lw_dense_outputs(const lw_layer_spec *spec, size_t in);
void lw_dense_init(const lw_layer *layer, lw_random *random);
lw_status lw_dense_derive(const lw_layer *layer, lw_span rows, const float *dy);
void lw_dense_reference(const lw_layer *layer, const double *parameters, const double *x, double *z,
                        double *y);
size_t lw_dense_modules(const lw_layer *layer);
void lw_dense_write_c(const lw_layer *layer, struct lw_c_writer *c);
void lw_dense_write_onnx(const lw_layer *layer, struct lw_onnx_graph *graph);
double lw_dense_flops(const lw_layer *layer);

/* Describes the tensors W, in the given layout, and b. */
void lw_dense_describe(lw_dense *dense, lw_weights weights);

/* The float32 forward pass, used for predictions in any precision. */
lw_status lw_dense_forward(const lw_layer *layer, const lw_pass *pass, lw_span rows,
                           const lw_operand *x, const lw_matrix *y);

/* The optimizer's step on some shards, as a parameter of kernels. */
lw_layer_update lw_dense_update_of(const lw_dense *dense, lw_span shards, const lw_update *update);

/* The gradient of b if the shards include the last row of W, otherwise NULL. */
float *lw_dense_bias_gradient(const lw_layer *layer, lw_span shards);

#endif
