#define _GNU_SOURCE /* dlmopen */

/*
 * two_libraries KERNELS NN [OTHER_KERNELS OTHER_NN]
 *
 * Two copies of the libraries in one process: loaded together, used at the same time from two
 * threads that each use worker threads, and unloaded; LANEWISE_TEST_REPEAT times. The copies are
 * files with other names, in the same linker namespace and in a separate one. The other libraries
 * may come from another compiler.
 */
#include <dlfcn.h>
#include <lanewise/nn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS = 40, UNITS = 80, OUTPUTS = 10, ROWS = 150 };
enum { PARAMETERS = (INPUTS + 1) * UNITS + (UNITS + 1) * OUTPUTS };

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* ---- Libraries ------------------------------------------------------------------------------- */

typedef struct library {
    void *kernels, *nn; /* handles of dlopen */
    lw_status (*create)(lw_net **net, size_t inputs, const lw_layer_spec *layers, size_t count,
                        uint64_t seed);
    void (*destroy)(lw_net *net);
    void (*set_threads)(lw_net *net, unsigned threads);
    lw_status (*fit)(lw_net *net, const lw_dataset *data, const lw_fit_options *options);
    lw_status (*get)(const lw_net *net, float *flat);
    const char *(*last_error)(void);
} library;

/* Data and function pointers have the same size wherever dlsym exists, but C does not convert
 * between them. */
static void find(void *handle, const char *name, void *function)
{
    void *const symbol = dlsym(handle, name);
    if (!symbol)
        give_up(name, dlerror());
    memcpy(function, &symbol, sizeof symbol);
}

static library load(Lmid_t space, const char *kernels, const char *nn)
{
    library l = {.kernels = dlmopen(space, kernels, RTLD_NOW | RTLD_LOCAL)};
    if (!l.kernels)
        give_up(kernels, dlerror());
    if (space == LM_ID_NEWLM && dlinfo(l.kernels, RTLD_DI_LMID, &space) != 0)
        give_up(kernels, dlerror());
    l.nn = dlmopen(space, nn, RTLD_NOW | RTLD_LOCAL);
    if (!l.nn)
        give_up(nn, dlerror());
    find(l.nn, "lw_net_create_mlp", &l.create);
    find(l.nn, "lw_net_destroy", &l.destroy);
    find(l.nn, "lw_net_set_threads", &l.set_threads);
    find(l.nn, "lw_fit", &l.fit);
    find(l.nn, "lw_net_get_parameters", &l.get);
    find(l.kernels, "lw_last_error", &l.last_error);
    return l;
}

static void unload(const library *l)
{
    if (dlclose(l->nn) != 0 || dlclose(l->kernels) != 0)
        give_up("dlclose", dlerror());
}

/* Writes a copy of a library in which both library names are replaced by others of the same
 * length. */
static void write_twin(const char *path, const char *copy)
{
    static const char name[] = "liblanewise_", twin[] = "libtwinwise_";
    FILE *in = fopen(path, "rb"), *out = fopen(copy, "wb");
    char *bytes = malloc(1 << 24);
    if (!in || !out || !bytes)
        give_up(path, "cannot be copied");
    const size_t size = fread(bytes, 1, 1 << 24, in);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), name, strlen(name)));)
        memcpy(at, twin, strlen(twin));
    if (fwrite(bytes, 1, size, out) != size || fclose(out) != 0)
        give_up(copy, "cannot be written");
    fclose(in);
    free(bytes);
}

/* ---- Training -------------------------------------------------------------------------------- */

static float x[ROWS * INPUTS];
static int32_t labels[ROWS];

static void make_data(void)
{
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        x[i] = (float)(i * i % 251) / 251.0f;
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)(i % OUTPUTS);
}

static void check(const library *l, lw_status status)
{
    if (status != LW_OK)
        give_up("lanewise", l->last_error());
}

static void train(const library *l, unsigned threads, float *parameters)
{
    static const lw_layer_spec layers[] = {{.units = UNITS, .activation = LW_ACTIVATION_RELU},
                                           {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};
    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = OUTPUTS, .x = x, .target.labels = labels};
    lw_net *net;
    check(l, l->create(&net, INPUTS, layers, 2, 1));
    l->set_threads(net, threads);
    check(l,
          l->fit(net, &data,
                 &(lw_fit_options){.size = sizeof(lw_fit_options), .batch_size = 64, .epochs = 1}));
    check(l, l->get(net, parameters));
    l->destroy(net);
}

