#pragma once

#include "event_kind.h"

#include <stdbool.h>

/* Begins to watch a file or a directory. Whatever cannot be watched ends the program with a failure. */
void watcher_begin(const char *path, bool is_recursive, enum event_kind wanted);

/* The file to poll, which changes where events were lost. */
int watcher_file(void);

/* Turns what has happened into events. */
void watcher_read(void);
