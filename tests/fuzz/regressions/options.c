#include "regressions.h"

#include <string.h>

typedef enum command { TRAIN, EVALUATE, PREDICT } command;

typedef struct options_case {
    const char *name;
    command command;
    const char *words; /* one per line */
    expected_outcome expected;
} options_case;

#define CSV "--csv\nd.csv\n--target\ny\n"
#define NPY "--x\nx.npy\n--y\ny.npy\n"

/* Lists. */
#define TEN(item)         item item item item item item item item item item
#define SIXTY_THREE(item) TEN(item) TEN(item) TEN(item) TEN(item) TEN(item) TEN(item) item item item

/* Summaries of accepted command lines. */
#define LISTS              "0 one-hot, 0 standardized; "
#define TRAINING(settings) ACCEPTED(LISTS settings)

static const options_case cases[] = {
    /* ---- Words ---- */
    {"no_words", TRAIN, "", REFUSED(LW_EINVAL, "exactly one of --data, --x and --csv")},
    {"defaults", TRAIN, CSV,
     TRAINING("layers 512 256; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"help", TRAIN, "--help", ACCEPTED("Usage: lanewise command DATA [OPTIONS]")},
    {"completion_of_option", TRAIN, "--complete\n--see",
     ACCEPTED("--seed\tseed of weights, shuffling and --validation (1)")},
    {"option_unknown", TRAIN, CSV "--bacth\n3",
     REFUSED(LW_EINVAL, "unknown or ambiguous option '--bacth'")},
    {"option_abbreviated", TRAIN, "--cs\nd.csv\n--targ\ny",
     TRAINING("layers 512 256; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"abbreviation_of_several", TRAIN, CSV "--s\n3",
     REFUSED(LW_EINVAL, "unknown or ambiguous option '--s'")},
    {"letter_unknown", TRAIN, CSV "-z", REFUSED(LW_EINVAL, "unknown option -z")},
    {"value_missing", TRAIN, "--csv", REFUSED(LW_EINVAL, "--csv needs a value")},
    {"value_of_flag", TRAIN, CSV "--quiet=1",
     REFUSED(LW_EINVAL, "--quiet=1: the option takes no value")},
    {"argument_unexpected", TRAIN, CSV "more", REFUSED(LW_EINVAL, "unexpected argument 'more'")},
    {"options_ended_by_dashes", TRAIN, CSV "--\n--quiet",
     REFUSED(LW_EINVAL, "unexpected argument '--quiet'")},

    /* ---- Numbers ---- */
    {"count_0", TRAIN, CSV "--batch\n0",
     REFUSED(LW_EINVAL, "--batch: expected an integer of at least 1 or 'full', not '0'")},
    {"count_2_to_64_less_1", TRAIN, CSV "--epochs\n18446744073709551615",
     REFUSED(LW_EINVAL, "--epochs: expected an integer of at least 1")},
    {"seed_2_to_64_less_1", TRAIN, CSV "--seed\n18446744073709551615",
     TRAINING("layers 512 256; lr 0, momentum -1, until 0, seed 18446744073709551615, batch 0")},
    {"seed_2_to_64", TRAIN, CSV "--seed\n18446744073709551616",
     REFUSED(LW_EINVAL, "--seed: expected an integer from 0 to 18446744073709551615")},
    {"seed_negative", TRAIN, CSV "--seed\n-1",
     REFUSED(LW_EINVAL, "--seed: expected an integer from 0 to 18446744073709551615, not '-1'")},
    {"threads_2_to_31", EVALUATE, CSV "--model\nm\n--threads\n2147483648",
     REFUSED(LW_EINVAL, "--threads: expected an integer of at least 1")},
    {"lr_empty", TRAIN, CSV "--lr\n\n--quiet",
     REFUSED(LW_EINVAL, "--lr: expected a number above 0, not ''")},
    {"lr_hexadecimal", TRAIN, CSV "--lr\n0x1p-3",
     REFUSED(LW_EINVAL, "--lr: expected a number above 0, not '0x1p-3'")},
    {"lr_rounds_to_0", TRAIN, CSV "--lr\n1e-60",
     REFUSED(LW_EINVAL, "--lr: expected a number above 0, not '1e-60'")},
    {"lr_beyond_float32", TRAIN, CSV "--lr\n1e39",
     REFUSED(LW_EINVAL, "--lr: expected a number above 0, not '1e39'")},
    {"lr_followed_by_text", TRAIN, CSV "--lr\n1e",
     REFUSED(LW_EINVAL, "--lr: expected a number above 0, not '1e'")},
    {"momentum_rounds_to_1", TRAIN, CSV "--optimizer\nmomentum\n--momentum\n0.99999999",
     REFUSED(LW_EINVAL, "--momentum: expected a number of at least 0 and below 1")},
    {"until_accuracy_1", TRAIN, CSV "--validation\n0.5\n--until-accuracy\n1",
     TRAINING("layers 512 256; lr 0, momentum -1, until 1, seed 1, batch 0")},

    /* ---- Lists and choices ---- */
    {"layers_none", TRAIN, CSV "--layers\nnone",
     TRAINING("layers; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"layers_64", TRAIN, CSV "--layers\n" SIXTY_THREE("1,") "2",
     TRAINING("layers 1 1 1 1 ... 64; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"layers_65", TRAIN, CSV "--layers\n" SIXTY_THREE("1,") "1,2",
     REFUSED(LW_EINVAL, "--layers: expected a comma-separated list of at most 64")},
    {"layers_with_empty_piece", TRAIN, CSV "--layers\n1,,2",
     REFUSED(LW_EINVAL, "--layers: expected a comma-separated list of at most 64")},
    {"layer_of_32_digits", TRAIN, CSV "--layers\n00000000000000000000000000000001",
     REFUSED(LW_EINVAL, "--layers: expected a comma-separated list of at most 64")},
    {"one_hot_64_names_in_two_options", TRAIN, CSV "--one-hot\n" SIXTY_THREE("a,") "a",
     ACCEPTED("64 one-hot, 0 standardized; layers 512 256; lr 0, momentum -1, until 0, seed 1, "
              "batch 0")},
    {"one_hot_65_names_in_two_options", TRAIN,
     CSV "--one-hot\na\n--one-hot\n" SIXTY_THREE("a,") "a",
     REFUSED(LW_EINVAL, "--one-hot: expected a comma-separated list of at most 64")},
    {"one_hot_ends_with_comma", TRAIN, CSV "--one-hot\na,",
     REFUSED(LW_EINVAL, "--one-hot: expected a comma-separated list of at most 64")},
    {"standardize_with_and_without_names", TRAIN, CSV "--standardize=a,b\n--standardize",
     ACCEPTED("0 one-hot, 2 standardized, all; layers 512 256; lr 0, momentum -1, until 0, "
              "seed 1, batch 0")},
    {"choice_unknown", TRAIN, CSV "--optimizer\nlion",
     REFUSED(LW_EINVAL, "--optimizer: expected one of sgd, momentum, nesterov, adam, adamw, not")},

    /* ---- Options that exclude or need each other ---- */
    {"two_sources", TRAIN, CSV NPY, REFUSED(LW_EINVAL, "exactly one of --data, --x and --csv")},
    {"data_without_folder", TRAIN, "--data\nfashion-mnist:",
     REFUSED(LW_EINVAL, "--data: expected fashion-mnist[:DIR], not 'fashion-mnist:'")},
    {"x_without_y", TRAIN, "--x\nx.npy", REFUSED(LW_EINVAL, "--x and --y must be given together")},
    {"x_without_y_for_predict", PREDICT, "--model\nm\n--x\nx.npy",
     ACCEPTED(LISTS "model m, threads 0")},
    {"csv_without_target", TRAIN, "--csv\nd.csv", REFUSED(LW_EINVAL, "--csv requires --target")},
    {"labels_of_arrays", TRAIN, NPY "--labels",
     TRAINING("layers 512 256; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"ignore_without_csv", TRAIN, NPY "--ignore\na", REFUSED(LW_EINVAL, "require")},
    {"labels_and_values", TRAIN, CSV "--labels\n--values",
     REFUSED(LW_EINVAL, "--labels and --values cannot be combined")},
    {"validation_and_test_set", TRAIN, NPY "--test-x\na\n--test-y\nb\n--validation\n0.1",
     REFUSED(LW_EINVAL, "--validation cannot be combined with --test-x")},
    {"momentum_of_adam", TRAIN, CSV "--momentum\n0.5",
     REFUSED(LW_EINVAL, "--momentum requires --optimizer momentum or nesterov")},
    {"until_accuracy_without_validation", TRAIN, CSV "--until-accuracy\n0.5",
     REFUSED(LW_EINVAL, "--until-accuracy requires validation data")},
    {"log_is_resumed_file", TRAIN, CSV "--log\nf\n--resume\nf",
     REFUSED(LW_EINVAL, "--log and --resume name the same file")},
    {"checkpoint_is_resumed_file", TRAIN, CSV "--checkpoint\nf\n--resume\nf",
     TRAINING("layers 512 256; lr 0, momentum -1, until 0, seed 1, batch 0")},
    {"model_missing", EVALUATE, CSV, REFUSED(LW_EINVAL, "--model is required")},
};

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        input_add_number(cases[i].command, 1);
        input_add(cases[i].words, strlen(cases[i].words));
        input_check(cases[i].name, &cases[i].expected);
    }
}
