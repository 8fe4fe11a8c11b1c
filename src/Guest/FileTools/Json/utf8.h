#pragma once

#include "text.h"

/* The length of the UTF-8 sequence that text begins with; 0 where it is none. Text ends with a zero byte. */
unsigned utf8_length(const char *text);

void append_utf8(struct text *to, unsigned rune);
