#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Copies up to the end of what is read. False, the rest not copied, where there is more than the limit. */
bool copy(int from, const char *from_name, int to, const char *to_name, uint64_t limit);
