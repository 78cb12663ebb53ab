/* Datasets and the files they come from. Conventions: see nn.h. */
#ifndef LANEWISE_NN_DATA_H
#define LANEWISE_NN_DATA_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Targets of some rows: values or labels. Labels count from 0 and need cross-entropy (with a
 * squared error they stand for one-hot rows); a network with one output takes labels 0 and 1.
 *
 * weights, at least 0 and finite, multiply the losses of the rows, and with them their gradients.
 * lw_fit and lw_evaluate first divide them by their mean over the dataset, so that losses, accuracy
 * and errors are weighted means; counts of rows are not weighted. */
typedef struct lw_target {
    const float *values;   /* rows x outputs         */
    const int32_t *labels; /* rows                   */
    const float *weights;  /* rows; NULL: 1 each     */
} lw_target;

/* Rows of inputs with their targets. A dataset over the caller's own arrays is this struct with
 * storage NULL; datasets made by the functions below are released with lw_dataset_free. */
typedef struct lw_dataset {
    size_t rows, inputs;            /* shape of x                                         */
    size_t outputs;                 /* target columns, or number of classes; at least 1   */
    const float *x;                 /* rows x inputs                                      */
    lw_target target;               /* both members NULL: no target                       */
    const char *const *input_names; /* one per input, or NULL                             */
    const char *const *class_names; /* one per class, or NULL: known by number only       */
    void *storage;                  /* owned memory, released by lw_dataset_free          */
    float scale;                    /* of a file's elements by its reader: 1/255 for pixels,
                                       otherwise 1; 0: not from a file                    */
    int has_bytes;                  /* x are the unsigned bytes of a file, not scaled     */
} lw_dataset;

/* Releases what a function of this header allocated and clears the struct. */
LW_API void lw_dataset_free(lw_dataset *data);

/*
 * A shard of a file: of n rows, those from floor(n * begin / of) to floor(n * end / of) - 1.
 * Adjacent shards neither omit nor repeat a row. All zeros, or NULL where a function takes a
 * pointer: all rows. LW_EINVAL unless begin <= end <= of <= UINT32_MAX.
 */
typedef struct lw_shard {
    size_t begin; /* first part            */
    size_t end;   /* part after the last   */
    size_t of;    /* number of parts       */
} lw_shard;

/* ---- Files -------------------------------------------------------------------------------- */

/*
 * Loads IDX files (the format of MNIST), plain or gzip: images (the first dimension is rows) and
 * labels (whole numbers from 0). Unsigned bytes are divided by 255, other numbers stay as they are;
 * outputs is the largest label + 1.
 *
 * Memory: gzip contents are not unpacked beyond what the headers promise. Headers that promise n
 * bytes lead to less than 2 n bytes while reading, 5 n with the dataset. Rows outside the shard are
 * not kept; labels are read completely, because classes are those of all rows.
 *
 * LW_EFORMAT with file and byte for a truncated, overlong or other file; LW_ESHAPE if the numbers
 * of images and labels differ; LW_EDATA for empty files; LW_EUNSUPPORTED for gzip in a build
 * without zlib.
 */
LW_API LW_CHECKED lw_status lw_dataset_load_idx(lw_dataset *data, const char *images,
                                                const char *labels, const lw_shard *shard);

/*
 * Loads NumPy files (versions 1 to 3, C or Fortran order, either byte order): floats of 2, 4 or 8
 * bytes, integers and booleans. x: rows x inputs; a vector is one column, further dimensions are
 * flattened, the last fastest. y: floats are values; integers are labels if they are one column of
 * numbers from 0 to 2^31 - 2 (then outputs is the largest + 1) or one-hot rows, otherwise values;
 * NULL: inputs only. FILE.npz:NAME is a member of an archive, which is read to memory. Rows outside
 * the shard are not read, except those of integer targets and archives.
 *
 * LW_EFORMAT with file and byte for a truncated, overlong or other file; LW_ESHAPE for different
 * numbers of rows; LW_EDATA with the row for NaN, Inf, values beyond float32, and for empty arrays;
 * LW_EINVAL, with a list, if an archive has no such member; LW_EUNSUPPORTED for a compressed one in
 * a build without zlib.
 */
LW_API LW_CHECKED lw_status lw_dataset_load_npy(lw_dataset *data, const char *x, const char *y,
                                                const lw_shard *shard);

/* How a CSV file is read. All members except size may be 0, which is the default. */
typedef struct lw_csv_options {
    size_t size;        /* sizeof(lw_csv_options)                                              */
    const char *target; /* name or number (from 0) of the target column; NULL: none             */
    int no_header;      /* the first row is data; columns are named 0, 1, ...                  */
    int labels;         /* the target holds class labels: whole numbers from 0, or texts, numbered
                           in order of first appearance; otherwise it is a value                */
    int standardize;    /* standardise all inputs except one-hot columns: mean 0, sample
                           deviation 1                                                         */
    const char *const *one_hot; /* columns to expand, one column per value in ascending order   */
    size_t one_hot_count;       /* length of one_hot                                           */
    const char *const *standardized; /* columns to standardise, in addition to or instead of all */
    size_t standardized_count;       /* length of standardized                                 */
    char separator; /* 0 means ','                                                              */
    lw_shard shard; /* rows to keep; zeros: all                                                 */
} lw_csv_options;

