/*
 * fault_injection_command COMMAND [STRIDE [NAME]]
 *
 * Runs the command `lanewise` and fails one of the allocations or file operations of its process,
 * once or from there on. Each run must:
 *
 *   - end with its usual result, or with exit code 1 and a message that names the cause
 *   - not leak memory
 *   - leave each file that it writes with its old or its new contents, complete, and leave no other
 *     files
 *
 * Tries every STRIDE-th fault of a run (1: all), of the run NAME or of all runs.
 */
#define _XOPEN_SOURCE 700
#include "injector.h"
#include "observe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 40, TARGETS = 4, TEXT_BYTES = 1 << 21, TIMEOUT_SECONDS = 120 };

static const char *command;
static fault_injector *shared;
static char shared_path[PATH_MAX];

/* ---- Runs under test ------------------------------------------------------------------------- */

/* How new contents are recognised. */
typedef enum target_kind {
    SAME,  /* equal to those of a run without faults */
    STATE, /* a training state, possibly of an earlier epoch */
    LOG,   /* complete or missing lines, after the old ones if the run is resumed */
    PAGE   /* a complete page, which contains times */
} target_kind;

typedef struct target {
    const char *name;
    target_kind kind;
} target;

typedef struct run {
    const char *name;
    const char *arguments; /* separated by blanks; @ is the directory of input files */
    target targets[TARGETS];
    int output_varies; /* its output varies and is not compared */
} run;

static const run runs[] = {
    {"train",
     "train --x @x.npy --y @y.npy --test-x @x.npy --test-y @y.npy --layers 6,4 "
     "--epochs 2 --batch 16 --quiet --save net --checkpoint state --log log --report page.html",
     {{"net", SAME}, {"state", STATE}, {"log", LOG}, {"page.html", PAGE}},
     0},
    {"train, resumed",
     "train --x @x.npy --y @y.npy --test-x @x.npy --test-y @y.npy --layers 6,4 "
     "--epochs 4 --batch 16 --quiet --resume @state --clip 1 --log log --save net",
     {{"net", SAME}, {"log", LOG}},
     0},
    {"train, CSV",
     "train --csv @data.csv --target kind --labels --one-hot colour --standardize --validation "
     "0.25 "
     "--layers 40 --epochs 1 --precision bf16 --quiet --save net --report page.html",
     {{"net", SAME}, {"page.html", PAGE}},
     0},
    {"train, weights",
     "train --csv @data.csv --target kind --weight-column size --class-weights balanced "
     "--test-csv @data.csv --patience 1 --layers 6 --epochs 3 --quiet --save net",
     {{"net", SAME}},
     0},
    {"train, regression",
     "train --csv @data.csv --target size --layers 6 --epochs 1 --output tanh --quiet --save net",
     {{"net", SAME}},
     0},
    {"train, folds",
     "train --csv @data.csv --target kind --folds 2 --layers 4 --epochs 1 --quiet",
     {{0}},
     0},
    {"train, images",
     "train --data fashion-mnist:@ --layers none --epochs 1 --quiet --report page.html",
     {{"page.html", PAGE}},
     0},
    {"evaluate", "evaluate --model @net --x @x.npy --y @y.npy", {{0}}, 0},
    {"predict", "predict --model @net --x @x.npy --out y.npy", {{"y.npy", SAME}}, 0},
    {"predict, CSV", "predict --model @net --x @x.npy --out y.csv", {{"y.csv", SAME}}, 0},
    {"predict, classes",
     "predict --model @net --x @x.npy --classes --out y.csv",
     {{"y.csv", SAME}},
     0},
    {"evaluate, table", "evaluate --model @table_net --csv @data.csv", {{0}}, 0},
    {"predict, table",
     "predict --model @table_net --csv @data.csv --keep size --out y.csv",
     {{"y.csv", SAME}},
     0},
    {"export, ONNX of a table",
     "export --model @table_net --out net.onnx",
     {{"net.onnx", SAME}},
     0},
    {"export, C of a table", "export --model @table_net --out net.c", {{"net.c", SAME}}, 0},
    {"import",
     "import --weights @net --activation tanh --output softmax --save net",
     {{"net", SAME}},
     0},
    {"import, named",
     "import --weights @net --activation tanh --output softmax --order 0,2,4 --partial --save net",
     {{"net", SAME}},
     0},
    {"export, ONNX", "export --model @net --out net.onnx", {{"net.onnx", SAME}}, 0},
    {"export, C", "export --model @net --out net.c", {{"net.c", SAME}}, 0},
    {"info", "info", {{0}}, 1},
};
enum { RUNS = sizeof runs / sizeof *runs };

