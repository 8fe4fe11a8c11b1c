#pragma once

#include "watch_tree.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A rename comes as two halves with one cookie, right after one another where both are watched. The first half waits a
 * moment for the second; alone, it says that something left.
 */
void move_from(uint32_t cookie, const char *path, struct node *directory);

/* What is a directory is looked into, unless it was already found here. */
void move_to(uint32_t cookie, const char *path, struct node *parent, const char *name, bool is_directory);

/* A draft that replaces a file is a change of that file. */
void move_from_draft(uint32_t cookie);

/* How long the first half still waits, in milliseconds; -1 where there is none. */
int moves_patience_ms(void);

/* Tells of a first half that stayed alone, which may take nodes away: unless it is the one with the cookie, or at once. */
void moves_settle(uint32_t cookie);
void moves_lose_patience(void);

void moves_drop(void);
