#define _GNU_SOURCE
#include "watcher.h"
#include "announced.h"
#include "directories.h"
#include "draft.h"
#include "events.h"
#include "failure.h"
#include "moves.h"
#include "watch_scan.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char *watched_path;
static enum event_kind wanted;

static struct node *root;
static bool is_file; /* The root is a file in a directory that may not be watched. */
static const char *only; /* The only entry of the root that counts. */

/* A file is watched by way of its directory: who replaces it, as editors do, changes the name, not the file. */
static int watch_root(bool is_directory)
{
    only = is_directory ? NULL : base_of(watched_path);
    root = node_new(NULL, is_directory ? watched_path : parent_of(watched_path));
    is_file = false;
    int error = scan_watch(root);
    if (!error && is_directory && scan.is_recursive)
        scan_below(root);
    if (error != EACCES || is_directory)
        return error;

    node_forget(root, scan_unwatch);
    only = NULL;
    is_file = true;
    root = node_new(NULL, watched_path);
    return scan_watch(root);
}

void watcher_begin(const char *path, bool is_recursive, enum event_kind kinds)
{
    struct stat status;
    wanted = kinds;
    watched_path = realpath(path, NULL);
    if (!watched_path || stat(watched_path, &status) != 0)
        fail_errno(errno, "watch", path);

    scan_begin(is_recursive, wanted);
    int error = watch_root(S_ISDIR(status.st_mode));
    if (error == ENOSPC)
        fail("Io", "the kernel watches as many files as it may for this user (fs.inotify.max_user_watches)", path);
    if (error)
        fail_errno(error, "watch", path);
}

int watcher_file(void)
{
    return scan.inotify;
}

/* Events were lost, so everything has to be looked at again. */
static void start_over(void)
{
    event(EVENT_UNKNOWN, watched_path, NULL);
    moves_drop();
    announced_clear();
    node_forget(root, scan_unwatch);
    scan_begin(scan.is_recursive, wanted);

    struct stat status;
    if (watch_root(stat(watched_path, &status) != 0 || S_ISDIR(status.st_mode)) != 0)
        event(EVENT_REMOVE, watched_path, NULL);
}

static void forget_below_root(void)
{
    while (root->first_child)
        node_forget(root->first_child, scan_unwatch);
    scan_unwatch(root->number);
}

/* About the watched directory or file itself. */
static void tell_of_root(unsigned mask)
{
    if (mask & (IN_DELETE_SELF | IN_UNMOUNT))
        event(EVENT_REMOVE, watched_path, NULL);
    if (mask & IN_MOVE_SELF) {
        event(EVENT_RENAME_FROM, watched_path, NULL);
        forget_below_root();
    }
    if (is_file && mask & (IN_MODIFY | IN_ATTRIB))
        event(EVENT_MODIFY, watched_path, NULL);
    if (is_file && mask & (IN_OPEN | IN_CLOSE_WRITE))
        event(EVENT_ACCESS, watched_path, NULL);
}

/* A file made without a name (O_TMPFILE) is called "#" and a number in events, and is not there. */
static bool is_nameless(const char *name, const char *path)
{
    struct stat status;
    return name[0] == '#' && lstat(path, &status) != 0;
}

static void tell_of_entry(struct node *node, const char *name, unsigned mask, const char *path)
{
    bool is_directory = mask & IN_ISDIR;
    if (mask & (IN_CREATE | IN_DELETE) && announced_take(path) && mask & IN_CREATE)
        return;
    if (mask & IN_CREATE) {
        event(EVENT_CREATE, path, NULL);
        if (is_directory && scan.is_recursive)
            scan_new(node, name, true);
    }
    if (mask & IN_DELETE) {
        event(EVENT_REMOVE, path, NULL);
        struct node *child = is_directory ? node_child(node, name) : NULL;
        if (child)
            node_forget(child, scan_unwatch);
    }
    if (mask & (IN_MODIFY | IN_ATTRIB) && !is_nameless(name, path))
        event(EVENT_MODIFY, path, NULL);
    if (mask & (IN_OPEN | IN_CLOSE_WRITE) && !is_directory && !is_nameless(name, path))
        event(EVENT_ACCESS, path, NULL);
}

static void interpret(const struct inotify_event *happened)
{
    static struct text path;
    if (happened->mask & IN_MOVE)
        moves_settle(happened->cookie);
    struct node *node = node_by_number(happened->wd);
    const char *name = happened->len ? happened->name : "";
    bool is_draft = strncmp(name, DRAFT_PREFIX, strlen(DRAFT_PREFIX)) == 0;
    if (happened->mask & IN_Q_OVERFLOW)
        start_over();
    if (!node)
        return;

    if (happened->mask & IN_IGNORED) {
        if (node != root)
            node_forget(node, scan_unwatch);
    } else if (!*name) {
        if (node == root && !only)
            tell_of_root(happened->mask);
    } else if (is_draft && happened->mask & IN_MOVED_FROM) {
        move_from_draft(happened->cookie);
    } else if (!is_draft && (!only || strcmp(name, only) == 0)) {
        node_path(node, name, &path);
        bool was_told = happened->mask & IN_MOVE && announced_take(path.bytes);
        if (happened->mask & IN_MOVED_FROM)
            move_from(happened->cookie, path.bytes, node_child(node, name));
        else if (happened->mask & IN_MOVED_TO)
            move_to(happened->cookie, path.bytes, node, name, happened->mask & IN_ISDIR && !was_told);
        else
            tell_of_entry(node, name, happened->mask, path.bytes);
    }
}

void watcher_read(void)
{
    static _Alignas(struct inotify_event) char buffer[64 << 10];
    ssize_t count = read(scan.inotify, buffer, sizeof buffer);
    if (count < 0 && errno != EAGAIN && errno != EINTR)
        fail_errno(errno, "watch", watched_path);

    int file = scan.inotify;
    for (ssize_t at = 0; at < count && file == scan.inotify;) {
        const struct inotify_event *happened = (const struct inotify_event *)(buffer + at);
        at += sizeof *happened + happened->len;
        interpret(happened);
    }

    int unread;
    if (ioctl(scan.inotify, FIONREAD, &unread) == 0 && unread == 0)
        announced_clear();
    if (moves_patience_ms() == 0)
        moves_lose_patience();
}
