#pragma once

#include <sys/types.h>

/* Blocks every signal that can wait, so that supervise() gets each of them, also as process 1, which ignores others. */
void hold_signals(void);

/*
 * Passes signals on to the child and collects whatever ends below this process, until the child ends.
 * Without a child (0) it lasts until SIGTERM or SIGINT. Returns the exit status to end with.
 */
int supervise(pid_t child);
