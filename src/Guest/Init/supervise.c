#define _GNU_SOURCE
#include "supervise.h"
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

enum { STATUS_SIGNAL = 128 };

/* Faults of this process itself end it; blocked, they would do so without a trace. */
static const uint64_t held = ~(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL)
    | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGSYS));

void hold_signals(void)
{
    set_blocked_signals(held);
    /* An inherited SIG_IGN would make the kernel collect children itself and lose their statuses. */
    signal(SIGCHLD, SIG_DFL);
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/* One SIGCHLD may stand for many ends. True once the child is among them. */
static bool reap(pid_t child, int *status)
{
    bool has_ended = false;
    for (;;) {
        int ended_status;
        pid_t ended = waitpid(-1, &ended_status, WNOHANG);
        if (ended < 0 && errno == EINTR)
            continue;
        if (ended <= 0)
            return has_ended;
        if (ended == child) {
            *status = exit_status(ended_status);
            has_ended = true;
        }
    }
}

int supervise(pid_t child)
{
    for (;;) {
        int number = await_signal(held);
        int status;
        switch (number) {
        case -1: /* EINTR: a stop and a continuation. */
        case SIGTTIN:
        case SIGTTOU:
            break;
        case SIGCHLD:
            if (reap(child, &status))
                return status;
            break;
        default:
            if (child)
                kill(child, number);
            else if (number == SIGTERM || number == SIGINT)
                return STATUS_SIGNAL + number;
        }
    }
}
