#define _GNU_SOURCE
#include "directories.h"
#include "failure.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static char *remember(const char *words, size_t length)
{
    char *copy = strndup(words, length);
    if (!copy)
        fail_errno(ENOMEM, "remember", words);
    return copy;
}

/* A directory that exists may be refused for other reasons first, like a file system that is read-only. */
static int make_one(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return 0;
    int error = errno;
    return is_directory(path) ? 0 : error;
}

int make_directories(const char *path)
{
    int error = make_one(path);
    if (error != ENOENT || !*path)
        return error;

    char *prefix = remember(path, strlen(path));
    for (char *slash = prefix; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        error = make_one(prefix);
        *slash = '/';
        /* Above a file there is no path, whatever its own name says of it. */
        if (error) {
            free(prefix);
            return error == EEXIST ? ENOTDIR : error;
        }
    }
    free(prefix);
    return make_one(path);
}

const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *parent_of(const char *path)
{
    size_t length = base_of(path) - path;
    while (length > 1 && path[length - 1] == '/')
        length--;
    return length ? remember(path, length) : remember(".", 1);
}
