/* Model files, training state, import and export. Conventions: see nn.h. */
#ifndef LANEWISE_NN_MODEL_H
#define LANEWISE_NN_MODEL_H

#include <lanewise/net.h>
#include <lanewise/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Models ------------------------------------------------------------------------------- */

/*
 * Saves the network as safetensors with the names and layout of the state dict of the equivalent
 * PyTorch nn.Sequential: `<n>.weight`, float32, (out, in), and `<n>.bias`, where n counts one
 * module per layer and one per activation other than linear. 784-512-10 with ReLU and softmax has
 * `0.weight`, `0.bias`, `2.weight` and `2.bias`, which load_state_dict accepts with or without the
 * final Softmax. The architecture is in `__metadata__`.
 *
 * The file is whole or absent: it is written next to path and renamed over it. LW_EDATA, with the
 * tensor, for a parameter that is not finite. LW_EUNSUPPORTED in a build without Jansson, as for
 * all functions that read or write models.
 */
LW_API LW_CHECKED lw_status lw_net_save(const lw_net *net, const char *path);

/* Creates the network described by a file of lw_net_save; its generator is seeded with 0.
 * LW_EFORMAT, with the position, for another file; LW_ESHAPE if tensors and architecture do not
 * match; LW_EDATA, with tensor and element, for NaN and Inf. */
LW_API LW_CHECKED lw_status lw_net_load(lw_net **net, const char *path);

/*
 * Reads parameters into a network of the same shape, from a file of lw_net_save or another program;
 * metadata are ignored. Layers are the tensors `<prefix><n>.weight` (out, in) in ascending order of
 * n, gaps allowed; `<prefix><n>.bias` if present, else 0. The prefix is empty or, in a file without
 * bare numbers, the same for all, for instance `net.` or `fc`. Other tensors are ignored. Types:
 * F64, F32, F16, BF16.
 *
 * LW_ESHAPE, with the tensor, for another shape, for missing or surplus layers, for two prefixes;
 * LW_EFORMAT, with the tensor, for other types; LW_EDATA, with tensor and element, for NaN and Inf.
 */
LW_API LW_CHECKED lw_status lw_net_load_parameters(lw_net *net, const char *path);

/* Options of lw_net_import_with. Members that are 0 or NULL have no effect, unless stated. */
typedef struct lw_import_options {
    size_t size;              /* sizeof(lw_import_options)                                       */
    lw_activation hidden;     /* of all layers but the last; 0: linear                           */
    lw_activation output;     /* of the last layer; 0: linear                                    */
    const char *prefix;       /* only tensors of this module, `net` or `net.` for `net.0.weight` */
    const char *const *order; /* names of the layers in order of use, with or without the prefix */
    size_t order_count;       /* names in order                                                  */
    int partial;              /* non-zero: leaves out tensors that no layer has                  */
    float negative_slope;     /* of the file's leaky ReLU; 0: not known                          */
    /* Receives each tensor that was left out, with the reason, after a successful import. The
     * strings are valid until it returns. */
    void (*on_unplaced)(void *user, const char *tensor, const char *reason);
    void *user; /* passed to on_unplaced */
} lw_import_options;

/*
 * Creates a network from a file that contains no architecture, such as a PyTorch state dict. Its
 * dense layers are the tensors `<name>.weight` (out, in) and, if present, `<name>.bias`, else 0.
 * Types: F64, F32, F16, BF16. The generator is seeded with 0. The order of the layers is
 *
 *   order      that of the names in options->order, if there are any
 *   numbers    ascending, if all names are `<prefix><n>` with the same prefix, gaps allowed
 *   shapes     otherwise the only one in which all layers have the inputs that the previous layer
 *              has outputs, among at most 64 layers
 *
 * All tensors must have a place. Refused with LW_ESHAPE and their names are batch, layer, group and
 * instance norms, PReLU, convolutions, recurrent layers, attention, embeddings (recognised by
 * `embed` in the name) and tensors that are neither weight nor bias. options->partial leaves them
 * out, and also dense layers: those not in options->order, or, if there is no other order, those
 * other than the numbered layers without prefix or with the only one. Moments of lw_net_save_state
 * are ignored.
 *
 * LW_ESHAPE, with the tensors, also if there is no order or more than one, if shapes do not match,
 * for a name of options->order or a prefix that the file does not have, and for a leaky ReLU whose
 * slope, by options->negative_slope or else the metadata `negative_slope`, is not LW_LEAKY_SLOPE.
 * LW_EINVAL for softmax in hidden layers or with one output, and for a layer named twice;
 * LW_EFORMAT, with the tensor, for other types; LW_EDATA, with tensor and element, for NaN and Inf.
 * For other activations use lw_net_create and lw_net_load_parameters.
 */
LW_API LW_CHECKED lw_status lw_net_import_with(lw_net **net, const char *path,
                                               const lw_import_options *options);

