#pragma once

/* Sets of kinds, too. */
enum event_kind {
    EVENT_ACCESS = 1,
    EVENT_CREATE = 2,
    EVENT_MODIFY = 4,
    EVENT_REMOVE = 8,
    EVENT_RENAME = 16,
    EVENT_RENAME_FROM = 32,
    EVENT_RENAME_TO = 64,
    EVENT_UNKNOWN = 128,
    EVENT_ALL = 255,
};

/* The name that clients know. */
const char *event_name(enum event_kind kind);

/* 0 for a name that is none. */
enum event_kind event_named(const char *name);
