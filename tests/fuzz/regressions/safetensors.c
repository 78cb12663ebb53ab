#include "regressions.h"

#include <string.h>

/* The function that reads the file, selected by its size in LLVMFuzzerTestOneInput. LOAD_STATE and
 * LOAD_PARAMETERS read into a network 2-2 with a sigmoid. */
typedef enum reader { LOAD, LOAD_STATE, IMPORT, LOAD_PARAMETERS, READERS } reader;

/* Headers. */
#define TENSOR(name, type, shape, offsets)                                                         \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape "],\"data_offsets\":[" offsets "]}"
#define F32(name, shape, offsets) TENSOR(name, "F32", shape, offsets)
#define WEIGHT                    F32("0.weight", "1,1", "0,4")
#define BIAS                      F32("0.bias", "1", "4,8")
#define METADATA(version, inputs, units, activations)                                              \
    "\"lanewise\":\"" version "\",\"inputs\":\"" inputs "\",\"units\":\"" units                    \
    "\",\"activations\":\"" activations "\""
#define NET(version, inputs, units, activations)                                                   \
    "{\"__metadata__\":{" METADATA(version, inputs, units, activations) "}," WEIGHT "," BIAS "}"
#define STATE(position, precision, optimizer, tensors)                                             \
    "{\"__metadata__\":{" METADATA(                                                                \
        "1", "2", "2", "sigmoid") ",\"training_state\":\"2\"," position                            \
                                  ",\"seed\":\"1\",\"generator\":\"1\",\"precision\":\"" precision \
                                  "\"," optimizer "}," tensors "}"
#define POSITION(epochs, loss) "\"epochs\":\"" epochs "\",\"batches\":\"0\",\"loss\":\"" loss "\""
#define OPTIMIZER(kind, steps, moments)                                                            \
    "\"optimizer.kind\":\"" kind "\",\"optimizer.steps\":\"" steps                                 \
    "\",\"optimizer.moments\":\"" moments "\""
#define PAIR(prefix, weight, bias)                                                                 \
    F32(prefix "0.weight", "2,2", weight) "," F32(prefix "0.bias", "2", bias)
#define PARAMETERS PAIR("", "0,16", "16,24")
#define MOMENTS                                                                                    \
    PAIR("optimizer.exp_avg.", "24,40", "40,48") "," PAIR("optimizer.exp_avg_sq.", "48,64", "64,72")

/* Data. */
#define ONE      "\0\0\x80\x3f"
#define TWO      "\0\0\0\x40"
#define NAN_F32  "\0\0\xc0\x7f"
#define BELOW_0  "\0\0\x80\xbf"
#define LARGE_64 "\0\0\0\0\0\0\xf0\x47" /* 2^128 */
#define ZEROS_24 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

typedef struct safetensors_case {
    const char *name;
    reader reader;
    const char *header; /* NULL: the data alone */
    bytes data;
    expected_outcome expected;
    uint64_t length; /* of the header, as written to the file; 0: as it is */
} safetensors_case;