static const char old_contents[] = "old contents\n";

/* ---- Files ----------------------------------------------------------------------------------- */

typedef struct text {
    char bytes[TEXT_BYTES];
    size_t length;
} text;

static void read_text(const char *path, text *to)
{
    FILE *file = fopen(path, "rb");
    to->length = 0;
    if (!file)
        return;
    to->length = fread(to->bytes, 1, TEXT_BYTES - 1, file);
    require(to->length < TEXT_BYTES - 1, "a file is too long");
    to->bytes[to->length] = '\0';
    fclose(file);
}

static int ends_in(const text *of, const char *ending)
{
    const size_t length = strlen(ending);
    return of->length >= length && memcmp(of->bytes + of->length - length, ending, length) == 0;
}

static int is_same(const text *a, const text *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* A network with the schema of data.csv. */
static void write_table_net(void)
{
    static const char *const names[] = {"kind"};
    static const lw_layer_spec layers[] = {{.units = 4, .activation = LW_ACTIVATION_RELU},
                                           {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}};
    const lw_schema_options options = {.size = sizeof options, .targets = {names, 1}};
    lw_table *table;
    lw_schema *schema;
    lw_net *net;
    REQUIRE_OK(lw_table_read(&table, file_path("data.csv"), NULL));
    REQUIRE_OK(lw_schema_infer(&schema, table, &options));
    REQUIRE_OK(lw_net_create_mlp(&net, lw_schema_inputs(schema), layers, 2, 1));
    REQUIRE_OK(lw_net_set_schema(net, schema));
    REQUIRE_OK(lw_net_save(net, file_path("table_net")));
    lw_net_destroy(net);
    lw_schema_free(schema);
    lw_table_free(table);
}

static void write_inputs(void)
{
    enum { ROWS = 48, INPUTS = 4, PIXELS = 9 };
    static const lw_layer_spec layers[] = {{.units = 6, .activation = LW_ACTIVATION_RELU},
                                           {.units = 4, .activation = LW_ACTIVATION_RELU},
                                           {.units = 3, .activation = LW_ACTIVATION_SOFTMAX}};
    static float x[ROWS * INPUTS];
    static int32_t y[ROWS];
    static char csv[ROWS * 64];
    static unsigned char images[16 + ROWS * PIXELS] = {0, 0, 8, 3, 0, 0, 0, ROWS,
                                                       0, 0, 0, 3, 0, 0, 0, 3};
    static unsigned char labels[8 + ROWS] = {0, 0, 8, 1, 0, 0, 0, ROWS};
    size_t length = (size_t)sprintf(csv, "size,colour,kind\n");
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = (int32_t)(i % 3);
        labels[8 + i] = (unsigned char)(i % 3);
        for (size_t j = 0; j < INPUTS; j++)
            x[i * INPUTS + j] = (float)((i * 7 + j * 3) % 11) / 5.0f + (float)y[i];
        for (size_t j = 0; j < PIXELS; j++)
            images[16 + i * PIXELS + j] = (unsigned char)(i * 31 + j * 17);
        length += (size_t)sprintf(csv + length, "%zu,%s,%s\n", i * 5 % 13,
                                  i % 4 ? "red" : "\"blue, dark\"", i % 3 ? "yes" : "no");
    }
    REQUIRE_OK(lw_npy_write_f32(file_path("x.npy"), x, ROWS, INPUTS));
    REQUIRE_OK(lw_npy_write_i32(file_path("y.npy"), y, ROWS, 0));
    write_file("data.csv", csv, length);
    write_file("train-images-idx3-ubyte", images, sizeof images);
    write_file("train-labels-idx1-ubyte", labels, sizeof labels);
    write_file("t10k-images-idx3-ubyte", images, sizeof images);
    write_file("t10k-labels-idx1-ubyte", labels, sizeof labels);

    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = 3, .x = x, .target = {.labels = y}};
    const lw_fit_options options = {
        .size = sizeof options, .batch_size = 16, .epochs = 2, .clip_norm = 1.0f};
    lw_net *net;
    REQUIRE_OK(lw_net_create_mlp(&net, INPUTS, layers, 3, 1));
    REQUIRE_OK(lw_fit(net, &data, &options));
    REQUIRE_OK(lw_net_save(net, file_path("net")));
    REQUIRE_OK(lw_net_save_state(net, &(lw_position){.epochs = 2}, file_path("state")));
    lw_net_destroy(net);
    write_table_net();
}

