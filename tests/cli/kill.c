/*
 * Runs of the command that are killed, interrupted or fill the disk at random times.
 *
 * usage: kill PROGRAM DIRECTORY KILLS SIGNALS FILLED
 *
 *   KILLS    runs with a checkpoint per epoch, ended by SIGKILL: the file is complete, and is the
 *            checkpoint of the last or second to last epoch in the log. Every tenth run is resumed.
 *   SIGNALS  runs ended by SIGINT or SIGTERM and resumed until they are done: they end by the
 *            signal, and the last checkpoint is that of an uninterrupted run.
 *   FILLED   runs whose checkpoint does not fit the disk, a tmpfs (needs root): the old one stays.
 *
 * Exit code 1 after any other result.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lanewise/nn.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *program;
static uint64_t random_word = 88172645463325252u;

static void fail(const char *format, ...) __attribute__((__format__(__printf__, 1, 2), noreturn));

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

/* Uniform in [0, 1) (Marsaglia 2003). */
static double draw(void)
{
    random_word ^= random_word << 13;
    random_word ^= random_word >> 7;
    random_word ^= random_word << 17;
    return (double)(random_word >> 11) * 0x1p-53;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void sleep_for(double seconds)
{
    const struct timespec time = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)(1e9 * (seconds - floor(seconds)))};
    nanosleep(&time, NULL);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static char *contents_of(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail("%s: %s", path, strerror(errno));
    char *bytes = NULL;
    size_t capacity = 0;
    *size = 0;
    for (size_t got = 1; got > 0; *size += got) {
        if (*size == capacity)
            bytes = realloc(bytes, capacity = 2 * capacity + 4096);
        if (!bytes)
            fail("no memory");
        got = fread(bytes + *size, 1, capacity - *size, file);
    }
    fclose(file);
    return bytes;
}

static int are_same(const char *path, const char *other)
{
    size_t size, other_size;
    char *bytes = contents_of(path, &size), *other_bytes = contents_of(other, &other_size);
    const int same = size == other_size && memcmp(bytes, other_bytes, size) == 0;
    free(bytes);
    free(other_bytes);
    return same;
}

/* Removes temporary files and returns their number. */
static size_t remove_left_over(void)
{
    size_t count = 0;
    DIR *directory = opendir(".");
    for (const struct dirent *entry; directory && (entry = readdir(directory));)
        if (strstr(entry->d_name, ".tmp"))
            count += unlink(entry->d_name) == 0;
    if (directory)
        closedir(directory);
    return count;
}

/* XOR of two inputs, each compared with 0.5. */
static void write_data(size_t rows)
{
    FILE *file = fopen("data.csv", "w");
    if (!file)
        fail("data.csv: %s", strerror(errno));
    fprintf(file, "a,b,y\n");
    for (size_t i = 0; i < rows; i++) {
        const double a = draw(), b = draw();
        fprintf(file, "%.4f,%.4f,%d\n", a, b, (a - 0.5) * (b - 0.5) > 0.0);
    }
    fclose(file);
}

/* The last epoch with a complete line in a log; 0: none. */
static size_t last_epoch_of(const char *path)
{
    size_t epoch = 0, found;
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strchr(line, '\n') && sscanf(line, "{\"epoch\": %zu", &found) == 1)
            epoch = found;
    if (file)
        fclose(file);
    return epoch;
}

/* The position of a checkpoint, which must load. */
static lw_position position_of(const char *path)
{
    lw_net *net;
    lw_position position = {0};
    lw_status status = lw_net_load(&net, path);
    if (status != LW_OK)
        fail("a checkpoint does not load: %s", lw_last_error());
    status = lw_net_load_state(net, &position, path);
    if (status == LW_ESTATE && lw_net_set_precision(net, LW_PRECISION_BF16) == LW_OK)
        status = lw_net_load_state(net, &position, path);
    if (status != LW_OK)
        fail("a checkpoint does not load: %s", lw_last_error());
    lw_net_destroy(net);
    return position;
}

/* ---- Runs ------------------------------------------------------------------------------------ */

enum { MAX_ARGUMENTS = 40 };

/* Starts the command with space-separated arguments; stderr goes to the file "messages". */
static pid_t start(const char *text)
{
    char words[1024], *arguments[MAX_ARGUMENTS] = {NULL};
    size_t count = 0;
    snprintf(words, sizeof words, "%s %s", program, text);
    for (char *word = strtok(words, " "); word && count + 1 < MAX_ARGUMENTS;
         word = strtok(NULL, " "))
        arguments[count++] = word;
    const pid_t process = fork();
    if (process < 0)
        fail("fork: %s", strerror(errno));
    if (process > 0)
        return process;
    const int messages = open("messages", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO);
    dup2(messages, STDERR_FILENO);
    execv(program, arguments);
    _exit(127);
}

