/* Safetensors: the file is read as a saved network, as the state of a run, as weights of another
 * program and as parameters. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1, CONTENTS = 1U << LW_EFORMAT | 1U << LW_ESHAPE | 1U << LW_EDATA };

/* ---- Networks ---- */

/* The network that parameters and states are read into. It is small so that inputs are: a state
 * with Adam takes 0.9 KB. */
static lw_net *make_net(void)
{
    static const lw_layer_spec layer = {.units = 2, .activation = LW_ACTIVATION_SIGMOID};
    lw_net *net;
    FUZZ_CHECK(lw_net_create_mlp(&net, 2, &layer, 1, SEED) == LW_OK, "no network: %s",
               lw_last_error());
    return net;
}

static float *get_parameters(const lw_net *net)
{
    const size_t count = lw_net_parameter_count(net);
    float *flat = malloc(count * sizeof *flat);
    FUZZ_CHECK(flat && lw_net_get_parameters(net, flat) == LW_OK, "no parameters: %s",
               lw_last_error());
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(isfinite(flat[i]), "parameter %zu is %g", i, (double)flat[i]);
    return flat;
}

static void check_same_net(const lw_net *net, const lw_net *other)
{
    const size_t layers = lw_net_layer_count(net);
    FUZZ_CHECK(lw_net_layer_count(other) == layers, "not %zu layers", layers);
    for (size_t i = 0; i < layers; i++) {
        lw_layer_info a, b;
        FUZZ_CHECK(lw_net_layer_info(net, i, &a) == LW_OK &&
                       lw_net_layer_info(other, i, &b) == LW_OK && a.in == b.in && a.out == b.out &&
                       a.activation == b.activation,
                   "other layers");
    }
    float *left = get_parameters(net), *right = get_parameters(other);
    FUZZ_CHECK(memcmp(left, right, lw_net_parameter_count(net) * sizeof *left) == 0,
               "other parameters");
    free(left);
    free(right);
}

/* ---- Round trips: save what was loaded, load it, compare ---- */

static void check_saved(const lw_net *net)
{
    char path[FUZZ_PATH_BYTES];
    lw_net *again;
    strcpy(path, fuzz_path("saved"));
    FUZZ_CHECK(lw_net_save(net, path) == LW_OK, "not saved: %s", lw_last_error());
    FUZZ_CHECK(lw_net_load(&again, path) == LW_OK, "saved, but not loaded: %s", lw_last_error());
    check_same_net(net, again);
    lw_net_destroy(again);
}

static int same_position(const lw_position *a, const lw_position *b)
{
    return a->epochs == b->epochs && a->batches == b->batches && a->loss == b->loss;
}

static void check_saved_state(const lw_net *net, const lw_position *position)
{
    char path[FUZZ_PATH_BYTES], second[FUZZ_PATH_BYTES];
    lw_position again_at;
    strcpy(path, fuzz_path("state"));
    strcpy(second, fuzz_path("state again"));
    lw_net *again = make_net();
    FUZZ_CHECK(lw_net_save_state(net, position, path) == LW_OK, "not saved: %s", lw_last_error());
    FUZZ_CHECK(lw_net_load_state(again, &again_at, path) == LW_OK &&
                   same_position(&again_at, position),
               "saved, but not loaded: %s", lw_last_error());
    FUZZ_CHECK(lw_net_save_state(again, position, second) == LW_OK, "not saved: %s",
               lw_last_error());
    fuzz_same_files(path, second);
    check_same_net(net, again);
    lw_net_destroy(again);
}

/* ---- The functions ---- */

static void load(const char *path)
{
    lw_net *const untouched = (lw_net *)(void *)&path;
    lw_net *net = untouched;
    const lw_status status = lw_net_load(&net, path);
    fuzz_record_net(status, net);
    fuzz_check_status(status, CONTENTS, path, NULL);
    FUZZ_CHECK((net != untouched) == (status == LW_OK), "a network from a failure");
    if (status != LW_OK)
        return;
    check_saved(net);
    lw_net_destroy(net);
}

static void count_unplaced(void *user, const char *tensor, const char *reason)
{
    FUZZ_CHECK(tensor && reason && *reason, "a tensor without a reason");
    ++*(size_t *)user;
}

