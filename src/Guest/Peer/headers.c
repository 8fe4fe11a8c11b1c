#define _GNU_SOURCE
#include "headers.h"

#include <string.h>

/* Places in the static table. */
enum { AUTHORITY = 1, METHOD_POST = 3, PATH = 4, SCHEME_HTTP = 6, CONTENT_TYPE = 31, STATIC_COUNT = 61 };

enum { INDEXED = 0x80, INDEXED_MAX = 0x7F, REMEMBERED = 0x40, REMEMBERED_MAX = 0x3F, PLAIN = 0, PLAIN_MAX = 0x0F, LENGTH_MAX = 0x7F };

/* authority, te, content type, token. */
enum { REMEMBERED_COUNT = 4 };

static void add_integer(struct bytes *to, unsigned form, unsigned max, size_t value)
{
    if (value < max) {
        add_byte(to, form | (unsigned)value);
        return;
    }

    add_byte(to, form | max);
    for (value -= max; value >= 0x80; value >>= 7)
        add_byte(to, (unsigned)(value & 0x7F) | 0x80);
    add_byte(to, (unsigned)value);
}

static void add_text(struct bytes *to, struct slice value)
{
    add_integer(to, 0, LENGTH_MAX, value.length);
    add(to, value);
}

static void remember(struct bytes *to, unsigned place, struct slice name, struct slice value)
{
    add_integer(to, REMEMBERED, REMEMBERED_MAX, place);
    if (place == 0)
        add_text(to, name);
    add_text(to, value);
}

void add_call_headers(struct bytes *to, struct slice path, struct slice token_header, struct slice token, bool is_first)
{
    add_integer(to, INDEXED, INDEXED_MAX, METHOD_POST);
    add_integer(to, INDEXED, INDEXED_MAX, SCHEME_HTTP);
    add_integer(to, PLAIN, PLAIN_MAX, PATH);
    add_text(to, path);
    if (is_first) {
        remember(to, AUTHORITY, text(""), text("appliance"));
        remember(to, 0, text("te"), text("trailers"));
        remember(to, CONTENT_TYPE, text(""), text("application/grpc"));
        remember(to, 0, token_header, token);
        return;
    }

    for (unsigned each = REMEMBERED_COUNT; each > 0; each--)
        add_integer(to, INDEXED, INDEXED_MAX, STATIC_COUNT + each);
}

bool is_success(struct slice trailers)
{
    /* The server was told to keep no table (SETTINGS_HEADER_TABLE_SIZE of 0), so that names and values stand here. */
    struct slice name = text("\x0bgrpc-status");
    const uint8_t *found = memmem(trailers.data, trailers.length, name.data, name.length);
    const uint8_t *end = trailers.data + trailers.length;
    return found && found + name.length + 2 <= end && found[name.length] == 1 && found[name.length + 1] == '0';
}
