#pragma once

/* Makes a directory and what is missing above it. 0, also where it exists; otherwise the errno. */
int make_directories(const char *path);

/* The path up to its last component, in memory that stays: "." where it has only one. */
char *parent_of(const char *path);

/* What is behind the last slash. */
const char *base_of(const char *path);
