/*
 * Lanewise networks: dense networks, their training and their data.
 *
 * What holds for every function, unless it says otherwise:
 *
 *   Matrices   row-major float32 without gaps: x is rows x inputs, y is rows x outputs.
 *   Weights    are shown as row-major (in, out) matrices, y = activation(x * W + b).
 *   Flat view  all parameters (or gradients) of a network as one vector: for each layer in order
 *              its W, row by row, then its b. Views are copies.
 *   Threads    a network may be trained by one thread at a time; functions that take a const lw_net
 *              may run in several threads at once on one network. Different networks are
 *              independent. A call on a network uses at most 1 thread inside a parallel region and
 *              in a forked child (see lw_max_threads), else the network's setting,
 *              lw_net_set_threads, if there is one, else the calling thread's setting,
 *              lw_set_threads, if there is one, else the number of OpenMP's threads or of available
 *              processors, whichever is less, and fewer where the work is not worth more. Results
 *              are bit-identical for any number. Waiting threads spin for some microseconds, then
 *              block.
 *   Denormals  training (forward, loss, backward, step) flushes numbers below 2^-126 to zero, as
 *              operands and results of each operation: the small gradients of a converged network
 *              would otherwise make it many times slower. Prediction and evaluation keep them.
 *              Either holds on every thread and for any floating-point mode of the caller, which is
 *              restored.
 *   Structs    of options begin with size, which the caller sets to sizeof the struct. Later
 *              versions add members at the end: a program built against an older header gets the
 *              default, 0, for those it lacks, and one built against a newer header works as long
 *              as the members that this library lacks are 0. LW_EINVAL for any other size. Other
 *              structs do not change while the soname stays. A value outside an enumeration is
 *              LW_EINVAL.
 *   Sizes      that no memory has are LW_EINVAL: more than PTRDIFF_MAX bytes in an operand or a
 *              network; what this machine does not have is LW_ENOMEM.
 *   Rows       Functions that work row by row do nothing for 0 rows: prediction, lw_net_reserve,
 *              selections of data sets. Those that average over rows refuse 0 rows: LW_EINVAL in a
 *              loop of training calls, LW_EDATA for a data set (one of several ranks may have an
 *              empty one, see ranks.h).
 *   NULL       is LW_EINVAL where nothing else is said. Functions that return no status then do
 *              nothing, or return 0.
 *   Status     see status.h. On failure outputs are unchanged.
 *   Features   a build may lack zlib, libcsv or Jansson. Compressed IDX files, CSV files, or model files then return
 *              LW_EUNSUPPORTED.
 */
#ifndef LANEWISE_NN_H
#define LANEWISE_NN_H

#include <lanewise/kernels.h>
#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Network ------------------------------------------------------------------------------ */

/* A network: layers, parameters, optimizer state and a generator of random numbers. */
typedef struct lw_net lw_net;

/* How the weights W and biases b of a layer are drawn. */
typedef enum lw_init {
    LW_INIT_DEFAULT = 0, /* PyTorch's Linear: W and b uniform in +-1/sqrt(in)                  */
    LW_INIT_ZEROS,       /* W and b 0                                                          */
    LW_INIT_NORMAL,      /* W normal with standard deviation init_scale (0 means 1), b 0        */
    LW_INIT_UNIFORM,     /* W uniform in +-init_scale (0 means 1), b 0                          */
    LW_INIT_XAVIER,      /* W uniform in +-sqrt(6 / (in + out)), b 0 (Glorot and Bengio 2010)   */
    LW_INIT_HE           /* W normal with standard deviation sqrt(2 / in), b 0 (He et al. 2015) */
} lw_init;

/* A layer to be made. */
typedef struct lw_layer_spec {
    size_t units; /* columns of the layer's output, at least 1                      */
    lw_activation
        activation; /* LW_ACTIVATION_SOFTMAX only in the last layer, of at least two units       */
    lw_init init;   /* how W and b are drawn */
    float init_scale; /* for LW_INIT_NORMAL and LW_INIT_UNIFORM; 0 means 1                      */
} lw_layer_spec;

/*
 * Creates a network of dense layers and draws its parameters from a generator seeded with seed.
 * The generator stays with the network: it also shuffles in lw_fit. *net is owned by the caller,
 * who releases it with lw_net_destroy. LW_EINVAL for inputs, units or layer_count 0 and for softmax
 * before the last layer or of one unit, whose output is always 1.
 */
LW_API lw_status lw_net_create_mlp(lw_net **net, size_t inputs, const lw_layer_spec *layers,
                               size_t layer_count, uint64_t seed);

/* Releases a network. NULL is allowed. */
LW_API void lw_net_destroy(lw_net *net);

/* Numbers of columns of the inputs, of columns of the outputs, and of layers. */
LW_API size_t lw_net_inputs(const lw_net *net);
LW_API size_t lw_net_outputs(const lw_net *net);
LW_API size_t lw_net_layer_count(const lw_net *net);

/* Number of weights and biases; the length of the flat view. */
LW_API size_t lw_net_parameter_count(const lw_net *net);

