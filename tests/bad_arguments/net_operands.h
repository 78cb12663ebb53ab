/* Operands for the cases of nn.h. */
#ifndef LANEWISE_TEST_NET_OPERANDS_H
#define LANEWISE_TEST_NET_OPERANDS_H

#include "bad_arguments.h"

#include <lanewise/nn.h>

enum { ROWS = 6, INPUTS = 3, HIDDEN = 20, OUTPUTS = 2, CAPACITY = 1024 };

/* Operands in watched memory. Each array is longer than the cases need. */
struct operands {
    float x[CAPACITY], y[CAPACITY], flat[CAPACITY], w[CAPACITY], b[CAPACITY];
    int32_t labels[CAPACITY];
    double value, parameters[CAPACITY], gradient[CAPACITY];
    size_t index[CAPACITY], number;
    lw_position position;
    lw_layer_info info;
    lw_optimizer_info optimizer;
    lw_gradient_report report;
    lw_evaluation evaluation;
    lw_history history;
    lw_dataset data, made, other;
    lw_target target, by_label, both;
    lw_net *handle;
    lw_activation activation;
};
extern struct operands s;

/* Fills the operands and watches them. */
void watch_operands(void);

/* A 3-20-2 network with softmax output, trained for one step. Watches its parameters, its moments
 * and the operands. */
lw_net *watched_net(void);

/* Checks that the rejected calls left no trace: trains the network and an equal one that saw none
 * of these calls, and expects the same bits. Destroys the network. */
void expect_usable(lw_net *net);

/* Paths and names that do not exist: empty, with printf conversions, with control characters, and
 * very long. */
enum { BAD_TEXTS = 4 };
extern const char *const bad_texts[BAD_TEXTS];

/* Cases of data sets and files, one function per library function of that name. */
void bad_dataset_check(void);
void bad_dataset_class(void);
void bad_dataset_free(void);
void bad_dataset_load_csv(void);
void bad_dataset_load_idx(void);
void bad_dataset_load_npy(void);
void bad_dataset_select(void);
void bad_dataset_shard(void);
void bad_dataset_split(void);
void bad_net_export_c(void);
void bad_net_export_onnx(void);
void bad_net_import(void);
void bad_net_import_with(void);
void bad_net_load(void);
void bad_net_load_parameters(void);
void bad_net_load_state(void);
void bad_net_save(void);
void bad_net_save_state(void);
void bad_npy_write_f32(void);
void bad_npy_write_i32(void);

/* Cases of tables and schemas. */
void bad_net_schema(void);
void bad_net_set_schema(void);
void bad_schema_clone(void);
void bad_schema_column_info(void);
void bad_schema_decode(void);
void bad_schema_encode(void);
void bad_schema_encode_arrays(void);
void bad_schema_free(void);
void bad_schema_getters(void);
void bad_schema_infer(void);
void bad_schema_infer_arrays(void);
void bad_schema_table_options(void);
void bad_schema_target_info(void);
void bad_split_rows(void);
void bad_table_find_column(void);
void bad_table_free(void);
void bad_table_getters(void);
void bad_table_read(void);

/* Cases of training. */
void bad_evaluate(void);
void bad_evaluation_free(void);
void bad_fit(void);
void bad_fit_source(void);
void bad_gradient_check(void);
void bad_history_free(void);
void bad_net_gradient_check(void);
void bad_train_step(void);

#endif