/* ---- Runs ------------------------------------------------------------------------------------ */

static char inputs[PATH_MAX], work[PATH_MAX], out_path[PATH_MAX], err_path[PATH_MAX];

static int number_of_files;

static void count_file(const char *name, const char *path, void *user)
{
    (void)name;
    (void)path;
    (void)user;
    number_of_files++;
}

/* Returns the arguments as words, in static memory. */
static char **split_arguments(const run *r)
{
    static char buffer[16 * PATH_MAX], *words[ARGUMENTS];
    char *end = buffer;
    size_t count = 1;
    words[0] = "lanewise";
    for (const char *from = r->arguments; *from; count++) {
        require(count + 1 < ARGUMENTS, "too many arguments");
        words[count] = end;
        for (; *from && *from != ' '; from++)
            end += *from == '@' ? sprintf(end, "%s/", inputs) : sprintf(end, "%c", *from);
        *end++ = '\0';
        from += *from == ' ';
    }
    words[count] = NULL;
    return words;
}

/* Returns the write end of a pipe without a reader. Ignores SIGPIPE, so that writing fails with
 * EPIPE. */
static int closed_pipe(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    return ends[1];
}

/* In the child: executes the command. out NULL: standard output is a pipe without a reader. */
static void become(const run *r, const char *out)
{
    const int to = out ? open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) : closed_pipe();
    const int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0 || err < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
        chdir(work) != 0)
        _exit(126);
    close(to);
    close(err);
    alarm(TIMEOUT_SECONDS);
    setenv("LD_PRELOAD", FAULT_INJECTOR_OBJECT, 1);
    setenv("LANEWISE_FAULT_INJECTOR", shared_path, 1);
    execv(command, split_arguments(r));
    _exit(127);
}