/* Bytes that the network holds now: parameters, the optimizer's moments, activations and their
 * gradients for the largest batch so far, and the gradients of the parameters once they were
 * wanted. */
LW_API size_t lw_net_memory(const lw_net *net);

/* Shape and activation of a layer. */
typedef struct lw_layer_info {
    size_t in, out;           /* rows and columns of W */
    lw_activation activation; /* of its outputs */
} lw_layer_info;

/* Tells of a layer, from 0. LW_EINVAL for one that the network does not have. */
LW_API lw_status lw_net_layer_info(const lw_net *net, size_t layer, lw_layer_info *info);

/* The name of an activation, as saved networks and the command write it: "linear", "relu",
 * "leaky_relu", "sigmoid", "tanh", "gelu", "silu", "softmax"; "unknown activation" outside the
 * enumeration. Never NULL; the string is constant. */
LW_API const char *lw_activation_name(lw_activation activation);

/* The activation of that name; LW_EINVAL if there is none. */
LW_API lw_status lw_activation_parse(const char *name, lw_activation *activation);

/* Draws all parameters anew as lw_net_create_mlp does, from the network's generator seeded with seed,
 * and forgets optimizer state. */
LW_API lw_status lw_net_initialize(lw_net *net, uint64_t seed);

/* The seed that the network's generator was given last: by the two functions above or, with the
 * state of the generator, by lw_net_load_state. */
LW_API uint64_t lw_net_seed(const lw_net *net);

/* What the products of training read. */
typedef enum lw_precision {
    LW_PRECISION_FP32 = 0, /* float32 */
    LW_PRECISION_BF16      /* mixed: bf16 where it is enough */
} lw_precision;

/*
 * What training computes with. LW_PRECISION_BF16: the products of all layers read weights and
 * activations rounded to bf16 (lanewise/internal/bf16.h) and sum in float; biases, losses,
 * gradients of parameters, the optimizer and the weights that it updates stay float, and so does
 * prediction. About twice as fast for wide layers where the CPU has instructions for it
 * (instruction set "avx512bf16"); elsewhere it is emulated, with the same bits but for the
 * exceptions that bf16.h names. A change of precision forgets the last forward pass, gradients and
 * optimizer state; parameters stay. The network's own precision changes nothing. LW_ENOMEM leaves
 * the network as it was.
 */
LW_API lw_status lw_net_set_precision(lw_net *net, lw_precision precision);
LW_API lw_precision lw_net_precision(const lw_net *net);

/* Sets how many threads the network's functions use; 0, the default: no setting. See Threads above.
 * Values above the processor count are accepted; values above LW_MAX_THREADS are clamped to it. */
LW_API void lw_net_set_threads(lw_net *net, unsigned threads);

/* Parameters and gradients, flat (lw_net_parameter_count floats) or by layer (w: in x out, b: out).
 * Either of w and b may be NULL: it is then left out. Gradients are those of the last
 * lw_net_backward or lw_net_set_gradients; LW_ESTATE before the first one, and after lw_train_step
 * and lw_fit without clip_norm, which use gradients as they arise and leave none behind. New
 * parameters need a new forward pass before lw_net_backward: LW_ESTATE until then. */
LW_API lw_status lw_net_get_parameters(const lw_net *net, float *flat);
LW_API lw_status lw_net_set_parameters(lw_net *net, const float *flat);
LW_API lw_status lw_net_get_layer(const lw_net *net, size_t layer, float *w, float *b);
LW_API lw_status lw_net_set_layer(lw_net *net, size_t layer, const float *w, const float *b);
LW_API lw_status lw_net_get_gradients(const lw_net *net, float *flat);
LW_API lw_status lw_net_set_gradients(lw_net *net, const float *flat);
LW_API lw_status lw_net_get_layer_gradients(const lw_net *net, size_t layer, float *dw, float *db);

/* ---- Loss --------------------------------------------------------------------------------- */

/* Losses of outputs y against targets t. */
typedef enum lw_loss {
    LW_LOSS_DEFAULT = 0, /* cross-entropy after softmax, binary after sigmoid, else LW_LOSS_MSE */
    LW_LOSS_MSE,      /* mean over all elements of (y - t)^2                                    */
    LW_LOSS_HALF_MSE, /* 1/2, mean over rows, sum over outputs of (y - t)^2                     */
    LW_LOSS_SSE,      /* sum over all elements of (y - t)^2                                     */
    LW_LOSS_BINARY_CROSS_ENTROPY, /* mean over all elements; the last activation is LW_ACTIVATION_SIGMOID */
    LW_LOSS_CROSS_ENTROPY /* mean over rows; the last activation is LW_ACTIVATION_SOFTMAX                  */
} lw_loss;

/* What the outputs should be; one of the two is set. Labels count from 0 and need cross-entropy
 * (with squared error they stand for one-hot rows); a network with one output takes labels 0 and 1
 * as its targets. */
typedef struct lw_target {
    const float *values;   /* rows x outputs */
    const int32_t *labels; /* rows */
} lw_target;

/* ---- Optimizer ---------------------------------------------------------------------------- */

