#pragma once

#include <stdbool.h>
#include <sys/stat.h>

/*
 * A file that is written under no name, or under one that nobody asks for, and gets its own only when it is whole.
 * However the program ends before that, nothing is left of it.
 */
struct draft {
    int file;
    int directory;
    char name[48];
};

/* Names that start so are ours alone. */
#define DRAFT_PREFIX ".modal-sandbox-fs-tools-"

/* Begins one next to the path. False with errno. */
bool draft_begin(struct draft *draft, const char *path, mode_t mode);

/* Gives it the owner and the mode of the file that it is to replace. False where that is not allowed. */
bool draft_resemble(const struct draft *draft, const struct stat *original);

/* Puts it at the path, in the place of what is there. False with errno. */
bool draft_publish(struct draft *draft, const char *path);