/* The same with only these options. */
LW_API LW_CHECKED lw_status lw_net_import(lw_net **net, const char *path, lw_activation hidden,
                                          lw_activation output);

/* ---- Exports ------------------------------------------------------------------------------ */

/*
 * Exports the network as an ONNX model (operator set 13), float32, from `input` (batch x inputs) to
 * `output` (batch x outputs): Gemm, then Relu, LeakyRelu, Sigmoid, Tanh, Softmax or, for GELU and
 * SiLU, combinations of Mul, Add and Sigmoid. With the schema of a table, `input` is raw rows as of
 * lw_net_export_c, and the metadata entry lanewise.schema has the schema as JSON, as in saved
 * models. Parameters have the names and layout of saved models.
 * Rounding is up to the runtime. Whole or absent. LW_EDATA, with the layer, for NaN and Inf,
 * and for a schema whose means or deviations exceed float32; LW_ESHAPE for 2 GiB or more, the limit
 * of the format.
 */
LW_API LW_CHECKED lw_status lw_net_export_onnx(const lw_net *net, const char *path);

/*
 * Exports the network as one C file with void NAME(const float *x, float *y), which computes one
 * row of outputs. It is valid C99 and C++, needs only libm, allocates nothing and is thread-safe.
 * name NULL means "predict"; all identifiers in the file start with it. LW_EINVAL for a name that
 * is not letters, digits and '_', longer than 40 or starting with a digit; it should be no keyword
 * or name of <math.h>. Whole or absent. LW_EDATA, with the layer, for NaN and Inf.
 *
 * The function of a network with the schema of a table takes raw rows, described in a comment at
 * the beginning of the file: one number per column that is an input; of a category the position of
 * its text; NaN where missing. Arrays NAME_columns, NAME_values<i> (texts of x[i]) and
 * NAME_classes0 have the names, and enumeration constants NAME_x_<column>, NAME_x<i>_<value> and
 * NAME_class_<class> their positions: in these, characters other than letters and digits are '_',
 * and names that would be equal end in n<position>. Target numbers are in the units of the training
 * data. The file must not be compiled with -ffast-math, which ignores NaN.
 *
 * Error: parameters are exact; products are summed in order, and the compiler may contract them. A
 * pre-activation differs from lw_predict's by at most 2 g (sum_p |x[p] * W[p][j]| + |b[j]|), g as
 * for lw_linear_forward on the scalar set. For equal finite pre-activations z, and a libm whose
 * expf and tanhf are within 1 and 2 ulp, activations differ by at most: linear, ReLU, leaky ReLU 0;
 * sigmoid, tanh 4 ulp; SiLU 8 ulp; GELU 8 + 6 |2q| ulp; both |z| * 2^-148 more where their sigmoid
 * is denormal; softmax 10 + 2 |z[j] - max| + cols ulp.
 */
LW_API LW_CHECKED lw_status lw_net_export_c(const lw_net *net, const char *path, const char *name);

/* ---- Training state ----------------------------------------------------------------------- */

/*
 * Saves the state of a training run: a file as written by lw_net_save, readable by lw_net_load,
 * with everything that later steps depend on:
 *
 *   moments   tensors with the names and shapes of the parameters, prefixed by
 *             `optimizer.momentum_buffer.`, or for Adam `optimizer.exp_avg.`,
 *             `optimizer.exp_avg_sq.`
 *   metadata  `training_state` (version), `epochs`, `batches`, `loss` (of the position; the loss as
 *             the 64 bits of the double), `seed` and `generator` (seed and state of the generator
 *             at the start of the position's epoch), `precision` (fp32, bf16), `optimizer.kind`
 *             (none, sgd, adam, adamw), `optimizer.steps`, `optimizer.moments` (buffers per
 *             parameter); numbers in decimal
 *
 * position is what lw_fit returned as end_position, or passed to a callback; with single steps it
 * is the caller's. LW_EINVAL if its loss is not finite. Whole or absent, and LW_EDATA, as
 * lw_net_save.
 */
LW_API LW_CHECKED lw_status lw_net_save_state(const lw_net *net, const lw_position *position,
                                              const char *path);

/*
 * Restores the state saved by lw_net_save_state; position receives the saved one. lw_fit with start
 * = *position and the same data and options continues with the bits of an uninterrupted run, on any
 * number of threads and any FMA instruction set. Create the network with lw_net_load from the same
 * file, or as before; seed and initialisation do not matter.
 *
 * LW_EFORMAT, with the key, for another file and for missing or invalid metadata; LW_ESHAPE if
 * layers, activations or tensors differ; LW_ESTATE if the precision differs (call
 * lw_net_set_precision first); LW_EDATA, with tensor and element, for NaN, Inf and negative second
 * moments.
 */
LW_API LW_CHECKED lw_status lw_net_load_state(lw_net *net, lw_position *position, const char *path);

#ifdef __cplusplus
}
#endif

#endif
