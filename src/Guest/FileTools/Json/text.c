#include "text.h"
#include "failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void grow(struct text *text, size_t wanted)
{
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < wanted)
        capacity *= 2;
    if (capacity == text->capacity)
        return;

    text->bytes = realloc(text->bytes, capacity);
    if (!text->bytes)
        fail_errno(ENOMEM, "remember", "text");
    text->capacity = capacity;
}

void append(struct text *to, const char *bytes, size_t length)
{
    grow(to, to->length + length + 1);
    if (length)
        memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
    to->bytes[to->length] = 0;
}

void append_words(struct text *to, const char *words)
{
    append(to, words, strlen(words));
}

void append_byte(struct text *to, char byte)
{
    append(to, &byte, 1);
}

void append_digits(struct text *to, uint64_t number, unsigned base, unsigned width)
{
    char digits[64];
    unsigned count = 0;
    do {
        digits[sizeof digits - ++count] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number || count < width);
    append(to, digits + sizeof digits - count, count);
}

void append_number(struct text *to, uint64_t number)
{
    append_digits(to, number, 10, 1);
}

void clear(struct text *text)
{
    text->length = 0;
}
