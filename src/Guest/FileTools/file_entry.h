#pragma once

#include "Json/text.h"

#include <sys/stat.h>

/* Appends a file as clients see it. Its link target, if it is one, is read at the name in the directory. */
void append_entry(struct text *to, const char *name, const char *path, int directory, const char *name_there, const struct stat *status);
