#pragma once

#include "event_kind.h"
#include "watch_tree.h"

#include <stdbool.h>

/* What inotify tells, with what makes a recursive watch of it: a watch for each directory. */
struct scan {
    int inotify;
    bool is_recursive;
    unsigned mask;
};

extern struct scan scan;

void scan_begin(bool is_recursive, enum event_kind wanted);

/* Watches a node, 0 or errno. */
int scan_watch(struct node *node);

/* Watches all directories below a node that is watched. */
void scan_below(struct node *node);

/* Watches a directory that appeared and all below it, telling of what is found there where that is news. */
void scan_new(struct node *parent, const char *name, bool is_news);

/* Looks into what could not be looked into where it was, now that the node has another place. */
void scan_again(struct node *node);

void scan_unwatch(int number);