/* Optimizers. */
typedef enum lw_optimizer_kind {
    LW_OPTIMIZER_DEFAULT = 0, /* lw_adam(1e-3f) */
    LW_OPTIMIZER_SGD,         /* gradient descent; with momentum if that is not 0 */
    LW_OPTIMIZER_ADAM,        /* Adam; weight decay is added to the gradient */
    LW_OPTIMIZER_ADAMW        /* AdamW; weight decay shrinks the weights */
} lw_optimizer_kind;

/*
 * Formulas: lw_sgd_update and lw_adam_update. There are no defaults but for LW_OPTIMIZER_DEFAULT,
 * which ignores all values: take one of the constructors below and change members. LW_EINVAL for
 *
 *   learning_rate, weight_decay   not finite or below 0
 *   momentum                      outside [0, 1)                         (LW_OPTIMIZER_SGD)
 *   nesterov                      set without momentum                   (LW_OPTIMIZER_SGD) beta1,
 *                                 beta2                  outside [0, 1)
 *                                 (LW_OPTIMIZER_ADAM, LW_OPTIMIZER_ADAMW)
 *   epsilon                       not finite, or not above 0             (LW_OPTIMIZER_ADAM,
 *                                 LW_OPTIMIZER_ADAMW)
 *
 * Members of the other kinds are ignored.
 */
typedef struct lw_optimizer {
    lw_optimizer_kind kind;      /* which one */
    float learning_rate;         /* of all */
    float momentum;              /* of LW_OPTIMIZER_SGD; 0: none */
    int nesterov;                /* of LW_OPTIMIZER_SGD with momentum; non-zero: look-ahead form */
    float weight_decay;          /* of all */
    float beta1, beta2, epsilon; /* of LW_OPTIMIZER_ADAM and LW_OPTIMIZER_ADAMW */
} lw_optimizer;

/* An optimizer of a kind; what has no argument is 0, but beta1 0.9, beta2 0.999 and epsilon 1e-8 of
 * Adam and AdamW. */
LW_API lw_optimizer lw_sgd(float learning_rate);
LW_API lw_optimizer lw_sgd_momentum(float learning_rate, float momentum);
LW_API lw_optimizer lw_adam(float learning_rate);
LW_API lw_optimizer lw_adamw(float learning_rate, float weight_decay);

/* ---- The user's own loop ------------------------------------------------------------------ */

/*
 * Makes room for batches of up to rows rows, so that no step after the first of that size
 * allocates. Steps with a larger batch make room themselves, once. Making room forgets the last
 * forward pass.
 */
LW_API lw_status lw_net_reserve(lw_net *net, size_t rows);

/*
 * Forward pass that keeps what lw_net_backward needs. x (rows x inputs) must stay valid and
 * unchanged until then. y (rows x outputs) receives the outputs; NULL: not stored.
 */
LW_API lw_status lw_net_forward(lw_net *net, size_t rows, const float *x, float *y);

/*
 * Loss of the last forward pass, and its gradient at the outputs, kept for lw_net_backward. value
 * may be NULL. LW_ESTATE without a forward pass; LW_ESHAPE if loss, target and last layer do not go
 * together; LW_EDATA, with the row, for a label out of range.
 */
LW_API lw_status lw_net_loss(lw_net *net, lw_loss loss, const lw_target *target, double *value);

/*
 * Backward pass: computes the gradients of all parameters and replaces the old ones.
 *
 *   dy  rows x outputs: gradient of the caller's loss at the outputs (after the activation); NULL:
 *       the one that lw_net_loss kept
 *   dx  rows x inputs: receives the gradient at the inputs; NULL: not computed, and costs nothing.
 *       Shares no memory with the inputs of the forward pass or dy
 *
 * Allocates on the first call with dx in bf16. Returns LW_ESTATE without the forward pass, or
 * without dy and the loss, before it; LW_EOVERLAP if dx shares memory. On failure dx is unchanged
 * and there are no gradients.
 */
LW_API lw_status lw_net_backward(lw_net *net, const float *dy, float *dx);

/* Scales the gradients so that their Euclidean norm is at most max_norm (> 0; INFINITY only
 * measures). norm receives the norm before; NULL: not stored. Squares neither overflow nor
 * underflow. LW_EDIVERGED, with the gradients unchanged, if one of them is not finite. */
LW_API lw_status lw_net_clip_gradients(lw_net *net, float max_norm, double *norm);

/* One optimizer step with the current gradients. The optimizer's state (velocity or moments, step
 * count) belongs to the network. It is reset by a step with another kind, lw_net_reset_optimizer,
 * lw_net_initialize and a change of precision. */
LW_API lw_status lw_net_step(lw_net *net, const lw_optimizer *optimizer);

/* Resets the optimizer's state and releases its memory. Parameters, gradients and the last forward pass stay. */
LW_API lw_status lw_net_reset_optimizer(lw_net *net);

/* How far an optimizer is. */
typedef struct lw_optimizer_info {
    lw_optimizer_kind kind; /* LW_OPTIMIZER_DEFAULT before the first step */
    uint64_t steps;         /* taken with that kind */
    size_t moments; /* 1: the velocity of SGD, which plain SGD lacks; 2: those of Adam and AdamW */
} lw_optimizer_info;

