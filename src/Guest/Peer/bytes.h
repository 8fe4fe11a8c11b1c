#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else keeps. */
struct slice {
    const uint8_t *data;
    size_t length;
};

/* Bytes that grow. Begins as zeros; emptied by setting the length. */
struct bytes {
    uint8_t *data;
    size_t length, room;
};

struct slice text(const char *string);
struct slice slice_of(const struct bytes *from);
bool is_text(struct slice slice, const char *string);

/* Makes room for so many more and returns where they go; they count at once. */
uint8_t *extend(struct bytes *to, size_t length);
void add(struct bytes *to, struct slice what);
void add_byte(struct bytes *to, unsigned value);

/* Drops what is in front. */
void drop(struct bytes *from, size_t length);

/* Says on standard error what failed, with errno where there is one, and ends the program. */
_Noreturn void fail(const char *what);
