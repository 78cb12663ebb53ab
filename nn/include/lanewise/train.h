/* Training and evaluation: losses, optimizers, single steps, lw_fit. Conventions: see nn.h. */
#ifndef LANEWISE_NN_TRAIN_H
#define LANEWISE_NN_TRAIN_H

#include <lanewise/data.h>
#include <lanewise/net.h>
#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Loss --------------------------------------------------------------------------------- */

/* Losses of outputs y against targets t. */
typedef enum lw_loss {
    LW_LOSS_DEFAULT = 0, /* cross-entropy after softmax, binary after sigmoid, else LW_LOSS_MSE */
    LW_LOSS_MSE,         /* mean over all elements of (y - t)^2                                */
    LW_LOSS_HALF_MSE,    /* 1/2, mean over rows, sum over outputs of (y - t)^2                 */
    LW_LOSS_SSE,         /* sum over all elements of (y - t)^2                                 */
    LW_LOSS_BINARY_CROSS_ENTROPY, /* mean over all elements; after LW_ACTIVATION_SIGMOID        */
    LW_LOSS_CROSS_ENTROPY         /* mean over rows; after LW_ACTIVATION_SOFTMAX              */
} lw_loss;

/* ---- Optimizer ---------------------------------------------------------------------------- */

/* Kinds of optimizers. */
typedef enum lw_optimizer_kind {
    LW_OPTIMIZER_DEFAULT = 0, /* lw_adam(1e-3f)                              */
    LW_OPTIMIZER_SGD,         /* gradient descent, with momentum if not 0     */
    LW_OPTIMIZER_ADAM,        /* Adam; weight decay is added to the gradient  */
    LW_OPTIMIZER_ADAMW        /* AdamW; weight decay shrinks the weights      */
} lw_optimizer_kind;

/*
 * An optimizer. Start from a constructor below and change members as needed; formulas:
 * lw_sgd_update and lw_adam_update. Refused with LW_EINVAL: a learning rate or weight decay that is
 * negative or not finite, a momentum or beta outside [0, 1), Nesterov without momentum, an epsilon
 * that is not finite or not above 0. Members of other kinds are ignored; LW_OPTIMIZER_DEFAULT
 * ignores all.
 */
typedef struct lw_optimizer {
    lw_optimizer_kind kind;      /* which formula                                             */
    float learning_rate;         /* factor of the update                                      */
    float momentum;              /* LW_OPTIMIZER_SGD; 0: none                                 */
    int nesterov;                /* LW_OPTIMIZER_SGD with momentum; non-zero: Nesterov's form */
    float weight_decay;          /* 0: none                                                   */
    float beta1, beta2, epsilon; /* LW_OPTIMIZER_ADAM and LW_OPTIMIZER_ADAMW                  */
} lw_optimizer;

/* Constructors. Members without an argument are 0, except beta1 0.9, beta2 0.999, epsilon 1e-8. */
LW_API lw_optimizer lw_sgd(float learning_rate);
LW_API lw_optimizer lw_sgd_momentum(float learning_rate, float momentum);
LW_API lw_optimizer lw_adam(float learning_rate);
LW_API lw_optimizer lw_adamw(float learning_rate, float weight_decay);

/* State of a network's optimizer. */
typedef struct lw_optimizer_info {
    lw_optimizer_kind kind; /* LW_OPTIMIZER_DEFAULT before the first step                     */
    uint64_t steps;         /* taken with that kind                                           */
    size_t moments;         /* buffers: 0 plain SGD, 1 SGD with momentum, 2 Adam and AdamW     */
} lw_optimizer_info;

/* Copies the state of the network's optimizer to info. */
LW_API LW_CHECKED lw_status lw_net_optimizer_info(const lw_net *net, lw_optimizer_info *info);

/* Resets the optimizer's state and releases its memory: the next step starts with zero moments.
 * Parameters, gradients and the last forward pass stay. */
LW_API LW_CHECKED lw_status lw_net_reset_optimizer(lw_net *net);

/* ---- Single steps ------------------------------------------------------------------------- */

