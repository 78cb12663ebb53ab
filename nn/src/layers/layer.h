/*
 * Layers: what all layers of a network have in common, and the table of functions that makes a kind
 * of them.
 *
 * A new kind is one file here and a line in kinds.c. Nothing else depends on the kind of a layer.
 *
 * Parameters, gradients and the state of an optimizer are in buffers of the network, which a
 * layer's tensors describe. What a layer keeps from its forward pass for its backward pass is in
 * the workspace of the network.
 */
#ifndef LANEWISE_LAYER_H
#define LANEWISE_LAYER_H

#include "base/random.h"
#include "matrix.h"

#include <lanewise/nn.h>

struct lw_c_writer;
struct lw_onnx_graph;
typedef struct lw_layer lw_layer;
typedef struct lw_layer_kind lw_layer_kind;

enum { LW_MAX_TENSORS = 2 };

/* In the place of a layer's number: the inputs of the network. */
#define LW_NET_INPUT SIZE_MAX

/* A trainable tensor. */
typedef struct lw_tensor {
    const char *name;   /* in files, behind the number of the layer: "weight", "bias" */
    size_t rows, cols;  /* a vector has one row */
    int is_matrix;      /* in files two-dimensional and transposed; otherwise a vector */
    size_t offset;      /* in the buffers of parameters and of moments */
    size_t gradient;    /* in the buffer of gradients, row-major */
    size_t flat;        /* in a flat view, row-major */
    lw_weights *layout; /* of the parameters and moments; NULL: row-major */
} lw_tensor;

struct lw_layer {
    const lw_layer_kind *kind;
    lw_layer_spec spec;
    size_t in, out; /* columns of its input and its output */
    size_t input;   /* the layer whose outputs it reads, or LW_NET_INPUT */

    /* What the network makes of it; see link_layers in create.c. */
    int is_output;        /* its outputs are those of the network */
    int has_float_reader; /* so it is for an output layer */
    int has_bf16_reader;
    int reader_derives; /* its reader writes the gradient at the pre-activation: see epilogue */
    int wants_input_gradient; /* also where it reads the inputs of the network */

    lw_tensor tensors[LW_MAX_TENSORS];
    size_t tensor_count;
    float *parameters; /* the buffers of the network */
    float *gradients;  /* NULL until needed */

    /* The gradients and the update of a layer are computed in shards: equal ranges of its first
     * tensor, the other tensors with the last shard (gradients) or the first (update). Threads
     * update whole units of shards. */
    size_t shards, shard_unit;

    /* In the workspace of the network: */
    lw_matrix y;  /* outputs */
    lw_matrix dz; /* gradient at the pre-activation; at the outputs for a kind without one */
    float *z;     /* rows x out: pre-activation; NULL where nothing reads it */
};

/* What differs from pass to pass. */
typedef struct lw_pass {
    int training; /* a backward pass may follow; otherwise float32, and nothing is kept */
    size_t rows;  /* of the mini-batch, in this process */
    float *z;     /* receives the pre-activation, instead of the workspace; NULL: not wanted */
} lw_pass;

/* What the reader of a layer multiplies the gradient by as it stores it: activation'(saved). */
typedef struct lw_epilogue {
    lw_activation activation;
    lw_operand saved;
} lw_epilogue;

/* An optimizer's step. Moments are in buffers of the layout of the parameters. */
typedef struct lw_update {
    const lw_sgd_update_params *sgd;   /* NULL: Adam */
    const lw_adam_update_params *adam; /* NULL: SGD */
    float *m, *v;                      /* NULL where the optimizer has no such moment */
    lw_prefetch *prefetch;                   /* rows of the next batch to prefetch; NULL: none */
} lw_update;

/*
 * Functions run on one thread's rows of the mini-batch or shards of the layer, side by side in
 * several threads. Operands and matrices that are given begin with the first of the rows; where an
 * operand is read for gradients it is that of the whole mini-batch.
 */