/* The optimizer's state in the network. */
LW_API lw_status lw_net_optimizer_info(const lw_net *net, lw_optimizer_info *info);

/* Forward, loss, backward, step, with the bits of those calls but in less time and memory: the gradients
 * are not stored (see lw_net_get_gradients). value, which may be NULL, receives the loss before the step. LW_EDIVERGED,
 * with the first layer and place where a number is not finite, if the loss is not finite, also where value is NULL:
 * parameters and optimizer are then as before.
 * Parameters are not checked before or after a step. */
LW_API lw_status lw_train_step(lw_net *net, lw_loss loss, const lw_optimizer *optimizer,
                               size_t rows, const float *x, const lw_target *target, double *value);

/* ---- Data --------------------------------------------------------------------------------- */

/*
 * Rows of inputs with their targets. A data set of the caller's own arrays is this struct filled
 * in, with storage NULL; one that a function below made is released with lw_dataset_free.
 */
typedef struct lw_dataset {
    size_t rows, inputs;            /* the shape of x */
    size_t outputs;                 /* columns of y, or the number of classes; at least 1 */
    const float *x;                 /* rows x inputs */
    lw_target target;               /* what the outputs should be, or neither values nor labels */
    const char *const *input_names; /* a text for each input, or NULL: not known */
    const char *const *class_names; /* a text for each class, or NULL: known by number only */
    void *storage;                  /* what lw_dataset_free releases */
} lw_dataset;

/*
 * A part of a file's rows: of n rows those from floor(n begin / of) up to, but not with, floor(n
 * end / of). So parts that follow one another leave out no row and have none twice. LW_EINVAL
 * unless begin <= end <= of and of is at most UINT32_MAX; all zeros, or NULL where a function takes
 * a pointer, are all rows. See lw_ranks_shard.
 */
typedef struct lw_shard {
    size_t begin; /* its first part */
    size_t end;   /* the part behind its last */
    size_t of;    /* how many parts all rows are */
} lw_shard;

/* Releases what a data function allocated and clears the struct. */
LW_API void lw_dataset_free(lw_dataset *data);

/*
 * IDX files of images (or any unsigned bytes, rows in the first dimension) and labels, plain or
 * gzip: the format of MNIST. Values are divided by 255. outputs is the largest label + 1. Messages
 * name the file and the byte (of the unpacked contents). LW_EFORMAT for a file that is cut, too
 * long or something else; LW_ESHAPE if the numbers of images and labels differ; LW_EDATA for empty
 * ones.
 *
 * No more is unpacked than the headers promise, and beyond them nothing before both go together. So
 * files whose headers promise n bytes, however large they are, take less than 2 n bytes of memory,
 * 5 n with the data set (and zlib's buffers, less than 100 KB). A promise alone takes 64 KB: memory
 * grows with what is there, at most 1032 times the size of a gzip file, which is all that its
 * format can pack.
 *
 * Of the images no row outside the shard is read or kept, but what is packed has to be unpacked to
 * its end; labels are read whole, since classes are those of all rows.
 */
LW_API lw_status lw_dataset_load_idx(lw_dataset *data, const char *images, const char *labels,
                                     const lw_shard *shard);

/*
 * NumPy files: x float32 or float64, rows x inputs (a vector is one column); y float32 or float64
 * (targets) or any integer type (labels, a vector or one column; outputs is the largest + 1).
 * Version 1 to 3, little-endian; Fortran order is read right. y NULL: inputs only. Messages name
 * the file and the byte or row. LW_EFORMAT for a file that is cut, too long or something else;
 * LW_ESHAPE for more dimensions than two and for numbers of rows that differ; LW_EDATA for NaN, Inf
 * and numbers beyond float32, negative labels, and empty arrays.
 *
 * No row outside the shard is read or checked, but for labels, which are read whole: classes are
 * those of all rows.
 */
LW_API lw_status lw_dataset_load_npy(lw_dataset *data, const char *x, const char *y,
                                     const lw_shard *shard);

/* How a CSV file is read. All but size may be 0, which is the default. */
typedef struct lw_csv_options {
    size_t size;        /* sizeof(lw_csv_options) */
    const char *target; /* name of the target column, or its number from 0; NULL: none */
    int no_header;      /* the first row is data; columns are then named 0, 1, ...       */
    int labels;         /* the target holds class labels: whole numbers from 0, or else texts,
                           numbered in order of first appearance; otherwise it is a value */
    int standardize;    /* all inputs but one-hot ones to mean 0, sample deviation 1      */
    const char *const *one_hot; /* columns to expand, each value a column in ascending order  */
    size_t one_hot_count;       /* the length of one_hot */
    const char *const *standardized; /* columns to standardise, beside or instead of all */
    size_t standardized_count;       /* the length of standardized */
    char separator;                  /* 0 means ',' */
    lw_shard shard;                  /* rows to keep; zeros: all */
} lw_csv_options;

