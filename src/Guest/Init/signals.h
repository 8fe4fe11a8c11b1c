#pragma once

#include <stdint.h>

/*
 * The kernel's 64 signals. musl keeps three of them (32 to 34) from its callers for its threads, of which there are none
 * here; 34 is what programs made with glibc call SIGRTMIN.
 */
#define SIGNAL_BIT(number) (1ULL << ((number) - 1))

void set_blocked_signals(uint64_t signals);

/* Gives every signal its default effect. */
void reset_signals(void);

/* The number of the next of these signals, which are blocked; -1 with errno. */
int await_signal(uint64_t signals);
