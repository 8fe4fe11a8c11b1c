#define _GNU_SOURCE
#include "moves.h"
#include "events.h"
#include "watch_scan.h"

#include <time.h>

enum { PATIENCE_MS = 20 };

/* The first half that waits. */
static struct {
    bool is_open;
    bool is_draft;
    uint32_t cookie;
    struct text path;
    int directory; /* The number of the directory that was moved, -1 for anything else: the node may go before. */
    struct timespec since;
} half;

static void begin(uint32_t cookie, bool is_draft, int directory)
{
    half.is_open = true;
    half.is_draft = is_draft;
    half.cookie = cookie;
    half.directory = directory;
    clock_gettime(CLOCK_MONOTONIC, &half.since);
}

void move_from(uint32_t cookie, const char *path, struct node *directory)
{
    begin(cookie, false, directory ? directory->number : -1);
    clear(&half.path);
    append_words(&half.path, path);
    /* Nothing is known of it; at its new place it will be new. */
    if (directory && directory->number < 0)
        node_forget(directory, scan_unwatch);
}

void move_from_draft(uint32_t cookie)
{
    begin(cookie, true, -1);
}

/* What was at the place is replaced; the kernel says so only later. */
static void move_directory(struct node *moved, struct node *parent, const char *name)
{
    struct node *replaced = node_child(parent, name);
    /* The name may be that node's own, so it goes last. */
    node_move(moved, parent, name);
    if (replaced && replaced != moved)
        node_forget(replaced, scan_unwatch);
    scan_again(moved);
}

void move_to(uint32_t cookie, const char *path, struct node *parent, const char *name, bool is_directory)
{
    bool is_pair = half.is_open && half.cookie == cookie;
    if (!is_pair)
        event(EVENT_RENAME_TO, path, NULL);
    else if (half.is_draft)
        event(EVENT_MODIFY, path, NULL);
    else
        event(EVENT_RENAME, half.path.bytes, path);

    struct node *moved = is_pair && half.directory >= 0 ? node_by_number(half.directory) : NULL;
    half.is_open = false;
    if (!is_directory || !scan.is_recursive)
        return;
    if (moved)
        move_directory(moved, parent, name);
    else
        /* Renamed before it could be looked into under its first name: what is in it is not yet told. */
        scan_new(parent, name, is_pair);
}

int moves_patience_ms(void)
{
    if (!half.is_open)
        return -1;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long passed_ms = (now.tv_sec - half.since.tv_sec) * 1000 + (now.tv_nsec - half.since.tv_nsec) / 1000000;
    return passed_ms >= PATIENCE_MS ? 0 : PATIENCE_MS - (int)passed_ms;
}

void moves_settle(uint32_t cookie)
{
    if (half.is_open && half.cookie != cookie)
        moves_lose_patience();
}

void moves_lose_patience(void)
{
    static struct text path;
    if (!half.is_open)
        return;
    half.is_open = false;
    if (half.is_draft)
        return;

    struct node *gone = half.directory < 0 ? NULL : node_by_number(half.directory);
    struct node *sighting = half.directory < 0 ? NULL : node_by_sighting(half.directory);
    if (gone && sighting && !node_is_below(sighting, gone)) {
        /* It went to where nobody watched yet. */
        node_path(sighting, "", &path);
        event(EVENT_RENAME, half.path.bytes, path.bytes);
        move_directory(gone, sighting->parent, sighting->name);
        return;
    }
    event(EVENT_RENAME_FROM, half.path.bytes, NULL);
    if (gone)
        node_forget(gone, scan_unwatch);
}

void moves_drop(void)
{
    half.is_open = false;
}
