/*
 * usage: delay_line MICROSECONDS NAMESPACE ...
 * A network of hosts that keeps every packet for so long: a device `uplink` in each network namespace, and a process that
 * hands on what one sends to 10.77.0.N to the N-th, in order. Ends when the devices are there and prints the number of that
 * process; they go with it. For kernels without netem, and it needs no more than TUN. Needs root.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_HOSTS = 16,
    HEADER_BYTES = 10, /* of struct virtio_net_hdr: how TCP is to cut the packet */
    MOST_BYTES = 65535 + HEADER_BYTES,
    DESTINATION = HEADER_BYTES + 19, /* the last byte of IPv4's destination */
    MOST_KEPT = 2048,                /* packets; when they are all kept, the devices have to wait */
};

typedef struct packet {
    int64_t due; /* ns */
    size_t bytes;
    char data[MOST_BYTES];
} packet;

typedef struct line {
    size_t hosts;
    struct pollfd devices[MOST_HOSTS];
    int64_t delay;
    size_t first, count; /* of those kept, oldest first */
    packet *kept;
} line;

static void fail(const char *what)
{
    fprintf(stderr, "delay_line: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Packets come as large as TCP makes them, up to 64 KB, and go on like that: cutting them is left to no one. */
static int open_device(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    const int space = open(path, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET))
        fail(path);
    close(space);
    const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
    strcpy(request.ifr_name, "uplink");
    if (device < 0 || ioctl(device, TUNSETIFF, &request) ||
        ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4))
        fail("/dev/net/tun");
    return device;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* What a full device does not take is lost, as on other networks. */
static void hand_on(line *l)
{
    while (l->count > 0 && l->kept[l->first].due <= now()) {
        const packet *p = &l->kept[l->first];
        const size_t to = (size_t)(unsigned char)p->data[DESTINATION] - 1;
        const ssize_t handed = to < l->hosts ? write(l->devices[to].fd, p->data, p->bytes) : 0;
        (void)handed;
        l->first = (l->first + 1) % MOST_KEPT;
        l->count--;
    }
}

static void take(line *l, int device)
{
    while (l->count < MOST_KEPT) {
        packet *p = &l->kept[(l->first + l->count) % MOST_KEPT];
        const ssize_t bytes = read(device, p->data, sizeof p->data);
        if (bytes < 0)
            return;
        p->due = now() + l->delay;
        p->bytes = (size_t)bytes;
        if (p->bytes > DESTINATION)
            l->count++;
    }
}

static void run(line *l)
{
    for (;;) {
        hand_on(l);
        struct timespec rest = {0};
        if (l->count > 0) {
            const int64_t left = l->kept[l->first].due - now();
            rest.tv_nsec = left > 0 ? left % 1000000000 : 0;
            rest.tv_sec = left > 0 ? left / 1000000000 : 0;
        }
        if (l->count < MOST_KEPT)
            ppoll(l->devices, l->hosts, l->count > 0 ? &rest : NULL, NULL);
        else
            nanosleep(&rest, NULL);
        for (size_t i = 0; i < l->hosts; i++)
            take(l, l->devices[i].fd);
    }
}

int main(int argc, char **argv)
{
    static line l;
    if (argc < 3 || argc - 2 > MOST_HOSTS) {
        fprintf(stderr, "usage: delay_line MICROSECONDS NAMESPACE ...\n");
        return 2;
    }
    l.delay = atoll(argv[1]) * 1000;
    l.hosts = (size_t)argc - 2;
    l.kept = calloc(MOST_KEPT, sizeof *l.kept);
    if (!l.kept)
        fail("memory");
    for (size_t i = 0; i < l.hosts; i++)
        l.devices[i] = (struct pollfd){.fd = open_device(argv[2 + i]), .events = POLLIN};
    const pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child > 0) {
        printf("%d\n", (int)child);
        return 0;
    }
    /* On time, before what computes on the same processors. */
    const struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
    prctl(PR_SET_TIMERSLACK, 1);
    setsid();
    for (int i = 0; i < 3; i++)
        close(i);
    run(&l);
}
