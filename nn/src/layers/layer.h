/*
 * Layers: the struct common to all layers, and the table of functions that defines a kind of layer.
 *
 * A new kind is one file in this directory and a line in kinds.c. No other code depends on the kind
 * of a layer.
 *
 * Parameters, gradients and the state of an optimizer are in buffers of the network, described by
 * the tensors of its layers. Values stored by the forward pass for the backward pass are in the
 * workspace of the network.
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

/* Used instead of the number of a layer: the inputs of the network. */
#define LW_NET_INPUT SIZE_MAX

/* A trainable tensor. */
typedef struct lw_tensor {
    const char *name;   /* suffix of its name in files: "weight", "bias" */
    size_t rows, cols;  /* a vector has one row */
    int is_matrix;      /* 1: two-dimensional and transposed in files; 0: a vector */
    size_t offset;      /* in the buffers of parameters and of moments, in floats */
    size_t gradient;    /* offset in the buffer of gradients, where it is row-major */
    size_t flat;        /* offset in a flat view, where it is row-major */
    lw_weights *layout; /* layout of parameters and moments; NULL: row-major */
} lw_tensor;

struct lw_layer {
    const lw_layer_kind *kind;
    lw_layer_spec spec;
    size_t in, out; /* number of inputs and outputs */
    size_t input;   /* number of the layer whose outputs it reads, or LW_NET_INPUT */

    /* Its role in the network; set by link_layers in create.c. */
    int is_output;        /* its outputs are the outputs of the network */
    int has_float_reader; /* 1 for an output layer */
    int has_bf16_reader;
    int reader_derives;       /* its reader applies its derivative: see epilogue */
    int wants_input_gradient; /* also if it reads the inputs of the network */

    lw_tensor tensors[LW_MAX_TENSORS];
    size_t tensor_count;
    float *parameters; /* the buffers of the network */
    float *gradients;  /* NULL until needed */

    /* Gradients and updates are computed in shards, equal ranges of the first tensor. Other tensors
     * belong to the last shard for gradients and to the first one for updates. Threads update whole
     * multiples of shard_unit shards. */
    size_t shards, shard_unit;

    /* In the workspace of the network: */
    lw_matrix y;  /* outputs */
    lw_matrix dz; /* gradient at the pre-activation, or at the outputs of kinds without derive */
    float *z;     /* pre-activation, rows x out; NULL if nothing reads it */
};

/* Parameters of a pass. */
typedef struct lw_pass {
    int training; /* 1: a backward pass may follow; 0: prediction in float32, nothing is stored */
    size_t rows;  /* of the mini-batch in this process */
    float *z;     /* receives the pre-activation, instead of layer->z; NULL: not needed */
} lw_pass;

/* The derivative of a layer, activation'(saved), by which its reader multiplies the gradient at the
 * layer's outputs before storing it. */
typedef struct lw_epilogue {
    lw_activation activation;
    lw_operand saved;
} lw_epilogue;

/* An optimizer's step. Moments have the layout of the parameters. */
typedef struct lw_update {
    const lw_sgd_update_params *sgd;   /* NULL: Adam */
    const lw_adam_update_params *adam; /* NULL: SGD */
    float *m, *v;                      /* NULL if the optimizer has no such moment */
    lw_prefetch *prefetch;             /* rows of the next batch to prefetch; NULL: none */
} lw_update;

/*
 * A kind of layer. Functions with rows or shards process those of one thread and run concurrently
 * on several threads. Operands and matrices passed with rows start at the first of these rows; x
 * passed with shards is the whole mini-batch.
 */
struct lw_layer_kind {
    const char *name;
    size_t size;     /* of its struct, whose first member is an lw_layer */
    int is_bf16;     /* training reads bf16 and can write bf16 without floats */
    size_t row_unit; /* threads process whole multiples of row_unit rows of the mini-batch */

    /* Checks a specification. number: of the layer, for the message. Returns LW_EINVAL. */
    lw_status (*check)(const lw_layer_spec *spec, size_t number, int is_last);
    size_t (*outputs)(const lw_layer_spec *spec, size_t in);

    /* Sets the tensors, except their offsets, and the shards. layer->in and layer->out are set. */
    void (*describe)(lw_layer *layer);
    void (*init)(const lw_layer *layer, lw_random *random);

    /* Place memory independent of the batch (NULL: none), and the workspace, in an arena. */
    void (*storage)(lw_layer *layer, lw_arena *arena);
    void (*workspace)(lw_layer *layer, lw_arena *arena, size_t rows);

    /* Updates the storage derived from the parameters of some shards; NULL: there is none. Runs
     * before a forward pass in training if parameters were changed other than by an update. */
    lw_status (*prepare)(const lw_layer *layer, lw_span shards);

    /* y NULL: computes the pre-activation only. */
    lw_status (*forward)(const lw_layer *layer, const lw_pass *pass, lw_span rows,
                         const lw_operand *x, const lw_matrix *y);

    /* Computes layer->dz.floats from dy, the gradient at the outputs, rows x out; dy may be
     * dz. NULL: the two are equal. */
    lw_status (*derive)(const lw_layer *layer, lw_span rows, const float *dy);

    /* Computes dx, the gradient at the inputs, from dz, multiplied by the derivative `below`. */
    lw_status (*backward)(const lw_layer *layer, lw_span rows, const lw_epilogue *below,
                          const lw_matrix *dx);

    /* The derivative that a reader of the same precision may apply instead of derive; or NULL. */
    lw_epilogue (*epilogue)(const lw_layer *layer, size_t first_row);
    int applies_epilogues; /* 0: `below` is always LW_ACTIVATION_LINEAR */

    /* Computes and stores the gradients of some shards. */
    lw_status (*gradients)(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                           const lw_operand *x);
    /* Applies the optimizer to some shards, whose gradients are stored. A kind without update_fused
     * must not read the gradients of other shards. */
    lw_status (*update)(const lw_layer *layer, lw_span shards, const lw_update *update);
    /* Both in one, without storing gradients, for at most LW_UPDATE_MAX_BATCH rows; NULL:
     * gradients, then update. */
    lw_status (*update_fused)(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                              const lw_operand *x, const lw_update *update);

    /* The forward pass of one row in double precision. parameters: the layer's part of the flat
     * view; z: receives the pre-activation, out values. */
    void (*reference)(const lw_layer *layer, const double *parameters, const double *x, double *z,
                      double *y);

    /* Number of modules of the layer in PyTorch's nn.Sequential. */
    size_t (*modules)(const lw_layer *layer);
    void (*write_c)(const lw_layer *layer, struct lw_c_writer *writer);
    void (*write_onnx)(const lw_layer *layer, struct lw_onnx_graph *graph);

    /* Operations of the forward pass of a row; the backward pass has twice as many. */
    double (*flops)(const lw_layer *layer);
};

static inline size_t lw_tensor_count(const lw_tensor *tensor)
{
    return tensor->rows * tensor->cols;
}

/* The values, or stored gradients, of a tensor. */
static inline float *lw_tensor_values(const lw_layer *layer, size_t tensor)
{
    return layer->parameters + layer->tensors[tensor].offset;
}

static inline float *lw_tensor_gradients(const lw_layer *layer, size_t tensor)
{
    return layer->gradients + layer->tensors[tensor].gradient;
}

/* A tensor's part of an optimizer's buffer; NULL if buffer is NULL. */
static inline float *lw_tensor_moment(float *buffer, const lw_layer *layer, size_t tensor)
{
    return buffer ? buffer + layer->tensors[tensor].offset : NULL;
}

#endif