/*
 * Trains for one step on a mini-batch: forward pass, loss, backward pass, optimizer update.
 *
 *   x       rows x inputs
 *   target  values (rows x outputs) or labels (rows)
 *   value   receives the mean loss before the update; may be NULL
 *
 * Equivalent to lw_net_forward, lw_net_loss, lw_net_backward and lw_net_step, with the same bits,
 * but faster: gradients are applied as they are computed and not stored. Allocates only when rows
 * is larger than ever before.
 *
 * Returns LW_EINVAL for rows == 0, LW_ESHAPE if loss, target and network do not match, LW_EDATA if
 * a label is out of range, LW_EDIVERGED, with the layer, if the loss is not finite, whether or not
 * value is NULL. On failure parameters and optimizer are unchanged. Parameters are not checked
 * before or after a step.
 */
LW_API LW_CHECKED lw_status lw_train_step(lw_net *net, lw_loss loss, const lw_optimizer *optimizer,
                                          size_t rows, const float *x, const lw_target *target,
                                          double *value);

/* Forward pass that keeps what lw_net_backward needs. x (rows x inputs) must stay valid and
 * unchanged until then. y (rows x outputs) receives the outputs; may be NULL. */
LW_API LW_CHECKED lw_status lw_net_forward(lw_net *net, size_t rows, const float *x, float *y);

/* Loss of the last forward pass; its gradient at the outputs is kept for lw_net_backward. value may
 * be NULL. LW_ESTATE without a forward pass; LW_ESHAPE if loss, target and last layer do not match;
 * LW_EDATA, with the row, for a label out of range. */
LW_API LW_CHECKED lw_status lw_net_loss(lw_net *net, lw_loss loss, const lw_target *target,
                                        double *value);

/*
 * Backward pass: gradients of all parameters, replacing earlier ones.
 *
 *   dy  rows x outputs  gradient of the loss at the outputs, after the activation; NULL: the
 *       gradient kept by lw_net_loss
 *   dx  rows x inputs   receives the gradient at the inputs; NULL: not computed, and costs nothing
 *
 * dx may not overlap dy or the inputs of the forward pass: LW_EOVERLAP. LW_ESTATE without the
 * forward pass, or loss, that it needs. Allocates on the first call, and on the first with dx in
 * bf16. On failure dx is unchanged and there are no gradients.
 */
LW_API LW_CHECKED lw_status lw_net_backward(lw_net *net, const float *dy, float *dx);

/* Scales the gradients so that their Euclidean norm is at most max_norm (> 0; INFINITY: only
 * measures). norm, unless NULL, receives the norm before. Squares neither overflow nor underflow.
 * LW_EDIVERGED, with the gradients unchanged, if one of them is not finite. */
LW_API LW_CHECKED lw_status lw_net_clip_gradients(lw_net *net, float max_norm, double *norm);

/* One optimizer update with the stored gradients. The optimizer's state belongs to the network. It
 * is reset by a step of another kind, lw_net_reset_optimizer, lw_net_initialize, another precision
 * and new layers. LW_ESTATE without gradients. */
LW_API LW_CHECKED lw_status lw_net_step(lw_net *net, const lw_optimizer *optimizer);

/* ---- Fit ---------------------------------------------------------------------------------- */

/* A batch_size: all rows in one mini-batch. */
#define LW_FULL_BATCH SIZE_MAX

/* Learning-rate schedules. */
typedef enum lw_schedule_kind {
    LW_SCHEDULE_CONSTANT = 0, /* constant                                                     */
    LW_SCHEDULE_STEP,         /* learning rate * factor^floor(epoch / every)                  */
    LW_SCHEDULE_COSINE        /* half a cosine from the learning rate to factor times it, per
                                 mini-batch over the whole run (Loshchilov and Hutter 2017); per
                                 epoch in lw_fit_source, whose number of batches is unknown     */
} lw_schedule_kind;

/* A learning-rate schedule. */
typedef struct lw_schedule {
    lw_schedule_kind kind; /* which formula                           */
    size_t every;          /* LW_SCHEDULE_STEP: epochs, at least 1    */
    float factor;          /* LW_SCHEDULE_STEP and LW_SCHEDULE_COSINE */
} lw_schedule;

/* A position in a run, between two steps. */
typedef struct lw_position {
    size_t epochs;  /* completed                                                  */
    size_t batches; /* mini-batches completed of the current epoch                */
    double loss;    /* sum over these mini-batches of loss times rows             */
} lw_position;

