#define _GNU_SOURCE
#include "announced.h"
#include "failure.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Hashes stand for the paths; 0 for an empty slot, 1 for one that was emptied. */
static uint64_t *slots;
static size_t capacity;
static size_t used;

static uint64_t hash(const char *path)
{
    uint64_t value = 0xcbf29ce484222325;
    for (; *path; path++)
        value = (value ^ (unsigned char)*path) * 0x100000001b3;
    return value | 2;
}

/* The slot with the value, or the empty one where the search for it ends. */
static uint64_t *find(uint64_t value)
{
    size_t i = (value >> 20) & (capacity - 1);
    while (slots[i] && slots[i] != value)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static void grow(void)
{
    uint64_t *old = slots;
    size_t old_capacity = capacity;
    capacity = capacity ? capacity * 2 : 256;
    used = 0;
    slots = calloc(capacity, sizeof *slots);
    if (!slots)
        fail_errno(ENOMEM, "remember", "paths");
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i] > 1) {
            *find(old[i]) = old[i];
            used++;
        }
    }
    free(old);
}

void announced_add(const char *path)
{
    if (used * 2 >= capacity)
        grow();
    uint64_t *slot = find(hash(path));
    used += *slot == 0;
    *slot = hash(path);
}

bool announced_take(const char *path)
{
    if (!used)
        return false;
    uint64_t *slot = find(hash(path));
    bool is_there = *slot;
    if (is_there)
        *slot = 1;
    return is_there;
}

void announced_clear(void)
{
    if (!used)
        return;
    free(slots);
    slots = NULL;
    capacity = 0;
    used = 0;
}
