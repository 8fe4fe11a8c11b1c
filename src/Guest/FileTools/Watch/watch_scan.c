#define _GNU_SOURCE
#include "watch_scan.h"
#include "announced.h"
#include "draft.h"
#include "events.h"
#include "failure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

struct scan scan = { .inotify = -1 };

/* Nodes that are still to be looked into. */
struct queue {
    struct node **nodes;
    size_t count;
};

static void push(struct queue *queue, struct node *node)
{
    if ((queue->count & (queue->count - 1)) == 0) {
        queue->nodes = reallocarray(queue->nodes, queue->count ? queue->count * 2 : 1, sizeof *queue->nodes);
        if (!queue->nodes)
            fail_errno(ENOMEM, "watch", node->name);
    }
    queue->nodes[queue->count++] = node;
}

void scan_begin(bool is_recursive, enum event_kind wanted)
{
    scan.is_recursive = is_recursive;
    scan.mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK | IN_DONT_FOLLOW;
    if (wanted & EVENT_MODIFY)
        scan.mask |= IN_MODIFY | IN_ATTRIB;
    if (wanted & EVENT_ACCESS)
        scan.mask |= IN_OPEN | IN_CLOSE_WRITE;

    if (scan.inotify >= 0)
        close(scan.inotify);
    scan.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (scan.inotify < 0)
        fail_errno(errno, "watch", "anything");
}

int scan_watch(struct node *node)
{
    static struct text path;
    node_path(node, "", &path);
    int number = inotify_add_watch(scan.inotify, path.bytes, scan.mask);
    if (number < 0)
        return errno;
    /* It was moved here, and the event that says so is still to be read; or it is mounted at two places. */
    if (node_by_number(number)) {
        node_set_sighting(node, number);
        return EEXIST;
    }
    node_set_number(node, number);
    return 0;
}

void scan_unwatch(int number)
{
    inotify_rm_watch(scan.inotify, number);
}

static void tell(const char *path)
{
    event(EVENT_CREATE, path, NULL);
    announced_add(path);
}

static bool is_directory(int directory, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static bool is_ours(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strncmp(name, DRAFT_PREFIX, strlen(DRAFT_PREFIX)) == 0;
}

static void look_into(struct node *node, bool is_news, struct queue *queue)
{
    static struct text path;
    node_path(node, "", &path);
    DIR *stream = opendir(path.bytes);
    if (!stream)
        return;

    node->is_read = true;
    bool has_children = node->first_child;
    struct dirent *entry;
    while ((entry = readdir(stream))) {
        if (is_ours(entry->d_name) || (has_children && node_child(node, entry->d_name)))
            continue;
        if (is_directory(dirfd(stream), entry)) {
            push(queue, node_new(node, entry->d_name));
        } else if (is_news) {
            node_path(node, entry->d_name, &path);
            tell(path.bytes);
        }
    }
    closedir(stream);
}

static void watch_below(struct node *node)
{
    static struct text path;
    int error = scan_watch(node);
    if (error == ENOSPC || error == ENOMEM || error == ENAMETOOLONG) {
        node_path(node, "", &path);
        event(EVENT_UNKNOWN, path.bytes, NULL);
    }
}

/* A directory is watched before it is read, so that nothing that comes into it is missed. */
static void look_into_all(struct queue *queue, bool is_news)
{
    static struct text path;
    while (queue->count) {
        struct node *node = queue->nodes[--queue->count];
        watch_below(node);
        if (is_news && node->sighting < 0) {
            node_path(node, "", &path);
            tell(path.bytes);
        }
        if (node->number >= 0)
            look_into(node, is_news, queue);
    }
    free(queue->nodes);
}

void scan_below(struct node *node)
{
    struct queue queue = { 0 };
    look_into(node, false, &queue);
    look_into_all(&queue, false);
}

void scan_new(struct node *parent, const char *name, bool is_news)
{
    struct node *old = node_child(parent, name);
    if (old)
        node_forget(old, scan_unwatch);

    struct node *node = node_new(parent, name);
    struct queue queue = { 0 };
    watch_below(node);
    if (node->number >= 0)
        look_into(node, is_news, &queue);
    look_into_all(&queue, is_news);
}

void scan_again(struct node *start)
{
    struct queue known = { 0 };
    struct queue found = { 0 };
    push(&known, start);
    while (known.count) {
        struct node *node = known.nodes[--known.count];
        for (struct node *child = node->first_child; child; child = child->next_sibling)
            push(&known, child);
        if (!node->is_read && node->sighting < 0 && node->number < 0)
            scan_watch(node);
        if (!node->is_read && node->number >= 0)
            look_into(node, true, &found);
    }
    free(known.nodes);
    look_into_all(&found, true);
}
