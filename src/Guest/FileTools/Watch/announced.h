#pragma once

#include <stdbool.h>

/*
 * Paths that were found in a directory just created, and told of, before the kernel's own events for them were read.
 */
void announced_add(const char *path);

/* True, once, for a path that was added. */
bool announced_take(const char *path);

void announced_clear(void);
