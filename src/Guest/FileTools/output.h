#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it, or returns false with errno. */
bool write_all(int file, const char *bytes, size_t length);

/* Writes to standard output or ends the program; quietly where nobody reads it any more. */
void print(const char *bytes, size_t length);
