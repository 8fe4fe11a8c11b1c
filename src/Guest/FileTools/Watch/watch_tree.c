#define _GNU_SOURCE
#include "watch_tree.h"
#include "failure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

static struct node *buckets[BUCKETS];

/* Few at any time, and rarely any. */
static struct node *sightings;

static struct node **bucket_of(int number)
{
    return &buckets[(unsigned)number % BUCKETS];
}

static void set_name(struct node *node, const char *name)
{
    free(node->name);
    node->name = strdup(name);
    if (!node->name)
        fail_errno(ENOMEM, "watch", name);
}

static void attach(struct node *node, struct node *parent)
{
    node->parent = parent;
    if (parent) {
        node->next_sibling = parent->first_child;
        parent->first_child = node;
    }
}

static void detach(struct node *node)
{
    if (!node->parent)
        return;
    struct node **link = &node->parent->first_child;
    while (*link != node)
        link = &(*link)->next_sibling;
    *link = node->next_sibling;
    node->parent = NULL;
}

struct node *node_new(struct node *parent, const char *name)
{
    struct node *node = calloc(1, sizeof *node);
    if (!node)
        fail_errno(ENOMEM, "watch", name);
    node->number = -1;
    node->sighting = -1;
    set_name(node, name);
    attach(node, parent);
    return node;
}

static void take_number(struct node *node)
{
    if (node->number < 0)
        return;
    struct node **link = bucket_of(node->number);
    while (*link != node)
        link = &(*link)->next_in_bucket;
    *link = node->next_in_bucket;
    node->number = -1;
}

void node_set_number(struct node *node, int number)
{
    take_number(node);
    node->number = number;
    node->next_in_bucket = *bucket_of(number);
    *bucket_of(number) = node;
}

struct node *node_by_number(int number)
{
    struct node *node = *bucket_of(number);
    while (node && node->number != number)
        node = node->next_in_bucket;
    return node;
}

void node_set_sighting(struct node *node, int number)
{
    node->sighting = number;
    node->next_sighting = sightings;
    sightings = node;
}

struct node *node_by_sighting(int number)
{
    struct node *node = sightings;
    while (node && node->sighting != number)
        node = node->next_sighting;
    return node;
}

static void take_sighting(struct node *node)
{
    if (node->sighting < 0)
        return;
    struct node **link = &sightings;
    while (*link != node)
        link = &(*link)->next_sighting;
    *link = node->next_sighting;
}

struct node *node_child(const struct node *parent, const char *name)
{
    struct node *node = parent->first_child;
    while (node && strcmp(node->name, name) != 0)
        node = node->next_sibling;
    return node;
}

void node_move(struct node *node, struct node *parent, const char *name)
{
    detach(node);
    set_name(node, name);
    attach(node, parent);
}

bool node_is_below(const struct node *node, const struct node *ancestor)
{
    while (node && node != ancestor)
        node = node->parent;
    return node;
}

void node_forget(struct node *node, void (*unwatch)(int number))
{
    detach(node);
    /* Trees may be too deep to call oneself: the children join the ones to forget. */
    struct node *rest = node;
    node->next_sibling = NULL;
    while (rest) {
        struct node *gone = rest;
        rest = gone->next_sibling;
        while (gone->first_child) {
            struct node *child = gone->first_child;
            gone->first_child = child->next_sibling;
            child->next_sibling = rest;
            rest = child;
        }

        int number = gone->number;
        take_number(gone);
        take_sighting(gone);
        if (number >= 0)
            unwatch(number);
        free(gone->name);
        free(gone);
    }
}

/* The length of the node's path with a slash behind each name. The file system's root is a slash itself. */
static size_t path_length(const struct node *node)
{
    size_t length = 0;
    for (; node; node = node->parent)
        length += strlen(node->name) + 1;
    return length;
}

void node_path(const struct node *node, const char *entry, struct text *path)
{
    size_t length = path_length(node);
    clear(path);
    for (size_t i = 0; i < length; i++)
        append_byte(path, '/');

    char *end = path->bytes + length;
    for (; node; node = node->parent) {
        size_t name_length = strlen(node->name);
        end -= name_length + 1;
        memcpy(end, node->name, name_length);
    }

    if (path->bytes[1] == '/')
        memmove(path->bytes, path->bytes + 1, path->length--);
    if (*entry)
        append_words(path, entry);
    else if (path->length > 1)
        path->bytes[--path->length] = 0;
}
