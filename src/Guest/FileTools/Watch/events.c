#define _GNU_SOURCE
#include "events.h"
#include "Json/json_writer.h"
#include "Json/text.h"
#include "output.h"

#include <string.h>

enum { HELD_MAX = 64 << 10 };

static enum event_kind wanted;
static struct text lines;
static size_t last_line;

void events_want(enum event_kind kinds)
{
    wanted = kinds;
}

/* Somebody who writes in small pieces changes a file again and again: within what goes out together, once says it. */
static void drop_repetition(enum event_kind kind, size_t line)
{
    size_t length = lines.length - line;
    bool is_repetition = line - last_line == length && memcmp(lines.bytes + last_line, lines.bytes + line, length) == 0;
    if (is_repetition && (kind == EVENT_MODIFY || kind == EVENT_ACCESS))
        lines.length = line;
    else
        last_line = line;
}

void event(enum event_kind kind, const char *path, const char *second)
{
    if (!(wanted & kind))
        return;

    size_t line = lines.length;
    append_words(&lines, "{\"event_type\":\"");
    append_words(&lines, event_name(kind));
    append_words(&lines, "\",\"paths\":[");
    append_json(&lines, path);
    if (second) {
        append_byte(&lines, ',');
        append_json(&lines, second);
    }
    append_words(&lines, "]}\n");
    drop_repetition(kind, line);
    if (lines.length >= HELD_MAX)
        events_flush();
}

void events_flush(void)
{
    print(lines.bytes, lines.length);
    clear(&lines);
    last_line = 0;
}