/*
 * Loads a CSV file; fields may be quoted, blank lines are skipped. options NULL: all defaults.
 * Options name columns by name or, if no column has that name, by number from 0. Numbers use a
 * decimal point in every locale.
 *
 * Inputs are the columns in file order without the target, a one-hot column being replaced by its
 * columns: in ascending order as numbers if all its fields are numbers, otherwise as texts. A
 * constant column standardises to 0. input_names are the column names, "COLUMN = VALUE" for one-hot
 * columns; class_names are labels that are texts. The whole file is read for any shard: columns,
 * classes, means and deviations are those of all rows.
 *
 * Messages name file, line and column. LW_EINVAL for a column that does not exist or has two uses;
 * LW_EFORMAT for a ragged row, a misplaced quote or a repeated name; LW_EDATA for an empty field, a
 * text where a number is expected, NaN, Inf, values beyond float32, and for no rows or no input
 * columns; LW_EUNSUPPORTED in a build without libcsv.
 */
LW_API LW_CHECKED lw_status lw_dataset_load_csv(lw_dataset *data, const char *path,
                                                const lw_csv_options *options);

/* Writes a rows x cols matrix (cols == 0: a vector) as .npy, whole or absent. */
LW_API LW_CHECKED lw_status lw_npy_write_f32(const char *path, const float *x, size_t rows,
                                             size_t cols);
LW_API LW_CHECKED lw_status lw_npy_write_i32(const char *path, const int32_t *x, size_t rows,
                                             size_t cols);

/* ---- Selection and checks ----------------------------------------------------------------- */

/* Random split of row numbers: index (rows elements) receives 0..rows-1 in random order, of which
 * the last round(rows * fraction) are the second part; *first is the number of the others.
 * LW_EINVAL for a fraction outside 0..1. */
LW_API LW_CHECKED lw_status lw_split_rows(size_t rows, double fraction, uint64_t seed,
                                          size_t *index, size_t *first);

/* Random split: the rows of lw_split_rows. Both parts are copies with the names, and may be empty.
 */
LW_API LW_CHECKED lw_status lw_dataset_split(const lw_dataset *data, double fraction, uint64_t seed,
                                             lw_dataset *first, lw_dataset *second);

/* Copies the rows index[0..count-1], in that order. LW_EINVAL, with the position in index, for a
 * row that does not exist. */
LW_API LW_CHECKED lw_status lw_dataset_select(const lw_dataset *data, size_t count,
                                              const size_t *index, lw_dataset *selection);

/* Copies the rows of a shard; NULL: all. */
LW_API LW_CHECKED lw_status lw_dataset_shard(const lw_dataset *data, const lw_shard *shard,
                                             lw_dataset *part);

/* LW_OK if shapes are consistent, values finite and labels in range (below outputs, or 0 and 1 with
 * one output). LW_EINVAL for shapes; LW_EDATA, with row and column, for values and for no rows. A
 * dataset without a target passes. */
LW_API LW_CHECKED lw_status lw_dataset_check(const lw_dataset *data);

/* The true class of a row: its label; with target values the column of the largest, or with one
 * output 1 if the value is above 0.5, else 0. Returns -1 without a target or such a row. */
LW_API int32_t lw_dataset_class(const lw_dataset *data, size_t row);

/* ---- Data larger than memory -------------------------------------------------------------- */

/*
 * Callback that fills one mini-batch.
 *
 *   epoch   counts from 0; first is non-zero when the epoch starts
 *   x       space for max_rows x inputs
 *   values  space for max_rows x outputs, NULL if the source has labels
 *   labels  space for max_rows, NULL if the source has values
 *   rows    set to the rows delivered, at most max_rows; 0 ends the epoch
 *
 * A status other than LW_OK ends the run with it (set the message with lw_fail).
 */
typedef lw_status (*lw_batch_callback)(void *user, size_t epoch, int first, size_t max_rows,
                                       float *x, float *values, int32_t *labels, size_t *rows);

/* Where lw_fit_source gets its mini-batches. */
typedef struct lw_batch_source {
    size_t size;            /* sizeof(lw_batch_source)                                   */
    size_t inputs, outputs; /* columns of x; columns of values or number of classes       */
    int has_labels;         /* non-zero: the callback fills labels, otherwise values     */
    lw_batch_callback next; /* fills a mini-batch                                        */
    void *user;             /* passed to next                                            */
} lw_batch_source;

#ifdef __cplusplus
}
#endif

#endif
