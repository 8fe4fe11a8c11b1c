/*
 * Stands on the machine where shims call runc, and hands every call on to it, with one exception.
 *
 *   runc [OPTIONS] start ID
 *
 * The first process of a created container waits until somebody opens exec.fifo in the container's state directory, writes
 * to it, and becomes the container's program. runc starts a program of its own to open it, which takes 10 ms; this one
 * takes less than one. Where anything is not as it should be, runc is asked, which also knows what to complain about.
 *
 * runc itself lies beside this program, as a link: PATH.real.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, STATE_BYTES = 4096, STATUS_NOT_FOUND = 127 };

static const char pid_key[] = "\"init_process_pid\":";

/* The container's first process, as the beginning of the state says; 0 where it does not. */
static int read_pid(const char *path)
{
    char state[STATE_BYTES];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t length = read(file, state, sizeof state - 1);
    close(file);
    state[length > 0 ? length : 0] = 0;
    char *found = strstr(state, pid_key);
    return found ? atoi(found + sizeof pid_key - 1) : 0;
}

/* Whether the process has gone on: it writes before it does. One that is dead does not. */
static bool let_go(int fifo, int process)
{
    struct pollfd ends[] = { { .fd = fifo, .events = POLLIN }, { .fd = process, .events = POLLIN } };
    int ready;
    do
        ready = poll(ends, 2, -1);
    while (ready < 0 && errno == EINTR);

    char byte;
    return ready > 0 && read(fifo, &byte, 1) == 1;
}

static bool start(const char *root, const char *id)
{
    char state[PATH_BYTES], pipe[PATH_BYTES];
    struct stat kind;
    if (snprintf(state, sizeof state, "%s/%s/state.json", root, id) >= PATH_BYTES
        || snprintf(pipe, sizeof pipe, "%s/%s/exec.fifo", root, id) >= PATH_BYTES
        || lstat(pipe, &kind) != 0 || !S_ISFIFO(kind.st_mode))
        return false;

    int pid = read_pid(state);
    int process = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (process < 0)
        return false;

    int fifo = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool is_started = fifo >= 0 && let_go(fifo, process);
    if (is_started)
        /* As long as it is there the container counts as created only. */
        unlink(pipe);
    return is_started;
}

int main(int argc, char **argv)
{
    const char *root = NULL;
    for (int word = 1; word + 2 < argc; word++)
        if (strcmp(argv[word], "--root") == 0)
            root = argv[word + 1];
    if (root && argc > 4 && strcmp(argv[argc - 2], "start") == 0 && start(root, argv[argc - 1]))
        return 0;

    char runc[PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", runc, sizeof runc - sizeof ".real");
    if (length > 0) {
        strcpy(runc + length, ".real");
        execv(runc, argv);
    }
    fprintf(stderr, "%s: %s\n", length > 0 ? runc : argv[0], strerror(errno));
    return STATUS_NOT_FOUND;
}