typedef struct trainee {
    const library *library;
    float parameters[PARAMETERS];
} trainee;

static void *train_in_thread(void *argument)
{
    trainee *t = argument;
    train(t->library, 2, t->parameters);
    return NULL;
}

/* Trains both at once, the second on this thread, whose OpenMP threads are still waiting when it is
 * unloaded. (A C library in a separate namespace is not notified when a thread of another one ends,
 * and keeps its data.) */
static void train_both(const library *first, const library *second, const float *want)
{
    static trainee both[2];
    pthread_t thread;
    both[0].library = first;
    both[1].library = second;
    if (pthread_create(&thread, NULL, train_in_thread, &both[0]) != 0)
        give_up("pthread_create", "failed");
    train_in_thread(&both[1]);
    pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++)
        if (memcmp(both[i].parameters, want, sizeof both[i].parameters) != 0)
            give_up(i == 0 ? "the first library" : "the second library", "other bits");
}

/* ---- Repetitions ----------------------------------------------------------------------------- */

/* Seconds for an operation that takes milliseconds, because the machine may be busy. */
enum { PATIENCE = 60 };

static size_t resident_kb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long all = 0, resident = 0;
    if (!file || fscanf(file, "%lu %lu", &all, &resident) != 2)
        give_up("/proc/self/statm", "cannot be read");
    fclose(file);
    return (size_t)resident * ((size_t)sysconf(_SC_PAGESIZE) >> 10);
}

/* A leaked buffer of 1 MB or a leaked network would show after 30 repetitions. */
static void compare_memory(const char *what, size_t count, size_t before)
{
    const size_t after = resident_kb();
    printf("two libraries, %s %zu times: %zu KB resident after a fifth of them, %zu KB after all\n",
           what, count, before, after);
    if (after > before + 4096)
        give_up("memory", "grows");
}

/* Loads both, uses them, and unloads them. */
static void load_and_unload(char *const *files, char *const *others, const float *want,
                            size_t count)
{
    size_t before = 0;
    for (size_t i = 0; i < count; i++) {
        alarm(PATIENCE);
        const library first = load(LM_ID_BASE, files[0], files[1]);
        const library second = load(LM_ID_BASE, others[0], others[1]);
        train_both(&first, &second, want);
        unload(i % 2 ? &first : &second);
        unload(i % 2 ? &second : &first);
        if (i == count / 5)
            before = resident_kb();
    }
    compare_memory("loaded and unloaded", count, before);
}

/* Loads the second one with its own C library into a separate namespace; the number of namespaces
 * is limited. */
static void use_namespace(char *const *files, char *const *others, const float *want, size_t count)
{
    size_t before = 0;
    if (dlopen("libomp.so.5", RTLD_LAZY | RTLD_NOLOAD)) {
        puts("skipped: LLVM's OpenMP ends a process that has a second copy of it");
        return;
    }
    const library first = load(LM_ID_BASE, files[0], files[1]);
    const library second = load(LM_ID_NEWLM, others[0], others[1]);
    for (size_t i = 0; i < count; i++) {
        alarm(PATIENCE);
        train_both(&first, &second, want);
        if (i == count / 5)
            before = resident_kb();
    }
    unload(&second);
    unload(&first);
    compare_memory("used in two namespaces", count, before);
}

int main(int count, char **arguments)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count != 3 && count != 5)
        give_up("two_libraries", "KERNELS NN [OTHER_KERNELS OTHER_NN]");
    static float want[PARAMETERS];
    char *const *const files = arguments + 1, *const *const others = arguments + count - 2;
    char twin_kernels[] = "./libtwinwise_kernels.so", twin_nn[] = "./libtwinwise_nn.so";
    char *const twins[2] = {twin_kernels, twin_nn};
    const char *const wanted = getenv("LANEWISE_TEST_REPEAT");
    const size_t times = wanted ? strtoul(wanted, NULL, 10) : 30;
    make_data();
    const library alone = load(LM_ID_BASE, files[0], files[1]);
    train(&alone, 1, want);
    unload(&alone);
    write_twin(others[0], twins[0]);
    write_twin(others[1], twins[1]);
    load_and_unload(files, twins, want, times);
    use_namespace(files, others, want, times);
    return 0;
}
