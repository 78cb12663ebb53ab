/* Networks: building, parameters, settings, prediction. Conventions: see nn.h. */
#ifndef LANEWISE_NN_NET_H
#define LANEWISE_NN_NET_H

#include <lanewise/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Building a network ------------------------------------------------------------------- */

/* A network: layers, parameters, optimizer state and a random number generator. */
typedef struct lw_net lw_net;

/* How the weights W and biases b of a layer are initialised. */
typedef enum lw_init {
    LW_INIT_DEFAULT = 0, /* PyTorch's Linear: W and b uniform in +-1/sqrt(in)                   */
    LW_INIT_ZEROS,       /* W and b 0                                                           */
    LW_INIT_NORMAL,      /* W normal with standard deviation init_scale (0 means 1), b 0         */
    LW_INIT_UNIFORM,     /* W uniform in +-init_scale (0 means 1), b 0                           */
    LW_INIT_XAVIER,      /* W uniform in +-sqrt(6 / (in + out)), b 0 (Glorot and Bengio 2010)    */
    LW_INIT_HE           /* W normal with standard deviation sqrt(2 / in), b 0 (He et al. 2015)  */
} lw_init;

/*
 * Creates a network without layers, whose generator is seeded with seed. The generator draws the
 * parameters of each layer added and shuffles in lw_fit. The caller releases *net with
 * lw_net_destroy. Until the first layer is added, training, prediction, saving and loading return
 * LW_ESTATE. Returns LW_EINVAL for inputs == 0.
 */
LW_API LW_CHECKED lw_status lw_net_create(lw_net **net, size_t inputs, uint64_t seed);

/*
 * Appends a dense layer: y = activation(x * W + b) with the given number of units, initialised with
 * LW_INIT_DEFAULT. Earlier layers keep their parameters. Resets optimizer state, gradients and the
 * last forward pass.
 *
 * Returns LW_EINVAL for units == 0, for an unknown activation, for LW_ACTIVATION_SOFTMAX with one
 * unit, whose output is always 1, and after a softmax layer, which is always the last. On failure
 * the network is unchanged.
 */
LW_API LW_CHECKED lw_status lw_net_add_dense(lw_net *net, size_t units, lw_activation activation);

/* The same with another initialisation. init_scale, at least 0, is read by LW_INIT_NORMAL and
 * LW_INIT_UNIFORM. */
LW_API LW_CHECKED lw_status lw_net_add_dense_init(lw_net *net, size_t units,
                                                  lw_activation activation, lw_init init,
                                                  float init_scale);

/* A dense layer in the array form of lw_net_create_mlp. This struct does not grow. */
typedef struct lw_layer_spec {
    size_t units;             /* columns of the layer's output, at least 1                 */
    lw_activation activation; /* LW_ACTIVATION_SOFTMAX only in the last layer              */
    lw_init init;             /* how W and b are drawn                                     */
    float init_scale;         /* for LW_INIT_NORMAL and LW_INIT_UNIFORM; 0 means 1         */
} lw_layer_spec;

/* Creates a network of dense layers from an array: lw_net_create, then lw_net_add_dense_init for
 * each element, with the same bits. Returns LW_EINVAL also for layer_count == 0. */
LW_API LW_CHECKED lw_status lw_net_create_mlp(lw_net **net, size_t inputs,
                                              const lw_layer_spec *layers, size_t layer_count,
                                              uint64_t seed);

/*
 * Creates a copy: layers, parameters, optimizer state, generator, precision, instruction set and
 * number of threads. Gradients, the last forward pass and ranks are not copied.
 */
LW_API LW_CHECKED lw_status lw_net_clone(lw_net **clone, const lw_net *net);

/* Releases a network. NULL is allowed. */
LW_API void lw_net_destroy(lw_net *net);

/* ---- Properties --------------------------------------------------------------------------- */

/* Columns of the inputs, columns of the outputs, number of layers. Without layers the outputs are
 * the inputs. */
LW_API size_t lw_net_inputs(const lw_net *net);
LW_API size_t lw_net_outputs(const lw_net *net);
LW_API size_t lw_net_layer_count(const lw_net *net);

/* Number of parameters: the length of the flat view. */
LW_API size_t lw_net_parameter_count(const lw_net *net);

/* Bytes that the network occupies: parameters, optimizer state, the workspace of its largest batch
 * so far, and gradients once they were stored. */
LW_API size_t lw_net_memory(const lw_net *net);

/* Shape and activation of a layer. */
typedef struct lw_layer_info {
    size_t in, out;           /* columns of its input and of its output */
    lw_activation activation; /* of its outputs                         */
} lw_layer_info;

/* Describes a layer, counted from 0. LW_EINVAL if the network has no such layer. */
LW_API LW_CHECKED lw_status lw_net_layer_info(const lw_net *net, size_t layer, lw_layer_info *info);