/* Runs the command on targets with old contents. Returns its exit code, or 128 plus the signal. */
static int run_command(const run *r, const char *out)
{
    for (const target *t = r->targets; t < r->targets + TARGETS && t->name; t++)
        write_text(t->name, old_contents);
    atomic_store(&shared->active, 0);
    atomic_store(&shared->allocations, 0);
    atomic_store(&shared->operations, 0);
    atomic_store(&shared->injected, 0);
    atomic_store(&shared->live, 0);
    fflush(NULL);
    const pid_t child = fork();
    require(child >= 0, "fork failed");
    if (child == 0)
        become(r, out);
    int status = 0;
    require(waitpid(child, &status, 0) == child, "waitpid failed");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- Expectations ---------------------------------------------------------------------------- */

typedef struct tally {
    size_t allocations, tried, operations, modes, tried_modes, survived, survived_modes, failures;
} tally;

static text reference_out, reference_target[TARGETS], seen;
/* Allocations that a run without faults keeps until exit, such as stdio buffers. */
static long reference_live;

static void complain(const run *r, const char *what, int code)
{
    static const char *const modes[] = {"fails", "is interrupted", "is short"};
    static text message;
    read_text(err_path, &message);
    fprintf(stderr, "%s, ", r->name);
    if (shared->kind == FAULT_MEMORY)
        fprintf(stderr, "allocation %zu", shared->at);
    else if (shared->kind == FAULT_FILE)
        fprintf(stderr, "file operation %zu (%s) %s", shared->at,
                file_operation_name((file_operation)shared->operation[shared->at]),
                modes[shared->mode]);
    fprintf(stderr, "%s: %s; exit code %d: %s\n", shared->lasting ? " and later ones" : "", what,
            code, message.bytes);
}

static int is_state(const char *path)
{
    lw_net *net = NULL;
    lw_position position = {0};
    const int is_valid =
        lw_net_load(&net, path) == LW_OK && lw_net_load_state(net, &position, path) == LW_OK;
    lw_net_destroy(net);
    return is_valid && position.epochs > 0;
}

static int is_new(const target *t, const text *is, const text *reference)
{
    switch (t->kind) {
    case LOG:
        return is->length == 0 || is->bytes[0] == '{' ||
               strncmp(is->bytes, old_contents, strlen(old_contents)) == 0;
    case STATE:
        return is_state(file_path(t->name));
    case PAGE:
        return ends_in(is, "</html>\n\n");
    case SAME:
    default:
        return is_same(is, reference);
    }
}

/* Returns a description of the first wrong file, or NULL. all: every target must have new
 * contents. */
static const char *check_files(const run *r, int all)
{
    number_of_files = 0;
    for_each_file(count_file, NULL);
    int expected = 0;
    for (const target *t = r->targets; t < r->targets + TARGETS && t->name; t++, expected++) {
        read_text(file_path(t->name), &seen);
        const int is_old = strcmp(seen.bytes, old_contents) == 0 && seen.length > 0;
        if (!(is_old && !all) && !is_new(t, &seen, &reference_target[t - r->targets]))
            return t->name;
    }
    /* A file that cannot be removed stays; this is reported as an error. */
    const int stays =
        !all && shared->kind == FAULT_FILE && shared->operation[shared->at] == FILE_UNLINK;
    return number_of_files == expected + stays ? NULL : "unexpected files are left";
}

/* Runs with the current fault. Returns non-zero if the run succeeded nevertheless. */
static int try(const run *r, tally *sum)
{
    const int code = run_command(r, out_path);
    const char *cause = strerror(atomic_load(&shared->last_error));
    const char *wrong = NULL;
    if (code != 0 && code != 1)
        wrong = "the exit code is not 0 or 1";
    else if (atomic_load(&shared->injected) == 0)
        wrong = "the fault was not injected";
    else if (atomic_load(&shared->live) > reference_live)
        wrong = "memory is leaked";
    else
        wrong = check_files(r, code == 0);
    if (!wrong && code == 0 && !r->output_varies) {
        read_text(out_path, &seen);
        wrong =
            is_same(&seen, &reference_out) ? NULL : "the output differs from a run without faults";
    }
    /* If all later writes fail, the message cannot be printed. */
    const int cannot_print = shared->kind == FAULT_FILE && shared->lasting &&
                             shared->mode == FAULT_FAILS &&
                             shared->operation[shared->at] == FILE_WRITE;
    if (!wrong && code == 1 && !cannot_print) {
        read_text(err_path, &seen);
        const int named = strncmp(seen.bytes, "lanewise: ", strlen("lanewise: ")) == 0 &&
                          seen.length > 0 &&
                          (strstr(seen.bytes, cause) ||
                           (shared->kind == FAULT_MEMORY && strstr(seen.bytes, "memory")));
        wrong = named ? NULL : "the message does not name the cause";
    }
    if (!wrong && code == 1 && shared->kind == FAULT_FILE && shared->mode == FAULT_SHORT)
        wrong = "a short read or write is reported as an error";
    if (wrong) {
        complain(r, wrong, code);
        sum->failures++;
    }
    remove_files();
    return code == 0;
}

static void run_without_faults(const run *r)
{
    shared->kind = FAULT_NONE;
    shared->traced = 1;
    const int code = run_command(r, out_path);
    shared->traced = 0;
    if (code != 0)
        complain(r, "without faults", code);
    require(code == 0, "the command fails without faults");
    if (!atomic_load(&shared->has_filter)) {
        puts("skipped: seccomp filters are not available");
        exit(SKIPPED);
    }
    reference_live = atomic_load(&shared->live);
    read_text(out_path, &reference_out);
    for (size_t i = 0; i < TARGETS && r->targets[i].name; i++)
        read_text(file_path(r->targets[i].name), &reference_target[i]);
    require(check_files(r, 1) == NULL, "a run without faults leaves other files");
    remove_files();
}

static void run_faults(const run *r, size_t stride, tally *sum)
{
    run_without_faults(r);
    const size_t allocations = atomic_load(&shared->allocations),
                 operations = atomic_load(&shared->operations);
    require(allocations <= FAULT_MAX_TRACED && operations <= FAULT_MAX_TRACED,
            "too many operations");
    sum->allocations += allocations;
    sum->operations += operations;
    for (size_t i = 0; i < allocations; i += stride) {
        int survived = 1;
        for (shared->lasting = 0; shared->lasting < 2; shared->lasting++) {
            shared->kind = FAULT_MEMORY;
            shared->at = i;
            survived &= try(r, sum);
        }
        sum->tried++;
        sum->survived += (size_t)survived;
    }
    for (size_t i = 0; i < operations; i++)
        for (fault_mode mode = FAULT_FAILS; mode < FAULT_MODES; mode++) {
            if (!fault_mode_applies((file_operation)shared->operation[i], mode))
                continue;
            if (sum->modes++ % stride != 0)
                continue;
            int survived = 1;
            for (shared->lasting = 0; shared->lasting < (mode == FAULT_INTERRUPTED ? 1 : 2);
                 shared->lasting++) {
                shared->kind = FAULT_FILE;
                shared->at = i;
                shared->mode = mode;
                survived &= try(r, sum);
            }
            sum->tried_modes++;
            sum->survived_modes += (size_t)survived;
        }
    shared->kind = FAULT_NONE;
    shared->lasting = 0;
}

/* Checks that a run which prints reports failure if its output cannot be written. */
static void print_to(const run *r, const char *out, int error, tally *sum)
{
    const int code = run_command(r, out);
    read_text(err_path, &seen);
    if (code != 1 || !strstr(seen.bytes, strerror(error))) {
        complain(r, strerror(error), code);
        sum->failures++;
    }
    remove_files();
}

static void map_shared(void)
{
    snprintf(shared_path, sizeof shared_path, "%s", file_path("shared"));
    const int file = open(shared_path, O_RDWR | O_CREAT | O_EXCL, 0600);
    require(file >= 0 && ftruncate(file, sizeof *shared) == 0, shared_path);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    require(shared != MAP_FAILED, shared_path);
    close(file);
}

int main(int argc, char **argv)
{
    require(argc > 1, "usage: fault_injection_command COMMAND [STRIDE [NAME]]");
    command = realpath(argv[1], NULL);
    require(command != NULL, argv[1]);
    const size_t stride = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    const char *only = argc > 3 ? argv[3] : NULL;
    require(stride > 0, "STRIDE must be a positive number");
    snprintf(inputs, sizeof inputs, "%s", make_directory());
    write_inputs();
    map_shared();
    snprintf(out_path, sizeof out_path, "%s", file_path("out"));
    snprintf(err_path, sizeof err_path, "%s", file_path("err"));
    snprintf(work, sizeof work, "%s", make_directory());

    tally sum = {0};
    for (size_t i = 0; i < RUNS; i++)
        if (!only || strcmp(runs[i].name, only) == 0) {
            run_faults(&runs[i], stride, &sum);
            if (reference_out.length > 0) {
                print_to(&runs[i], "/dev/full", ENOSPC, &sum);
                print_to(&runs[i], NULL, EPIPE, &sum);
            }
        }
    remove_directory();
    enter_directory(inputs);
    remove_directory();
    printf("faults in the command: %zu of %zu allocations, %zu survived; %zu of %zu faults of %zu "
           "file operations, %zu survived; %zu failed\n",
           sum.tried, sum.allocations, sum.survived, sum.tried_modes, sum.modes, sum.operations,
           sum.survived_modes, sum.failures);
    return sum.failures == 0 && sum.tried > 0 && sum.tried_modes > 0 ? 0 : 1;
}