/*
 * A CSV file, quoted fields allowed, blank lines passed over. Columns are named in the options by
 * their name or, where none has that name, by their number from 0. Inputs are the columns in file
 * order without the target, a one-hot column replaced by its columns: ascending as numbers if all
 * its fields are numbers, else as texts. A constant column standardises to 0. Numbers are written
 * with a decimal point whatever the locale. options NULL: all defaults. input_names are those of
 * the columns, "COLUMN = VALUE" for each column of a one-hot one; class_names are labels that are
 * texts.
 *
 * The whole file is read, whatever the shard: columns, classes, means and deviations are those of
 * all rows.
 *
 * Messages name file, line and column. LW_EINVAL for a column that is not there or is given two
 * uses; LW_EFORMAT for a ragged row, a misplaced quote and a name that stands twice; LW_EDATA for
 * an empty field, a text where a number belongs, NaN, Inf and numbers beyond float32, and for no
 * rows or no input columns.
 */
LW_API lw_status lw_dataset_load_csv(lw_dataset *data, const char *path,
                                     const lw_csv_options *options);

/* Random split: round(rows * fraction) rows go to second, the others to first. Both are copies, in
 * random order, names included, and may be empty. LW_EINVAL for a fraction outside 0 to 1. */
LW_API lw_status lw_dataset_split(const lw_dataset *data, double fraction, uint64_t seed,
                                  lw_dataset *first, lw_dataset *second);

/* The rows index[0..count-1] of data, in that order, as a copy. LW_EINVAL, with the place in index,
 * for a row that data does not have. */
LW_API lw_status lw_dataset_select(const lw_dataset *data, size_t count, const size_t *index,
                                   lw_dataset *selection);

/* The rows of a shard of data, as a copy; NULL: all. */
LW_API lw_status lw_dataset_shard(const lw_dataset *data, const lw_shard *shard, lw_dataset *part);

/* LW_OK if shapes are sound, all values finite and all labels in range (below outputs, or 0 and 1
 * with one output); otherwise LW_EINVAL, or LW_EDATA with row and column, also for no rows. A data
 * set without a target is sound. */
LW_API lw_status lw_dataset_check(const lw_dataset *data);

/* Writes a rows x cols matrix (cols 0: a vector) as .npy, whole or absent as lw_net_save. */
LW_API lw_status lw_npy_write_f32(const char *path, const float *x, size_t rows, size_t cols);
LW_API lw_status lw_npy_write_i32(const char *path, const int32_t *x, size_t rows, size_t cols);

/*
 * Data larger than memory: a callback that fills one mini-batch.
 *
 *   epoch   counts from 0; with first != 0 the epoch starts over
 *   x       room for max_rows x inputs
 *   values  room for max_rows x outputs, or NULL if the source has labels
 *   labels  room for max_rows, or NULL if the source has values
 *   rows    to be set to the rows delivered, at most max_rows; 0 ends the epoch
 *
 * Anything but LW_OK ends the run with that status (set the message with lw_fail).
 */
typedef lw_status (*lw_batch_callback)(void *user, size_t epoch, int first, size_t max_rows,
                                       float *x, float *values, int32_t *labels, size_t *rows);

/* Where lw_fit_source has its mini-batches from. */
typedef struct lw_batch_source {
    size_t size;            /* sizeof(lw_batch_source) */
    size_t inputs, outputs; /* columns of x, and of the values or the number of classes */
    int has_labels;         /* non-zero: the callback fills labels, otherwise values */
    lw_batch_callback next; /* fills a mini-batch */
    void *user;             /* handed to next */
} lw_batch_source;

/* ---- Prediction and evaluation ------------------------------------------------------------ */

/*
 * Outputs (rows x outputs) for x. Keeps nothing in the network, so that threads can share one that
 * is not trained. A batch whose layers' outputs fit 16 KB of the stack allocates nothing after the
 * thread's first call. On failure y is unchanged.
 */
LW_API lw_status lw_predict(const lw_net *net, size_t rows, const float *x, float *y);

/* Classes: the column of the largest output; with one output, 1 if it is above 0.5 else 0. */
LW_API lw_status lw_classify(const lw_net *net, size_t rows, const float *x, int32_t *label);

/* Most classes that lw_evaluate counts a confusion matrix of: 128 MiB. */
#define LW_CONFUSION_MAX_CLASSES 4096

/* Results of lw_evaluate. */
typedef struct lw_evaluation {
    double loss;                   /* of all rows */
    double accuracy;               /* NaN for targets that are no classes (see below) */
    size_t rows, classes, correct; /* correct of rows are classified right */
    size_t
        *confusion; /* classes x classes: row = true class, column = predicted; NULL without classes
                                      and above LW_CONFUSION_MAX_CLASSES */
    size_t true_positive, false_positive, true_negative, false_negative; /* two classes only */
    size_t *misclassified;      /* numbers of data's rows, ascending */
    size_t misclassified_count; /* the length of misclassified */
    void *storage;              /* what lw_evaluation_free releases */
} lw_evaluation;

/*
 * Loss and classification of a data set. The true class is the label; with target values, the
 * column of the largest value, or for one output whether the value is above 0.5. A network with one
 * output whose activation is neither sigmoid nor tanh is a regression: classes is 0 and the counts
 * are empty. Class 1 is positive. Release with lw_evaluation_free.
 */