/* The name of an activation as models and the command write it: "linear", "relu", "leaky_relu",
 * "sigmoid", "tanh", "gelu", "silu", "softmax"; "unknown activation" otherwise. A constant string.
 */
LW_API const char *lw_activation_name(lw_activation activation);

/* The activation with that name; LW_EINVAL if there is none. */
LW_API LW_CHECKED lw_status lw_activation_parse(const char *name, lw_activation *activation);

/* ---- Settings ----------------------------------------------------------------------------- */

/* Draws all parameters again, as when the layers were added, from the generator seeded with seed,
 * and resets the optimizer. */
LW_API LW_CHECKED lw_status lw_net_initialize(lw_net *net, uint64_t seed);

/* The seed last given to the network's generator: by lw_net_create, lw_net_initialize or
 * lw_net_load_state. */
LW_API uint64_t lw_net_seed(const lw_net *net);

/* Number format of the operands of the products in training. */
typedef enum lw_precision {
    LW_PRECISION_FP32 = 0, /* float32                                           */
    LW_PRECISION_BF16      /* bf16 operands, float32 sums, parameters and losses */
} lw_precision;

/*
 * Sets the precision of training. With LW_PRECISION_BF16 the products of all layers read weights
 * and activations rounded to bf16 and sum in float32; biases, losses, gradients, optimizer state
 * and the weights it updates stay float32, and so does prediction. About twice as fast for wide
 * layers where the CPU has the instructions (set "avx512bf16"); emulated elsewhere with the same
 * bits, except where a rounded operand or a sum is below 2^-126 or not finite. Setting another
 * precision than the current one keeps the parameters and resets optimizer, gradients and the last
 * forward pass; setting the current one changes nothing. Returns LW_ENOMEM with the network
 * unchanged.
 */
LW_API LW_CHECKED lw_status lw_net_set_precision(lw_net *net, lw_precision precision);
LW_API lw_precision lw_net_precision(const lw_net *net);

/* Sets the number of threads of the network's functions; 0, the default, is no setting. Numbers
 * above the processor count are accepted, and those above LW_MAX_THREADS mean LW_MAX_THREADS. See
 * "Threads" in nn.h. */
LW_API void lw_net_set_threads(lw_net *net, unsigned threads);

/* Allocates the workspace for batches of up to rows rows, so that steps up to that size do not
 * allocate. Larger batches allocate once. Invalidates the last forward pass. */
LW_API LW_CHECKED lw_status lw_net_reserve(lw_net *net, size_t rows);

/* ---- Parameters and gradients ------------------------------------------------------------- */

/*
 * Copies parameters or gradients out of or into the network: as flat view (lw_net_parameter_count
 * floats), or of one dense layer (w: in x out, b: out; either may be NULL and is then skipped).
 *
 * New parameters invalidate the last forward pass. Gradients are those of the last lw_net_backward
 * or lw_net_set_gradients. LW_ESTATE if there are none: before the first backward pass, and after
 * lw_train_step and lw_fit without clip_norm, which do not store them.
 */
LW_API LW_CHECKED lw_status lw_net_get_parameters(const lw_net *net, float *flat);
LW_API LW_CHECKED lw_status lw_net_set_parameters(lw_net *net, const float *flat);
LW_API LW_CHECKED lw_status lw_net_get_layer(const lw_net *net, size_t layer, float *w, float *b);
LW_API LW_CHECKED lw_status lw_net_set_layer(lw_net *net, size_t layer, const float *w,
                                             const float *b);
LW_API LW_CHECKED lw_status lw_net_get_gradients(const lw_net *net, float *flat);
LW_API LW_CHECKED lw_status lw_net_set_gradients(lw_net *net, const float *flat);
LW_API LW_CHECKED lw_status lw_net_get_layer_gradients(const lw_net *net, size_t layer, float *dw,
                                                       float *db);

/* The threshold above which the only output of a network means class 1. 0.5 in a new network;
 * lw_fit sets it to the middle of the smallest and the largest target of a tanh output. Saved with
 * the network. LW_EINVAL if it is not finite. */
LW_API LW_CHECKED lw_status lw_net_set_threshold(lw_net *net, float threshold);
LW_API float lw_net_threshold(const lw_net *net);

/* ---- Prediction --------------------------------------------------------------------------- */

/*
 * y (rows x outputs) = outputs for x (rows x inputs). The network is unchanged, so several threads
 * may share it. A batch whose outputs of the two widest layers fit 16 KB of the stack allocates
 * nothing after the thread's first call. y may overlap x, which allocates. On failure y is
 * unchanged.
 */
LW_API LW_CHECKED lw_status lw_predict(const lw_net *net, size_t rows, const float *x, float *y);

/* label[i] = class of row i: the column of the largest output; with one output, 1 if it is above
 * the network's threshold, else 0. */
LW_API LW_CHECKED lw_status lw_classify(const lw_net *net, size_t rows, const float *x,
                                        int32_t *label);

#ifdef __cplusplus
}
#endif

#endif
