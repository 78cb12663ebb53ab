/*
 * The schema in exported networks: they take a raw row, one number per column that is an input, and
 * give target numbers in the units of the training data.
 *
 *   number    its value; NaN where missing
 *   boolean   0 or 1; NaN where missing
 *   category  the position of its text in the schema, from 0; NaN where missing, and any other
 *             number for an unknown text
 */
#ifndef LANEWISE_EXPORT_SCHEMA_H
#define LANEWISE_EXPORT_SCHEMA_H

#include "layers/c_writer.h"
#include "layers/onnx_graph.h"
#include "train/net.h"

/* The schema of a table, or NULL. */
const lw_schema *lw_exported_schema(const lw_net *net);

/* The number of raw inputs: that of the network without such a schema. */
size_t lw_raw_inputs(const lw_net *net);

/* Whether target numbers are converted. */
int lw_has_scaled_targets(const lw_net *net);

/* ---- C ---- */

/* Describes inputs and outputs, for the comment at the beginning of the file. */
void lw_print_schema_comment(lw_c_writer *c, const lw_net *net);

/* Declares and defines the names of columns, categories and classes. */
void lw_print_schema_names(lw_c_writer *c, const lw_net *net);

/* Writes the main function, which calls the network's. */
void lw_print_schema_main(lw_c_writer *c, const lw_net *net);

/* ---- ONNX ---- */

enum { LW_ONNX_SCHEMA_TENSORS = 8 };

/* The elements of the tensors, which the caller keeps until the file is written; initialised with
 * zeros, released with lw_onnx_schema_free. */
typedef struct lw_onnx_schema {
    float *memory;
    uint64_t *columns;
} lw_onnx_schema;

void lw_onnx_schema_free(lw_onnx_schema *schema);

/* Adds the nodes that turn raw inputs into those of the network, named by *x. Returns LW_ENOMEM, or
 * LW_EDATA for a schema with numbers beyond float32. */
lw_status lw_onnx_add_encoder(lw_onnx_graph *graph, const lw_net *net, const char *path,
                              lw_onnx_schema *kept, lw_onnx_name x);

/* Adds the nodes that convert target numbers from x to y. */
void lw_onnx_add_decoder(lw_onnx_graph *graph, const lw_net *net, const lw_onnx_schema *kept,
                         const char *x, const char *y);

#endif