LW_API lw_status lw_evaluate(const lw_net *net, const lw_dataset *data, lw_loss loss,
                             lw_evaluation *evaluation);
LW_API void lw_evaluation_free(lw_evaluation *evaluation);

/* ---- Fit ---------------------------------------------------------------------------------- */

/* A batch_size: all rows in one batch. */
#define LW_FULL_BATCH SIZE_MAX

/* How the learning rate changes in a run. */
typedef enum lw_schedule_kind {
    LW_SCHEDULE_CONSTANT = 0, /* it does not */
    LW_SCHEDULE_STEP,  /* learning rate * factor^(epoch / every), whole division                 */
    LW_SCHEDULE_COSINE /* from the learning rate down to factor times it along half a cosine, by
                          mini-batch over the whole run (Loshchilov and Hutter 2017); by epoch in
                          lw_fit_source, which does not know how many batches are to come. The
                          end of the curve is the point after the last step                       */
} lw_schedule_kind;

/* A schedule of the learning rate. */
typedef struct lw_schedule {
    lw_schedule_kind kind; /* which one */
    size_t every;          /* LW_SCHEDULE_STEP: epochs, at least 1 */
    float factor;          /* of LW_SCHEDULE_STEP and LW_SCHEDULE_COSINE */
} lw_schedule;

/* How far a run is: between two steps. */
typedef struct lw_position {
    size_t epochs;  /* that are done */
    size_t batches; /* mini-batches done of the next one */
    double loss;    /* sum of the losses of those mini-batches, each times its rows */
} lw_position;

/* What on_epoch hears after an epoch. */
typedef struct lw_epoch_report {
    size_t epoch, epochs;       /* epoch counts from 1                                           */
    double train_loss;          /* mean of the batch losses before their steps, weighted by rows  */
    double validation_loss;     /* NaN without validation data                                   */
    double validation_accuracy; /* NaN without validation data, and without classes          */
    double learning_rate;       /* of the epoch's last step                                */
    double seconds;             /* of training, without validation                         */
    double samples_per_second;  /* rows trained on in a second                             */
    lw_position position;       /* of the run, for lw_net_save_state                       */
} lw_epoch_report;

/* What on_batch hears after a mini-batch. */
typedef struct lw_batch_report {
    size_t epoch, epochs;         /* epoch counts from 1 */
    size_t rows_done, rows_total; /* in this epoch; rows_total 0 if not known */
    double seconds;               /* since the epoch began */
    lw_position position;         /* of the run, for lw_net_save_state */
} lw_batch_report;

/* The epochs of a run. */
typedef struct lw_history {
    size_t count;            /* epochs that were finished */
    lw_epoch_report *epochs; /* count of them */
    int stopped;             /* a callback or stop ended the run */
} lw_history;

/* Releases the reports and clears the struct. */
LW_API void lw_history_free(lw_history *history);

/* How lw_fit trains. All but size may be 0, which is the default. */
typedef struct lw_fit_options {
    size_t size;            /* sizeof(lw_fit_options) */
    lw_loss loss;           /* to be made small */
    lw_optimizer optimizer; /* how */
    size_t batch_size; /* 0 means 32; LW_FULL_BATCH: all rows                                   */
    size_t epochs;     /* 0 means 10                                                            */
    lw_position start; /* where a run that resumes goes on, see lw_net_load_state */
    int no_shuffle;    /* rows are taken in their order; otherwise a new order every epoch,
                          except where one batch holds them all                                 */
    lw_schedule schedule; /* of the learning rate */
    float clip_norm; /* 0: no clipping                                                        */
    const lw_dataset *validation; /* measured after each epoch; NULL: nothing is */
    int (*on_epoch)(void *user, const lw_epoch_report *report); /* non-zero stops the run       */
    int (*on_batch)(void *user, const lw_batch_report *report); /* non-zero stops after the batch */
    void *user;                                                 /* handed to the callbacks */
    const volatile sig_atomic_t
        *stop;            /* non-zero stops the run after the step at hand; NULL: nothing does */
    lw_position *end_position; /* receives where the run ended; NULL: not wanted */
    lw_history *history;  /* filled in if not NULL; release with lw_history_free                 */
} lw_fit_options;

