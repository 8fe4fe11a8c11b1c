#define _GNU_SOURCE
#include "command.h"
#include "events.h"
#include "failure.h"
#include "moves.h"
#include "watcher.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

/* A timeout that is over counts as none left; one that never comes as -1. */
static int remaining_ms(uint64_t deadline)
{
    uint64_t now = now_ms();
    if (deadline == UINT64_MAX)
        return -1;
    if (deadline <= now)
        return 0;
    return deadline - now < INT_MAX ? (int)(deadline - now) : INT_MAX;
}

static bool has_input_ended(void)
{
    char ignored[4096];
    ssize_t count = read(STDIN_FILENO, ignored, sizeof ignored);
    return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

/* Waits once; false when there is nobody left to watch for. */
static bool watch_once(int wait_ms)
{
    int patience_ms = moves_patience_ms();
    bool is_patient = patience_ms >= 0 && (wait_ms < 0 || patience_ms < wait_ms);
    struct pollfd files[] = {
        { .fd = watcher_file(), .events = POLLIN },
        { .fd = STDIN_FILENO, .events = POLLIN },
        { .fd = STDOUT_FILENO },
    };
    int ready = poll(files, sizeof files / sizeof *files, is_patient ? patience_ms : wait_ms);
    if (ready < 0 && errno != EINTR)
        fail_errno(errno, "wait for", "events");
    if (ready == 0 && is_patient)
        moves_lose_patience();
    if (ready <= 0) {
        events_flush();
        return true;
    }

    if (files[0].revents)
        watcher_read();
    events_flush();
    return !files[2].revents && !(files[1].revents && has_input_ended());
}

void watch(const struct command *command)
{
    signal(SIGPIPE, SIG_IGN);
    events_want(command->filter);
    watcher_begin(command->path, command->is_recursive, command->filter);

    uint64_t deadline;
    if (__builtin_add_overflow(now_ms(), command->timeout_ms, &deadline))
        deadline = UINT64_MAX;
    int wait_ms;
    while ((wait_ms = remaining_ms(deadline)) != 0 && watch_once(wait_ms))
        continue;

    moves_lose_patience();
    events_flush();
}
