#pragma once

#include "Json/text.h"

#include <stdbool.h>

/*
 * The watched directories, each known by inotify's number for it. A node keeps its name and its parent only, so that a
 * renamed directory takes all that is below it along.
 */
struct node {
    int number; /* -1 where the kernel does not watch it any more, or by another node. */
    int sighting; /* The number of that other node, or -1. */
    bool is_read; /* What is in it is known. Otherwise it had moved on before it could be looked into. */
    char *name; /* The root's is its whole path. */
    struct node *parent;
    struct node *first_child;
    struct node *next_sibling;
    struct node *next_in_bucket;
    struct node *next_sighting;
};

/* A node for a directory that is not watched yet. */
struct node *node_new(struct node *parent, const char *name);

void node_set_number(struct node *node, int number);
struct node *node_by_number(int number);

/* Notes that what another node stands for was seen in this one's place. */
void node_set_sighting(struct node *node, int number);
struct node *node_by_sighting(int number);

struct node *node_child(const struct node *parent, const char *name);
void node_move(struct node *node, struct node *parent, const char *name);

bool node_is_below(const struct node *node, const struct node *ancestor);

/* Forgets the node and all below it, after calling this for each number that is still watched. */
void node_forget(struct node *node, void (*unwatch)(int number));

/* The path of the node, or of an entry in it. */
void node_path(const struct node *node, const char *entry, struct text *path);