static const safetensors_case cases[] = {
    /* ---- The length of the header ---- */
    {"empty_file", LOAD, NULL, BYTES(""),
     REFUSED(LW_EFORMAT, "ends at byte 0, inside the length of its header")},
    {"ends_inside_length", LOAD, NULL, BYTES("\2\0\0\0\0\0\0"),
     REFUSED(LW_EFORMAT, "ends at byte 7, inside the length of its header")},
    {"length_0", LOAD, NULL, BYTES("\0\0\0\0\0\0\0\0{}"),
     REFUSED(LW_EFORMAT, "the header length at byte 0 is 0")},
    {"length_one_byte_beyond_end", LOAD, NULL, BYTES("\3\0\0\0\0\0\0\0{}"),
     REFUSED(LW_EFORMAT, "the header length at byte 0 is 3, but 2 bytes follow")},
    {"length_2_to_64_less_1", IMPORT, "{}", BYTES(""), .length = UINT64_MAX,
     REFUSED(LW_EFORMAT, "the header length at byte 0 is 18446744073709551615")},

    /* ---- JSON ---- */
    {"header_is_a_list", IMPORT, "[]", BYTES(""), REFUSED(LW_EFORMAT, "'{' expected")},
    {"header_not_closed", IMPORT, "{", BYTES(""), REFUSED(LW_EFORMAT, "header at byte")},
    {"two_values", IMPORT, "{},{}", BYTES(""), REFUSED(LW_EFORMAT, "more than one JSON value")},
    {"same_name_twice", IMPORT, "{" WEIGHT "," WEIGHT "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "header at byte")},
    {"name_not_utf8", IMPORT, "{\"\xff\":{}}", BYTES(""), REFUSED(LW_EFORMAT, "header at byte")},
    {"metadata_is_a_list", IMPORT, "{\"__metadata__\":[]}", BYTES(""),
     REFUSED(LW_EFORMAT, "__metadata__ is not an object")},
    {"metadata_is_a_number", IMPORT, "{\"__metadata__\":{\"a\":1}}", BYTES(""),
     REFUSED(LW_EFORMAT, "__metadata__: 'a' is not a string")},

    /* ---- Tensors ---- */
    {"type_missing", IMPORT, "{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "tensor 'a': dtype is missing")},
    {"type_unknown", IMPORT, "{" TENSOR("a", "F31", "1", "0,4") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "tensor 'a': unknown dtype 'F31'")},
    {"shape_of_9_dimensions", IMPORT, "{" F32("a", "1,1,1,1,1,1,1,1,1", "0,4") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "shape is not a list of at most 8 sizes")},
    {"shape_negative", IMPORT, "{" F32("a", "-1", "0,4") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "shape has an element that is not a size")},
    {"shape_overflows", IMPORT, "{" F32("a", "4294967296,4294967296", "0,4") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "tensor 'a': shape overflows")},
    {"shape_overflows_in_bytes", IMPORT, "{" F32("a", "4611686018427387904", "0,0") "}", BYTES(""),
     REFUSED(LW_EFORMAT, "data_offsets cover 0 bytes, which do not match its shape")},
    {"offsets_of_one_number", IMPORT, "{" F32("a", "1", "0") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "data_offsets is not a pair of sizes")},
    {"offsets_reversed", IMPORT, "{" F32("a", "1", "4,0") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "data_offsets 4 to 0, but there are 4 bytes of data")},
    {"offsets_beyond_end", IMPORT, "{" F32("a", "1", "1,5") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "data_offsets 1 to 5, but there are 4 bytes of data")},
    {"offsets_not_of_shape", IMPORT, "{" F32("a", "2", "0,4") "}", BYTES(ONE),
     REFUSED(LW_EFORMAT, "data_offsets cover 4 bytes, which do not match its shape")},
    {"offsets_overlap", IMPORT, "{" F32("a", "2", "0,8") "," F32("b", "1", "4,8") "}",
     BYTES(ONE TWO),
     REFUSED(LW_EFORMAT,
             "'b' begins at byte 4 of the data, but the previous tensor ends at byte 8")},
    {"offsets_leave_a_gap", IMPORT, "{" F32("a", "1", "0,4") "," F32("b", "1", "8,12") "}",
     BYTES(ONE TWO ONE),
     REFUSED(LW_EFORMAT,
             "'b' begins at byte 8 of the data, but the previous tensor ends at byte 4")},
    {"data_without_tensor", IMPORT, "{" WEIGHT "}", BYTES(ONE "\0"),
     REFUSED(LW_EFORMAT, "1 bytes of data belong to no tensor")},

    /* ---- Weights of another program ---- */
    {"weight_without_bias", IMPORT, "{" WEIGHT "}", BYTES(TWO),
     ACCEPTED("1-1 linear; parameters 2 0")},
    {"weight_of_float16_subnormal", IMPORT, "{" TENSOR("0.weight", "F16", "1,1", "0,2") "}",
     BYTES("\1\x80"), ACCEPTED("1-1 linear; parameters -5.96046e-08 0")},
    {"weight_of_integers", IMPORT, "{" TENSOR("0.weight", "I64", "1,1", "0,8") "}", BYTES(ONE TWO),
     REFUSED(LW_EFORMAT, "has type I64 instead of F32, F64, F16 or BF16")},
    {"weight_beyond_float32", IMPORT, "{" TENSOR("0.weight", "F64", "1,1", "0,8") "}",
     BYTES(LARGE_64), REFUSED(LW_EDATA, "element 0: 3.40282e+38 is out of range of float32")},
    {"weight_is_nan", IMPORT, "{" WEIGHT "}", BYTES(NAN_F32),
     REFUSED(LW_EDATA, "tensor '0.weight', element 0 is nan")},
    {"weight_of_one_dimension", IMPORT, "{" F32("0.weight", "1", "0,4") "}", BYTES(ONE),
     REFUSED(LW_ESHAPE, "'0.weight' (PReLU)")},
    {"weight_without_elements", IMPORT, "{" F32("0.weight", "0,1", "0,0") "}", BYTES(""),
     REFUSED(LW_ESHAPE, "tensor '0.weight' is empty: 0 x 1")},
    {"bias_longer_than_rows", IMPORT, "{" WEIGHT "," F32("0.bias", "2", "4,12") "}",
     BYTES(ONE TWO TWO), REFUSED(LW_ESHAPE, "tensor '0.bias' has 2 elements instead of 1")},
    {"layers_do_not_follow", IMPORT, "{" WEIGHT "," F32("2.weight", "1,2", "4,12") "}",
     BYTES(ONE TWO TWO), REFUSED(LW_ESHAPE, "'2.weight' is 1 x 2, but follows '0.weight'")},
    {"weights_of_two_networks", LOAD_PARAMETERS,
     "{" F32("a.0.weight", "1,1", "0,4") "," F32("b.0.weight", "1,1", "4,8") "}", BYTES(ONE TWO),
     REFUSED(LW_ESHAPE, "belong to two networks; only one is supported")},
    {"number_with_leading_zero", LOAD_PARAMETERS, "{" F32("00.weight", "1,1", "0,4") "}",
     BYTES(ONE), REFUSED(LW_ESHAPE, "no tensor has the name of a numbered layer's weights")},
    {"layers_in_two_orders", IMPORT,
     "{" F32("a.0.weight", "1,1", "0,4") "," F32("b.0.weight", "1,1", "4,8") "}", BYTES(ONE TWO),
     REFUSED(LW_ESHAPE, "do not give one order of the layers 'a.0' (1 x 1), 'b.0' (1 x 1)")},
    {"layer_without_module", IMPORT,
     "{" F32("weight", "1,1", "0,4") "," F32("bias", "1", "4,8") "}", BYTES(ONE TWO),
     ACCEPTED("1-1 linear; parameters 1 2")},
    {"layers_in_order_of_shapes", IMPORT,
     "{" F32("a.weight", "1,3", "0,12") "," F32("b.weight", "3,2", "12,36") "}",
     BYTES(TWO ONE ONE ONE ONE ONE ONE ONE ONE),
     ACCEPTED("2-3 tanh-1 linear; parameters 1 1 1 1 1 1 0 0 0 2 1 1 0")},
    {"parameters_of_another_shape", LOAD_PARAMETERS, "{" WEIGHT "}", BYTES(ONE),
     REFUSED(LW_ESHAPE, "tensor '0.weight' is 1 x 1 instead of 2 x 2")},

    /* ---- Saved networks ---- */
    {"saved_network", LOAD, NET("1", "1", "1", "tanh"), BYTES(TWO ONE),
     ACCEPTED("1-1 tanh; parameters 2 1")},
    {"version_unknown", LOAD, NET("2", "1", "1", "tanh"), BYTES(TWO ONE),
     REFUSED(LW_EFORMAT, "'lanewise' is '2', which is not understood")},
    {"inputs_beyond_64_bits", LOAD, NET("1", "18446744073709551617", "1", "tanh"), BYTES(TWO ONE),
     REFUSED(LW_EFORMAT, "'inputs' is '18446744073709551617', which is not understood")},
    {"units_end_with_comma", LOAD, NET("1", "1", "1,", "tanh,tanh"), BYTES(TWO ONE),
     REFUSED(LW_EFORMAT, "'units' is '1,', which is not understood")},
    {"fewer_activations_than_units", LOAD, NET("1", "1", "1,1", "tanh"), BYTES(TWO ONE),
     REFUSED(LW_EFORMAT, "'activations' is 'tanh', which is not understood")},
    {"softmax_of_hidden_layer", LOAD, NET("1", "1", "1,1", "softmax,tanh"), BYTES(TWO ONE),
     REFUSED(LW_EFORMAT, "'activations' is 'softmax,tanh', which is not understood")},

    /* ---- States of runs ---- */
    {"state_of_adam", LOAD_STATE,
     STATE(POSITION("3", "0"), "fp32", OPTIMIZER("adam", "7", "2"), PARAMETERS "," MOMENTS),
     BYTES(ZEROS_24 ZEROS_24 ZEROS_24),
     ACCEPTED("2-2 sigmoid; parameters 0 0 0 0 0 0; epoch 3, batch 0, loss 0; optimizer 2, step 7, "
              "2 moments")},
    {"state_with_negative_variance", LOAD_STATE,
     STATE(POSITION("3", "0"), "fp32", OPTIMIZER("adam", "7", "2"), PARAMETERS "," MOMENTS),
     BYTES(ZEROS_24 ZEROS_24 BELOW_0 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
     REFUSED(LW_EDATA, "parameter 0 is -1, below 0")},
    {"state_without_moments_of_adam", LOAD_STATE,
     STATE(POSITION("3", "0"), "fp32", OPTIMIZER("adam", "7", "0"), PARAMETERS), BYTES(ZEROS_24),
     REFUSED(LW_EFORMAT, "'optimizer.moments' is '0', but adam has 2")},
    {"state_without_tensor_of_moment", LOAD_STATE,
     STATE(POSITION("3", "0"), "fp32", OPTIMIZER("sgd", "7", "1"), PARAMETERS), BYTES(ZEROS_24),
     REFUSED(LW_ESHAPE, "no tensor 'optimizer.momentum_buffer.0.weight'")},
    {"state_after_2_to_64_less_1_steps", LOAD_STATE,
     STATE(POSITION("3", "0"), "fp32", OPTIMIZER("sgd", "18446744073709551615", "0"), PARAMETERS),
     BYTES(ZEROS_24), REFUSED(LW_EFORMAT, "'optimizer.steps' is '18446744073709551615'")},
    {"state_with_loss_of_nan", LOAD_STATE,
     STATE(POSITION("3", "9221120237041090560"), "fp32", OPTIMIZER("none", "0", "0"), PARAMETERS),
     BYTES(ZEROS_24), REFUSED(LW_EFORMAT, "'loss' is '9221120237041090560'")},
    {"state_with_signed_epochs", LOAD_STATE,
     STATE(POSITION("+3", "0"), "fp32", OPTIMIZER("none", "0", "0"), PARAMETERS), BYTES(ZEROS_24),
     REFUSED(LW_EFORMAT, "'epochs' is '+3', which is not understood")},
    {"state_of_another_precision", LOAD_STATE,
     STATE(POSITION("3", "0"), "bf16", OPTIMIZER("none", "0", "0"), PARAMETERS), BYTES(ZEROS_24),
     REFUSED(LW_ESTATE, "the state has precision bf16, the network fp32")},
};

/* Whether the target hands a file of that size to this reader alone. */
static int is_chosen(size_t size, reader wanted)
{
    return size % READERS == wanted && size % (2 * READERS) != 0;
}

static void add_file(const safetensors_case *c)
{
    enum { LENGTH_BYTES = 8 };
    if (c->header) {
        const size_t written = strlen(c->header);
        size_t blanks = 0; /* which may follow the JSON text */
        while (!is_chosen(LENGTH_BYTES + written + blanks + c->data.size, c->reader))
            blanks++;
        input_add_number(c->length ? c->length : written + blanks, LENGTH_BYTES);
        input_add(c->header, written);
        for (size_t i = 0; i < blanks; i++)
            input_add(" ", 1);
    }
    input_add(c->data.data, c->data.size);
}

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        add_file(&cases[i]);
        input_check(cases[i].name, &cases[i].expected);
    }
}
