#pragma once

#include <stddef.h>
#include <stdint.h>

/* Bytes that grow; a zero byte follows them. Running out of memory ends the program. */
struct text {
    char *bytes;
    size_t length;
    size_t capacity;
};

void append(struct text *to, const char *bytes, size_t length);
void append_words(struct text *to, const char *words);
void append_byte(struct text *to, char byte);
void append_number(struct text *to, uint64_t number);

/* In the base given, with leading zeros up to the width. */
void append_digits(struct text *to, uint64_t number, unsigned base, unsigned width);

void clear(struct text *text);
