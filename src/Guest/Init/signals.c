#define _GNU_SOURCE
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNAL_MAX = 64 };

void set_blocked_signals(uint64_t signals)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &signals, NULL, sizeof signals);
}

void reset_signals(void)
{
    /* The kernel's own structure: SIG_DFL, no flags, an empty mask. */
    static const unsigned long by_default[4];
    for (int number = 1; number <= SIGNAL_MAX; number++)
        syscall(SYS_rt_sigaction, number, by_default, NULL, sizeof(uint64_t));
}

int await_signal(uint64_t signals)
{
    return syscall(SYS_rt_sigtimedwait, &signals, NULL, NULL, sizeof signals);
}