/* A partial import and one in a given order. Their outcome is not recorded. */
static void import_with(const char *path)
{
    static const char *const order[] = {"0", "2"};
    size_t unplaced = 0;
    for (size_t i = 0; i < 2; i++) {
        lw_net *const untouched = (lw_net *)(void *)&path;
        lw_net *net = untouched;
        const lw_import_options options = {.size = sizeof options,
                                           .hidden = LW_ACTIVATION_LEAKY_RELU,
                                           .prefix = i == 0 ? NULL : "net",
                                           .order = order,
                                           .order_count = i == 0 ? 0 : 2,
                                           .partial = 1,
                                           .on_unplaced = count_unplaced,
                                           .user = &unplaced};
        const lw_status status = lw_net_import_with(&net, path, &options);
        fuzz_check_status(status, CONTENTS, path, NULL);
        FUZZ_CHECK((net != untouched) == (status == LW_OK), "a network from a failure");
        if (status != LW_OK)
            continue;
        check_saved(net);
        lw_net_destroy(net);
    }
}

static void import(const char *path)
{
    lw_net *const untouched = (lw_net *)(void *)&path;
    lw_net *net = untouched;
    import_with(path);
    const lw_status status = lw_net_import(&net, path, LW_ACTIVATION_TANH, LW_ACTIVATION_LINEAR);
    fuzz_record_net(status, net);
    fuzz_check_status(status, CONTENTS, path, NULL);
    FUZZ_CHECK((net != untouched) == (status == LW_OK), "a network from a failure");
    if (status != LW_OK)
        return;
    check_saved(net);
    /* Different parameters, so that a read that leaves some unchanged is detected. */
    float *flat = get_parameters(net), *read = NULL;
    FUZZ_CHECK(lw_net_initialize(net, 3) == LW_OK, "%s", lw_last_error());
    /* Files without numbered layers can only be imported. */
    if (lw_net_load_parameters(net, path) == LW_OK) {
        read = get_parameters(net);
        FUZZ_CHECK(memcmp(flat, read, lw_net_parameter_count(net) * sizeof *flat) == 0,
                   "other parameters");
    }
    free(flat);
    free(read);
    lw_net_destroy(net);
}

/* Kept between inputs as long as files are refused; replaced after a file was loaded into them. */
static lw_net *parameters_net, *state_net, *pristine_net;

static void renew(lw_net **net)
{
    if (!*net)
        *net = make_net();
}

static void forget(lw_net **net)
{
    lw_net_destroy(*net);
    *net = NULL;
}

static void load_parameters(const char *path)
{
    const lw_status status = lw_net_load_parameters(parameters_net, path);
    fuzz_record_net(status, parameters_net);
    fuzz_check_status(status, CONTENTS, path, NULL);
    if (status != LW_OK) {
        check_same_net(parameters_net, pristine_net);
        return;
    }
    check_saved(parameters_net);
    forget(&parameters_net);
}

static void record_state(lw_status status, const lw_position *position)
{
    lw_optimizer_info info;
    fuzz_record_net(status, state_net);
    if (status == LW_OK && lw_net_optimizer_info(state_net, &info) == LW_OK)
        fuzz_record_more("; epoch %zu, batch %zu, loss %g; optimizer %d, step %llu, %zu moments",
                         position->epochs, position->batches, position->loss, (int)info.kind,
                         (unsigned long long)info.steps, info.moments);
}

static void load_state(const char *path)
{
    enum { EPOCHS = 77 };
    lw_position position = {.epochs = EPOCHS};
    const lw_status status = lw_net_load_state(state_net, &position, path);
    record_state(status, &position);
    fuzz_check_status(status, CONTENTS | 1U << LW_ESTATE, path, NULL);
    if (status != LW_OK) {
        lw_optimizer_info info;
        FUZZ_CHECK(lw_net_optimizer_info(state_net, &info) == LW_OK &&
                       info.kind == LW_OPTIMIZER_DEFAULT && position.epochs == EPOCHS &&
                       lw_net_seed(state_net) == SEED,
                   "changed by a failure");
        check_same_net(state_net, pristine_net);
        return;
    }
    check_saved_state(state_net, &position);
    forget(&state_net);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* Most memory per byte is needed by "[]": a JSON value, and an entry in the list that holds it.
     */
    enum { TIMES = 100, CONSTANT = 1 << 16 };
    const char *path = fuzz_file(0, bytes, size);
    renew(&pristine_net);
    renew(&parameters_net);
    renew(&state_net);
    fuzz_heap_begin(TIMES * size + CONSTANT);
    static void (*const functions[])(const char *path) = {load, load_state, import,
                                                          load_parameters};
    enum { FUNCTIONS = sizeof functions / sizeof *functions };
    /* Parsing dominates the time, so that most files go to one function, which their size selects;
     * the others to all four. */
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (size % (2 * FUNCTIONS) == 0 || size % FUNCTIONS == i)
            functions[i](path);
    fuzz_heap_end();
    return 0;
}
