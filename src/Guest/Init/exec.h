#pragma once

/* Exit statuses of shells: the program was found but cannot be run; it was not found. */
enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127 };

/*
 * Becomes the program argv[0], looked up in PATH, as a process without history: default signals, nothing blocked.
 * Returns only where that failed, after a line on standard error, with the exit status to end with.
 */
int become(char **argv);

/* Writes "cannot WHAT 'NAME': WHY" as one line to standard error. */
void complain(const char *what, const char *name, const char *why);
