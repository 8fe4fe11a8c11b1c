#pragma once

#include "event_kind.h"

/* Events on their way to standard output, one JSON object a line. Those that are not wanted are dropped. */
void events_want(enum event_kind wanted);

/* The second path is for EVENT_RENAME alone. */
void event(enum event_kind kind, const char *path, const char *second);

void events_flush(void);
