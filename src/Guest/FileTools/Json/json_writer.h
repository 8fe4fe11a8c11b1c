#pragma once

#include "text.h"

/*
 * Appends a JSON string. File names are bytes: one that is no UTF-8 becomes the lone surrogate U+DC80 + (byte - 0x80),
 * which the reader turns back, so that clients can name every file they were told of.
 */
void append_json(struct text *to, const char *words);