/* Passed to on_epoch after each epoch. */
typedef struct lw_epoch_report {
    size_t epoch, epochs;       /* epoch counts from 1                                        */
    double train_loss;          /* mean of the losses before their steps, weighted by rows; of a
                                   schema's only target, like the next, in its units          */
    double validation_loss;     /* NaN without validation data                                */
    double validation_accuracy; /* NaN without validation data, and for regressions           */
    double learning_rate;       /* of the epoch's last step                                   */
    double seconds;             /* of training, without validation                            */
    double samples_per_second;  /* training rows per second                                   */
    lw_position position;       /* for lw_net_save_state                                      */
} lw_epoch_report;

/* Passed to on_batch after each mini-batch. */
typedef struct lw_batch_report {
    size_t epoch, epochs;         /* epoch counts from 1                            */
    size_t rows_done, rows_total; /* in this epoch; rows_total is 0 if unknown      */
    double seconds;               /* since the epoch began                          */
    lw_position position;         /* for lw_net_save_state                          */
} lw_batch_report;

/* The epochs of a run. */
typedef struct lw_history {
    size_t count;            /* completed epochs               */
    lw_epoch_report *epochs; /* count of them                  */
    int stopped;             /* a callback, stop or patience ended the run */
    size_t best_epoch;       /* with patience: the epoch whose parameters the network has */
} lw_history;

/* Releases the reports and clears the struct. */
LW_API void lw_history_free(lw_history *history);

/* How lw_fit trains. All members except size may be 0, which is the default. */
typedef struct lw_fit_options {
    size_t size;            /* sizeof(lw_fit_options)                                          */
    lw_loss loss;           /* loss to minimise                                                */
    lw_optimizer optimizer; /* optimizer                                                       */
    size_t batch_size;      /* 0 means 32; LW_FULL_BATCH: all rows                             */
    size_t epochs;          /* 0 means 10                                                      */
    lw_position start;      /* position to resume from, see lw_net_load_state                  */
    int no_shuffle;         /* keep the rows in order; otherwise shuffle every epoch           */
    lw_schedule schedule;   /* of the learning rate                                            */
    float clip_norm;        /* maximum norm of the gradients; 0: no clipping                   */
    const lw_dataset *validation; /* evaluated after each epoch; NULL: none                    */
    int (*on_epoch)(void *user, const lw_epoch_report *report); /* non-zero stops the run      */
    int (*on_batch)(void *user, const lw_batch_report *report); /* non-zero stops the run      */
    void *user;                        /* passed to the callbacks                              */
    const volatile sig_atomic_t *stop; /* non-zero stops the run after the current step        */
    lw_position *end_position;         /* receives where the run ended; may be NULL            */
    lw_history *history; /* receives the epochs; release with lw_history_free; may be NULL     */
    size_t patience;     /* early stopping: ends after n epochs without a lower validation loss */
} lw_fit_options;

/*
 * Trains for a number of epochs of shuffled mini-batches; the last, partial mini-batch is kept. An
 * epoch's order depends only on the network's generator, which advances at the end of the epoch;
 * epochs are counted from start. options NULL: all defaults.
 *
 * Checks before the first step, after which nothing has changed on failure:
 *   LW_EINVAL     an option, named in the message; a start beyond the end
 *   LW_ESHAPE     the data do not match the network
 *   LW_EDATA      data that lw_dataset_check refuses, or a parameter that is not finite
 *
 * Stops early, returning LW_OK, when a callback returns non-zero or *stop is non-zero. A signal
 * handler may set *stop, another thread with an atomic store; it is read before each step, or
 * every 1024 steps or million rows where a small network repeats a full batch without reports. An
 * epoch is finished, and reported, after its last step. end_position then resumes the run with the
 * same bits and reports: pass it as start, with the same options and data.
 *
 * With patience, which needs validation data and a run from the start, the network has at the end
 * of the run, whatever ended it, the parameters after the epoch of the lowest validation loss;
 * moments of the optimizer are those of the last step.
 *
 * Ends with LW_EDIVERGED, naming epoch, mini-batch and layer:
 *   - before the update of the first step whose loss, or with clip_norm gradient norm, is not
 *     finite; the network is as before that step
 *   - if parameters are not finite before on_epoch or at the end, or a validation loss is not
 *     finite; the network has all steps taken
 *
 * Memory: nothing is allocated after the first step, except by validation; LW_ENOMEM there ends the
 * run after the epoch. An error of a batch source ends it after the step before. The network keeps
 * the steps taken.
 *
 * Threads: one parallel region for the run; with on_epoch one per epoch, with on_batch or a batch
 * source one per step. Callbacks run outside of it, on the calling thread.
 */