/*
 * Trains the network for several epochs of shuffled mini-batches. The last batch of an epoch may be smaller. The order
 * of rows depends only on the state of the network's generator, which advances when an epoch is finished. options NULL:
 * all defaults.
 *
 * Stops when
 *   - options->epochs epochs are done, counted from begin
 *   - on_epoch or on_batch returns non-zero
 *   - *stop is non-zero; a signal handler may set it, or another thread by an atomic store. It is read before each
 *     step, or every 1024 steps or million rows (whichever is less) where a small network repeats one full-batch step
 *     and nothing is reported
 *   - a step's loss is not finite, or with clip_norm the norm of its gradient
 *   - parameters are not finite before on_epoch or at the end, or a validation loss is not finite
 *   - a batch source fails, or there is no memory for validation
 *
 * Returns
 *   LW_OK          the epochs are done, or a callback or *stop ended the run. reached receives the position: lw_fit
 *                  with it as begin and the same options and data continues with the bits and reports of an
 *                  uninterrupted run. An epoch is finished, and reported, after its last step
 *   LW_EINVAL      net or data NULL, an option without a meaning, begin beyond the end
 *   LW_ESHAPE      data, loss and network do not fit each other
 *   LW_EDATA       data are not finite, labels out of range (lw_dataset_check); a parameter is not finite at the start
 *   LW_EDIVERGED   a loss, norm or parameter is not finite; the message names epoch, mini-batch, layer and element
 *   LW_ENOMEM      no memory; after the first step only validation allocates
 *   others         those of a batch source
 *
 * Leaves in the network
 *   nothing new                       if it fails before the first step
 *   the steps before the failing one  if a loss, a norm of a gradient or a batch source ends the run
 *   all steps taken                   otherwise, also parameters that are not finite
 *
 * Runs in one parallel region for the run, or one for each epoch with on_epoch, or one for each step with on_batch
 * or a batch source. Callbacks are called outside of it.
 */
LW_API lw_status lw_fit(lw_net *net, const lw_dataset *data, const lw_fit_options *options);

/* The same on batches that a callback delivers, in its order; each is checked as it comes. With a
 * begin inside an epoch the callback has to deliver that epoch's batches again, and those done are
 * passed over; LW_EDATA if there are fewer. LW_FULL_BATCH is refused. */
LW_API lw_status lw_fit_source(lw_net *net, const lw_batch_source *source,
                               const lw_fit_options *options);

/* ---- Models ------------------------------------------------------------------------------- */

/*
 * Writes the network as safetensors, with the names and layout of the state dict of the
 * nn.Sequential of PyTorch that is the same network: `<n>.weight`, float32, stored (out, in), and
 * `<n>.bias`, where n counts a Linear for each layer and a module for each activation but linear.
 * So 784-512-10 with ReLU and softmax has `0.weight`, `0.bias`, `2.weight` and `2.bias`, which
 * load_state_dict takes with or without the Softmax at the end. The architecture is in
 * `__metadata__`. The file is replaced atomically. LW_EDATA, with the tensor, if a parameter is NaN
 * or Inf; an existing file is kept.
 */
LW_API lw_status lw_net_save(const lw_net *net, const char *path);

/* Makes a network of the architecture and parameters in a file that lw_net_save wrote. Its
 * generator is seeded with 0. LW_EFORMAT for another file, with the place; LW_ESHAPE if tensors and
 * architecture do not go together; LW_EDATA, with tensor and element, for NaN and Inf. */
LW_API lw_status lw_net_load(lw_net **net, const char *path);

/*
 * Reads parameters into a network of their shape, from lw_net_save or another program; the metadata
 * is not looked at. Layers are the tensors `<prefix><n>.weight` (out, in), n ascending, with any
 * numbers in between; `<prefix><n>.bias`, if there is one, or else 0. The prefix is empty or, in a
 * file without bare numbers, the same for all, for instance that of `net.0.weight` or `fc1.weight`.
 * Tensors of other names are passed over. Types F32, F64, F16 and BF16; the last two have their
 * values exactly.
 *
 * LW_ESHAPE, with the tensor, for one that is of another shape or of a layer that the network does
 * not have, for layers that are missing, and for a file with two prefixes; LW_EFORMAT, with the
 * tensor, for other types; LW_EDATA, with tensor and element, for NaN and Inf. On failure the
 * network is unchanged.
 */
LW_API lw_status lw_net_load_parameters(lw_net *net, const char *path);

/*
 * Makes a network of the tensors in a file that holds no architecture, such as a state dict that
 * PyTorch saved as safetensors: as many layers, of their shapes, as lw_net_load_parameters would
 * read. What no file of this kind says is which activations the layers have: hidden is that of all
 * but the last, output that of the last. (For others, lw_net_create_mlp and lw_net_load_parameters.)
 * Its generator is seeded with 0. Errors as lw_net_load_parameters; LW_ESHAPE, too, for shapes that
 * do not follow one another, and LW_EINVAL for softmax in hidden layers or of one output.
 */
LW_API lw_status lw_net_import(lw_net **net, const char *path, lw_activation hidden,
                               lw_activation output);

/*
 * Writes the network as an ONNX model, to be run by other programs: operators of set 13 (Gemm, and
 * Relu, LeakyRelu, Sigmoid, Tanh, Softmax or, for GELU and SiLU, some of Mul, Add and Sigmoid),
 * float32, from `input` (batch x inputs, any batch) to `output` (batch x outputs). Parameters are
 * named and laid out as in saved networks. The formulas are those of lw_activation; what runs them
 * decides how they are rounded. Whole or absent as lw_net_save. LW_EDATA, with layer and place, for
 * NaN and Inf; LW_ESHAPE for a network of 2 GiB or more, the most a file of this format can hold.
 */
LW_API lw_status lw_net_export_onnx(const lw_net *net, const char *path);

