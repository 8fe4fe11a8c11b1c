#pragma once

#include <sys/types.h>

/*
 * Starts argv as a child in a process group of its own, the foreground group where standard input is a terminal.
 * All signals are to be blocked. Returns its process id, or -1 with errno.
 */
pid_t start_child(char **argv);