struct lw_layer_kind {
    const char *name;
    size_t size;     /* of its struct, which begins with a lw_layer */
    int is_bf16;     /* in training it reads bf16 forms, and can write them without floats */
    size_t row_unit; /* rows of the mini-batch are distributed to threads in multiples of it */

    /* LW_EINVAL for a layer that cannot be, number of a network. */
    lw_status (*check)(const lw_layer_spec *spec, size_t number, int is_last);
    size_t (*outputs)(const lw_layer_spec *spec, size_t in);

    /* Describes the tensors but their places, and the shards, of a layer whose shape is known. */
    void (*describe)(lw_layer *layer);
    void (*init)(const lw_layer *layer, lw_random *random);

    /* Places memory that does not depend on the batch, and the workspace. storage may be NULL. */
    void (*storage)(lw_layer *layer, lw_arena *arena);
    void (*workspace)(lw_layer *layer, lw_arena *arena, size_t rows);

    /* Makes what is derived from the parameters of some shards and stored; NULL: nothing is. Runs
     * before the first forward pass in training after the parameters were changed by anything but
     * an update. */
    lw_status (*prepare)(const lw_layer *layer, lw_span shards);

    /* y NULL: only the pre-activation is wanted. */
    lw_status (*forward)(const lw_layer *layer, const lw_pass *pass, lw_span rows,
                         const lw_operand *x, const lw_matrix *y);

    /* The floats of dz from the gradient at the outputs, rows x out, which may be dz; NULL: they
     * are the same. */
    lw_status (*derive)(const lw_layer *layer, lw_span rows, const float *dy);

    /* The gradient at the inputs from dz; below: what else to multiply it by. */
    lw_status (*backward)(const lw_layer *layer, lw_span rows, const lw_epilogue *below,
                          const lw_matrix *dx);

    /* What a reader of the same arithmetic can multiply by instead of derive; NULL: nothing. */
    lw_epilogue (*epilogue)(const lw_layer *layer, size_t first_row);
    int applies_epilogues; /* backward can do that; otherwise it is given LW_ACTIVATION_LINEAR */

    /* Stores the gradients of some shards. */
    lw_status (*gradients)(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                           const lw_operand *x);
    /* The optimizer's step by the stored gradients of all shards, or without update_fused by those
     * of the same shards. */
    lw_status (*update)(const lw_layer *layer, lw_span shards, const lw_update *update);
    /* Both in one, without storing gradients, for up to LW_UPDATE_MAX_BATCH rows; NULL: gradients,
     * then update. */
    lw_status (*update_fused)(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                              const lw_operand *x, const lw_update *update);

    /* A row in double precision. parameters: those of the layer, as in the flat view; z: out values
     * of the pre-activation. */
    void (*reference)(const lw_layer *layer, const double *parameters, const double *x, double *z,
                      double *y);

    /* Modules of PyTorch's nn.Sequential that the layer is. */
    size_t (*modules)(const lw_layer *layer);
    void (*write_c)(const lw_layer *layer, struct lw_c_writer *writer);
    void (*write_onnx)(const lw_layer *layer, struct lw_onnx_graph *graph);

    /* Operations of the forward pass of a row; the backward pass takes twice as many. */
    double (*flops)(const lw_layer *layer);
};

static inline size_t lw_tensor_count(const lw_tensor *tensor)
{
    return tensor->rows * tensor->cols;
}

/* The values and the stored gradients of a layer's tensor. */
static inline float *lw_tensor_values(const lw_layer *layer, size_t tensor)
{
    return layer->parameters + layer->tensors[tensor].offset;
}

static inline float *lw_tensor_gradients(const lw_layer *layer, size_t tensor)
{
    return layer->gradients + layer->tensors[tensor].gradient;
}

/* The part of an optimizer's buffer that belongs to a tensor; NULL if there is no such buffer. */
static inline float *lw_tensor_moment(float *buffer, const lw_layer *layer, size_t tensor)
{
    return buffer ? buffer + layer->tensors[tensor].offset : NULL;
}

#endif