/*
 * Writes the network as one C file, to be compiled into other programs: void NAME(const float *x,
 * float *y) makes one row of outputs of one of inputs. It is C99 and C++, needs nothing but libm,
 * allocates nothing and may run in several threads at once. name NULL means "predict"; all names in
 * the file begin with it, so that files with different names go into one program. LW_EINVAL for a
 * name that is not letters, digits and '_', at most 40 and no digit first; it should be no keyword
 * or name of <math.h>. Whole or absent as lw_net_save. LW_EDATA, with layer and place, for NaN and
 * Inf.
 *
 * The parameters are exact. Products are summed one after the other, and the compiler may fuse them
 * with their additions: of the same inputs, what a layer takes its activation of is at most 2 g
 * (sum_p |x[p] * W[p][j]| + |b[j]|) away from lw_predict's, with g as for lw_linear_forward on the
 * scalar set. Of the same finite z, with a libm whose expf and tanhf are within 1 and 2 ulp,
 * activations differ from lw_predict's by at most: linear, ReLU and leaky ReLU 0; sigmoid and tanh
 * 4 ulp; SiLU 8 ulp; GELU 8 + 6 |2q| ulp; both |z| * 2^-148 besides where their sigmoid is
 * denormal; softmax 10 + 2 |z[j] - max| + cols ulp.
 */
LW_API lw_status lw_net_export_c(const lw_net *net, const char *path, const char *name);

/*
 * Writes the state of a training run: a file as lw_net_save writes, which lw_net_load reads as a
 * network, with what the following steps depend on beside the parameters:
 *
 *   moments    as tensors of the parameters' names and shapes, PyTorch's terms in front of them:
 *              `optimizer.momentum_buffer.`; for Adam `optimizer.exp_avg.`, `optimizer.exp_avg_sq.`
 *   metadata   `training_state` (version of the following), `epochs`, `batches` and `loss` (of the
 *              position; the loss as the 64 bits of the double), `seed` and `generator` (what the
 *              network's generator began with, and its word at the beginning of the position's
 *              epoch), `precision` (fp32, bf16), `optimizer.kind` (none, sgd, adam, adamw),
 *              `optimizer.steps`, `optimizer.moments` (how many tensors of moments a parameter
 *              has); numbers in decimal
 *
 * position is where the run is: what lw_fit tells as reached, or in the report of the callback that
 * calls this. In a loop of one's own it is the caller's, any two steps may be between. LW_EINVAL
 * for a loss in it that is not finite. Whole or absent, and LW_EDATA, as lw_net_save; moments count
 * as parameters.
 */
LW_API lw_status lw_net_save_state(const lw_net *net, const lw_position *position,
                                   const char *path);

/*
 * Brings a network to the state in a file that lw_net_save_state wrote; position receives what it
 * was given. lw_fit with begin = *position, on the same data with the same options, then goes on
 * with the bits of a run that was never interrupted, on any number of threads and any instruction
 * set with FMA. A network for it is made by lw_net_load from the same file, or as it was at first;
 * its seed and initialisation do not matter.
 *
 * LW_EFORMAT for another file and for metadata that are missing or make no sense, with the key;
 * LW_ESHAPE if layers, activations or tensors are not those of the network; LW_ESTATE for a network
 * in another precision (lw_net_set_precision comes first); LW_EDATA, with tensor and element, for
 * NaN and Inf, and for a second moment below 0. On failure the network is unchanged.
 */
LW_API lw_status lw_net_load_state(lw_net *net, lw_position *position, const char *path);

/* ---- Gradient check ----------------------------------------------------------------------- */

/* How far a gradient is from central differences. */
typedef struct lw_gradient_report {
    double max_error; /* largest |analytic - numeric|, relative to the largest of both gradients */
    size_t worst;     /* parameter where it is; SIZE_MAX if there is none                        */
    double analytic, numeric; /* the two there */
    double norm;              /* Euclidean norm of the numeric gradient */
} lw_gradient_report;

/*
 * Compares a gradient with central differences in double precision: (f(p + h e_i) - f(p - h e_i)) /
 * 2h for every parameter, h = step * max(1, |p_i|); step 0 means 1e-5.
 *
 * Differences are signed, so a wrong sign shows as an error of up to 2; a missing term shows as its
 * share; if only one of the gradients is zero everywhere the error is 1. parameters is changed
 * while f is called and restored exactly. LW_EDATA if f or the gradient is not finite, or if both
 * are zero everywhere, which proves nothing.
 */
LW_API lw_status lw_gradient_check(size_t n, double *parameters, const double *gradient,
                                   double (*f)(const double *parameters, void *user), void *user,
                                   double step, lw_gradient_report *report);

/*
 * The same for a network: its backward pass against central differences of its loss, computed
 * by a forward pass in double precision. Expect an error of about 1e-6 for float32 arithmetic, and
 * more where ReLU has inputs within the step of 0.
 */
LW_API lw_status lw_net_gradient_check(lw_net *net, lw_loss loss, size_t rows, const float *x,
                                       const lw_target *target, lw_gradient_report *report);

#ifdef __cplusplus
}
#endif

#endif