static int outcome_of(pid_t process)
{
    int outcome;
    while (waitpid(process, &outcome, 0) != process)
        continue;
    return outcome;
}

static int succeeded(int outcome)
{
    return WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
}

static void show_messages(void)
{
    size_t size;
    char *text = contents_of("messages", &size);
    fprintf(stderr, "%.*s", (int)size, text);
    free(text);
}

static void run_to_end(const char *text)
{
    if (succeeded(outcome_of(start(text))))
        return;
    show_messages();
    fail("a run failed: %s", text);
}

/* ---- SIGKILL --------------------------------------------------------------------------------- */

#define KILLED_RUN                                                                                 \
    "train --csv data.csv --target y --layers 8 --batch 32 --epochs 400 --quiet --threads 1 "

static void try_kills(size_t kills)
{
    size_t none = 0, left_over = 0, resumed = 0, behind = 0;
    write_data(64);
    const double begin = now();
    run_to_end(KILLED_RUN "--checkpoint whole.st --log whole.jsonl");
    const double seconds = now() - begin;
    for (size_t i = 0; i < kills; i++) {
        unlink("killed.st");
        unlink("killed.jsonl");
        const pid_t process = start(KILLED_RUN "--checkpoint killed.st --log killed.jsonl");
        sleep_for(draw() * seconds);
        kill(process, SIGKILL);
        outcome_of(process);
        left_over += remove_left_over();
        const size_t logged = last_epoch_of("killed.jsonl");
        if (!exists("killed.st")) {
            if (logged > 1)
                fail("kill %zu: no checkpoint after %zu epochs", i, logged);
            none++;
            continue;
        }
        const lw_position position = position_of("killed.st");
        if (position.batches != 0 || position.epochs > logged || position.epochs + 1 < logged)
            fail("kill %zu: the checkpoint of epoch %zu, but the log has %zu", i, position.epochs,
                 logged);
        behind += position.epochs < logged;
        if (i % 10 != 0)
            continue;
        run_to_end(KILLED_RUN "--resume killed.st --checkpoint killed.st --log killed.jsonl");
        if (!are_same("killed.st", "whole.st"))
            fail("kill %zu: after epoch %zu the run ended in another state", i, position.epochs);
        if (last_epoch_of("killed.jsonl") != last_epoch_of("whole.jsonl"))
            fail("kill %zu: the log of the resumed run is another", i);
        resumed++;
    }
    printf("SIGKILL: %zu runs, %zu before the first checkpoint; all other checkpoints were "
           "complete (%zu while the next was written); %zu resumed with the same bits; %zu "
           "temporary files "
           "left\n",
           kills, none, behind, resumed, left_over);
    /* Only a kill between two system calls leaves one. */
    if (left_over > 2 + kills / 20)
        fail("%zu temporary files were left", left_over);
}

/* ---- SIGINT and SIGTERM ---------------------------------------------------------------------- */

static const char *const interrupted_runs[] = {
    "train --csv data.csv --target y --layers 40,24 --batch 32 --epochs 30 --quiet ",
    "train --csv data.csv --target y --layers 40,24 --batch 32 --epochs 25 --quiet --precision "
    "bf16 ",
    "train --csv data.csv --target y --layers 12,6 --batch 16 --epochs 150 --quiet --clip 0.5 ",
    "train --csv data.csv --target y --layers 8 --batch full --epochs 20000 --quiet --schedule "
    "constant ",
};
enum { INTERRUPTED_RUNS = sizeof interrupted_runs / sizeof *interrupted_runs };

/* Interrupts and resumes a run until it is done; returns the number of interruptions. */
static size_t interrupt_to_end(const char *run, int number, double seconds, size_t max_signals,
                               size_t *inside)
{
    char first[300], again[400];
    size_t signals = 0;
    unlink("part.st");
    snprintf(first, sizeof first, "%s --checkpoint part.st --checkpoint-every 1000000", run);
    snprintf(again, sizeof again, "%s --resume part.st", first);
    for (;;) {
        const pid_t process = start(exists("part.st") ? again : first);
        if (signals < max_signals)
            sleep_for(draw() * seconds);
        if (signals < max_signals)
            kill(process, number);
        const int outcome = outcome_of(process);
        if (succeeded(outcome))
            return signals;
        if (!WIFSIGNALED(outcome) || WTERMSIG(outcome) != number) {
            show_messages();
            fail("a run with signal %d ended by %d", number, outcome);
        }
        signals++;
        if (exists("part.st"))
            *inside += position_of("part.st").batches > 0;
    }
}

