/*
 * usage: delay_line MICROSECONDS NAMESPACE ...
 * Delays every packet between network namespaces: creates a TUN device `uplink` in each one, and a
 * process that forwards packets for 10.77.0.N to the N-th, in order. Prints the pid of that process
 * and exits once the devices exist; the devices disappear with the process. Needs root, but not the
 * kernel module netem.
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
    MAX_HOSTS = 16,
    HEADER_BYTES = 10, /* struct virtio_net_hdr: segmentation offload */
    MAX_BYTES = 65535 + HEADER_BYTES,
    DESTINATION = HEADER_BYTES + 19, /* last byte of the IPv4 destination */
    MAX_PACKETS = 2048,              /* in the queue; when it is full, nothing more is read */
};

typedef struct packet {
    int64_t due; /* ns */
    size_t bytes;
    char data[MAX_BYTES];
} packet;

typedef struct line {
    size_t hosts;
    struct pollfd devices[MAX_HOSTS];
    int64_t delay;
    size_t first, count; /* of the queue, oldest packet first */
    packet *queue;
} line;

static void fail(const char *what)
{
    fprintf(stderr, "delay_line: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* With segmentation offload, packets of up to 64 KB pass unsegmented. */
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

/* Sends the packets that are due. Drops a packet if the device is full, as a switch does. */
static void forward(line *l)
{
    while (l->count > 0 && l->queue[l->first].due <= now()) {
        const packet *p = &l->queue[l->first];
        const size_t to = (size_t)(unsigned char)p->data[DESTINATION] - 1;
        const ssize_t sent = to < l->hosts ? write(l->devices[to].fd, p->data, p->bytes) : 0;
        (void)sent;
        l->first = (l->first + 1) % MAX_PACKETS;
        l->count--;
    }
}

static void receive(line *l, int device)
{
    while (l->count < MAX_PACKETS) {
        packet *p = &l->queue[(l->first + l->count) % MAX_PACKETS];
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
        forward(l);
        struct timespec rest = {0};
        if (l->count > 0) {
            const int64_t left = l->queue[l->first].due - now();
            rest.tv_nsec = left > 0 ? left % 1000000000 : 0;
            rest.tv_sec = left > 0 ? left / 1000000000 : 0;
        }
        if (l->count < MAX_PACKETS)
            ppoll(l->devices, l->hosts, l->count > 0 ? &rest : NULL, NULL);
        else
            nanosleep(&rest, NULL);
        for (size_t i = 0; i < l->hosts; i++)
            receive(l, l->devices[i].fd);
    }
}

int main(int argc, char **argv)
{
    static line l;
    if (argc < 3 || argc - 2 > MAX_HOSTS) {
        fprintf(stderr, "usage: delay_line MICROSECONDS NAMESPACE ...\n");
        return 2;
    }
    l.delay = atoll(argv[1]) * 1000;
    l.hosts = (size_t)argc - 2;
    l.queue = calloc(MAX_PACKETS, sizeof *l.queue);
    if (!l.queue)
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
    /* Real-time priority: packets must be on time while ranks compute on the same processors. */
    const struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
    prctl(PR_SET_TIMERSLACK, 1);
    setsid();
    for (int i = 0; i < 3; i++)
        close(i);
    run(&l);
}
