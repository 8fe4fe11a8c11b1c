#define _GNU_SOURCE
#include "remove_tree.h"
#include "failure.h"
#include "Json/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A tree may be deeper than a process may have files open: of the directories above, only the nearest stay open. */
enum { OPEN_MAX_LEVELS = 32 };

struct level {
    DIR *stream;
    dev_t device;
    ino_t inode;
    size_t name; /* Of this directory in its parent, as an offset into names. */
};

static struct level *levels;
static size_t depth;
static struct text names;

static _Noreturn void fail_at(const char *name)
{
    int error = errno;
    struct text path = { 0 };
    for (size_t i = 0; i < depth && path.length < PATH_MAX; i++) {
        append_words(&path, names.bytes + levels[i].name);
        append_byte(&path, '/');
    }
    if (path.length >= PATH_MAX)
        append_words(&path, "…/");
    append_words(&path, name);
    fail_errno(error, "remove", path.bytes);
}

static void open_level(struct level *level, int directory)
{
    struct stat status;
    if (directory < 0 || fstat(directory, &status) != 0 || !(level->stream = fdopendir(directory)))
        fail_at(names.bytes + level->name);
    level->device = status.st_dev;
    level->inode = status.st_ino;
}

static void enter(int parent, const char *name)
{
    if ((depth & (depth - 1)) == 0) {
        levels = reallocarray(levels, depth ? depth * 2 : 1, sizeof *levels);
        if (!levels)
            fail_errno(ENOMEM, "remove", name);
    }

    struct level *level = &levels[depth];
    level->name = names.length;
    append(&names, name, strlen(name) + 1);
    open_level(level, openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    depth++;

    if (depth > OPEN_MAX_LEVELS) {
        struct level *far = &levels[depth - 1 - OPEN_MAX_LEVELS];
        if (far->stream)
            closedir(far->stream);
        far->stream = NULL;
    }
}

/* Back to the parent, by ".." if it is no longer open; somebody may have moved the directory away meanwhile. */
static void reopen(struct level *parent, DIR *child)
{
    dev_t device = parent->device;
    ino_t inode = parent->inode;
    open_level(parent, openat(dirfd(child), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent->device != device || parent->inode != inode) {
        errno = ESTALE;
        fail_at(names.bytes + parent->name);
    }
}

static void leave(void)
{
    struct level *child = &levels[depth - 1];
    depth--;
    if (depth > 0) {
        struct level *parent = &levels[depth - 1];
        if (!parent->stream)
            reopen(parent, child->stream);
        const char *name = names.bytes + child->name;
        if (unlinkat(dirfd(parent->stream), name, AT_REMOVEDIR) != 0 && errno != ENOENT)
            fail_at(name);
    }
    closedir(child->stream);
    names.length = child->name;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Most entries go at once; what is left is a directory that is not empty, to be entered. */
static bool remove_entry(int directory, const char *name)
{
    if (unlinkat(directory, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        fail_at(name);

    int error = errno;
    if (unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return true;
    if (errno == ENOTEMPTY || errno == EEXIST)
        return false;
    if (errno == ENOTDIR)
        errno = error;
    fail_at(name);
}

void remove_tree(const char *path)
{
    enter(AT_FDCWD, path);
    while (depth > 0) {
        DIR *stream = levels[depth - 1].stream;
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry && errno)
            fail_at(".");
        if (!entry)
            leave();
        else if (!is_dots(entry->d_name) && !remove_entry(dirfd(stream), entry->d_name))
            enter(dirfd(stream), entry->d_name);
    }
}
