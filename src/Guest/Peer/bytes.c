#include "bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 4096 };

struct slice text(const char *string)
{
    return (struct slice){ (const uint8_t *)string, strlen(string) };
}

struct slice slice_of(const struct bytes *from)
{
    return (struct slice){ from->data, from->length };
}

bool is_text(struct slice slice, const char *string)
{
    return slice.length == strlen(string) && (slice.length == 0 || memcmp(slice.data, string, slice.length) == 0);
}

uint8_t *extend(struct bytes *to, size_t length)
{
    if (to->room - to->length < length) {
        size_t room = to->room ? to->room : ROOM_MIN;
        while (room - to->length < length)
            room *= 2;
        to->data = realloc(to->data, room);
        if (!to->data)
            fail("memory");
        to->room = room;
    }

    to->length += length;
    return to->data + to->length - length;
}

void add(struct bytes *to, struct slice what)
{
    uint8_t *target = extend(to, what.length);
    if (what.length > 0)
        memcpy(target, what.data, what.length);
}

void add_byte(struct bytes *to, unsigned value)
{
    *extend(to, 1) = (uint8_t)value;
}

void drop(struct bytes *from, size_t length)
{
    from->length -= length;
    if (from->length > 0)
        memmove(from->data, from->data + length, from->length);
}

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(EXIT_FAILURE);
}