static void try_signals(size_t wanted)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    size_t signals = 0, runs = 0, inside = 0;
    double seconds = 0.0;
    write_data(1000);
    while (signals < wanted) {
        const char *run = interrupted_runs[runs / 2 % INTERRUPTED_RUNS];
        if (runs % 2 == 0) {
            char whole[512];
            const double begin = now();
            snprintf(whole, sizeof whole, "%s --checkpoint whole.st", run);
            run_to_end(whole);
            seconds = now() - begin;
        }
        signals += interrupt_to_end(run, numbers[runs % 2], seconds, 10, &inside);
        if (!are_same("part.st", "whole.st"))
            fail("an interrupted run ended with another checkpoint: %s", run);
        runs++;
    }
    printf("SIGINT and SIGTERM: %zu in %zu runs, %zu inside an epoch; all ended by their signal "
           "and with the checkpoint of an uninterrupted run; %zu temporary files left\n",
           signals, runs, inside, remove_left_over());
    if (signals > 20 && inside == 0)
        fail("no signal arrived inside an epoch");
}

/* ---- Full disk ------------------------------------------------------------------------------- */

/* Mounts a tmpfs of 256 KB at "disk"; returns 0 on failure. */
static int mount_disk(void)
{
    return mkdir("disk", 0777) == 0 && mount("none", "disk", "tmpfs", 0, "size=256k") == 0;
}

static void fill_disk(size_t bytes_left)
{
    static const char zeros[512];
    unlink("disk/filler");
    const int file = open("disk/filler", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ssize_t written = 1;
    while (written > 0)
        written = write(file, zeros, sizeof zeros);
    const off_t size = lseek(file, 0, SEEK_CUR);
    if (ftruncate(file, size > (off_t)bytes_left ? size - (off_t)bytes_left : 0) != 0)
        fail("disk/filler: %s", strerror(errno));
    close(file);
}

static void try_full_disk(size_t times)
{
    static const char run[] = "train --csv data.csv --target y --layers 64,64 --epochs 6 --quiet ";
    char command[512];
    if (times == 0)
        return;
    if (!mount_disk()) {
        printf("skipped: cannot mount a tmpfs (%s)\n", strerror(errno));
        return;
    }
    write_data(300);
    snprintf(command, sizeof command, "%s --checkpoint whole.st", run);
    run_to_end(command);
    for (size_t i = 0; i < times; i++) {
        unlink("disk/filler");
        snprintf(
            command, sizeof command,
            "train --csv data.csv --target y --layers 64,64 --epochs 3 --schedule constant --quiet "
            "--checkpoint disk/c.st");
        run_to_end(command);
        snprintf(command, sizeof command, "cp disk/c.st before.st");
        if (system(command) != 0)
            fail("%s", command);
        fill_disk((size_t)(draw() * 50000.0)); /* the file has 54 KB */
        snprintf(
            command, sizeof command,
            "train --csv data.csv --target y --layers 64,64 --epochs 6 --schedule constant --quiet "
            "--resume disk/c.st --checkpoint disk/c.st");
        const int outcome = outcome_of(start(command));
        size_t size;
        char *message = contents_of("messages", &size);
        message[size < 4095 ? size : 4095] = '\0';
        if (!WIFEXITED(outcome) || WEXITSTATUS(outcome) != 1 || !strstr(message, "disk/c.st: ") ||
            !strstr(message, "No space left"))
            fail("a full disk: outcome %d, message '%s'", outcome, message);
        free(message);
        if (!are_same("disk/c.st", "before.st"))
            fail("a full disk: the checkpoint has changed");
    }
    umount("disk");
    printf("full disk: %zu times, the old checkpoint stayed, the message named file and cause\n",
           times);
}

int main(int argc, char **argv)
{
    if (argc != 6 || chdir(argv[2]) != 0) {
        fprintf(stderr, "usage: %s PROGRAM DIRECTORY KILLS SIGNALS FILLED\n", argv[0]);
        return 2;
    }
    program = argv[1];
    try_kills(strtoul(argv[3], NULL, 10));
    try_signals(strtoul(argv[4], NULL, 10));
    try_full_disk(strtoul(argv[5], NULL, 10));
    return 0;
}