LW_API LW_CHECKED lw_status lw_fit(lw_net *net, const lw_dataset *data,
                                   const lw_fit_options *options);

/* The same on mini-batches from a callback, in its order; each is checked when it arrives. With a
 * start inside an epoch the callback delivers that epoch's mini-batches again and those already
 * done are skipped; LW_EDATA if there are fewer. LW_FULL_BATCH is refused. */
LW_API LW_CHECKED lw_status lw_fit_source(lw_net *net, const lw_batch_source *source,
                                          const lw_fit_options *options);

/* ---- Evaluation --------------------------------------------------------------------------- */

/* Most classes for which lw_evaluate counts a confusion matrix: 128 MiB. */
#define LW_CONFUSION_MAX_CLASSES 4096

/* Errors of one output of a regression, in the units of the training data if the network has a
 * schema. */
typedef struct lw_output_errors {
    double rmse; /* root of the mean squared error                                               */
    double mae;  /* mean absolute error                                                          */
    double r2; /* 1 - squared errors / squares about the mean of the targets; NaN if those are 0 */
} lw_output_errors;

/* Results of lw_evaluate. */
typedef struct lw_evaluation {
    double loss;                   /* over all rows; of a schema's only target, in its units */
    double accuracy;               /* NaN for regressions                                   */
    size_t rows, classes, correct; /* classes: 0 for regressions                            */
    size_t *confusion; /* classes x classes: row = true, column = predicted class; NULL for
                          regressions and above LW_CONFUSION_MAX_CLASSES */
    size_t true_positive, false_positive, true_negative, false_negative; /* two classes only */
    size_t *misclassified;      /* row indices, ascending           */
    size_t misclassified_count; /* length of misclassified        */
    lw_output_errors *errors;   /* of each output of a regression; NULL for classes */
    void *storage;              /* owned memory, released by lw_evaluation_free */
} lw_evaluation;

/*
 * Loss and classification or regression results on a dataset. The schema of the network decides
 * which; without one, labels are classes, and values are if the last activation is softmax, sigmoid
 * or tanh. One output with another activation is always a regression. The true class of a row is
 * lw_dataset_class, but values of one output are compared with the network's threshold. Class 1 is
 * positive. Release the result with lw_evaluation_free.
 */
LW_API LW_CHECKED lw_status lw_evaluate(const lw_net *net, const lw_dataset *data, lw_loss loss,
                                        lw_evaluation *evaluation);

/* Releases the arrays of an evaluation and clears the struct. */
LW_API void lw_evaluation_free(lw_evaluation *evaluation);

/* ---- Gradient check ----------------------------------------------------------------------- */

/* Difference between a gradient and central differences. */
typedef struct lw_gradient_report {
    double max_error; /* largest |analytic - numeric|, relative to the largest of both gradients */
    size_t worst;     /* its parameter; SIZE_MAX if there is none                                */
    double analytic, numeric; /* the two values there                                            */
    double norm;              /* Euclidean norm of the numeric gradient                          */
} lw_gradient_report;

/*
 * Compares a gradient with central differences in double precision: (f(p + h e_i) - f(p - h e_i)) /
 * 2h for every parameter, h = step * max(1, |p_i|); step 0 means 1e-5. parameters change while f is
 * called and are restored exactly.
 *
 * Differences are signed: a wrong sign shows as an error of up to 2, a missing term as its
 * fraction; if one gradient is zero everywhere the error is 1. LW_EDATA if f or the gradient is not
 * finite, or if both gradients are zero everywhere.
 */
LW_API LW_CHECKED lw_status lw_gradient_check(size_t n, double *parameters, const double *gradient,
                                              double (*f)(const double *parameters, void *user),
                                              void *user, double step, lw_gradient_report *report);

/* The same for a network: its backward pass against central differences of its loss, computed by a
 * forward pass in double precision. Expect an error of about 1e-6 for float32 arithmetic, and more
 * where an input of ReLU is within the step of 0. */
LW_API LW_CHECKED lw_status lw_net_gradient_check(lw_net *net, lw_loss loss, size_t rows,
                                                  const float *x, const lw_target *target,
                                                  lw_gradient_report *report);

#ifdef __cplusplus
}
#endif

#endif
