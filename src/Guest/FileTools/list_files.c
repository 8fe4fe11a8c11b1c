#define _GNU_SOURCE
#include "command.h"
#include "failure.h"
#include "file_entry.h"
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PRINTED_AT_ONCE = 256 << 10 };

static struct text all_names;

/* Where each name begins in all_names, which moves while it grows. */
static size_t *names;
static size_t name_count;

static void add_name(const char *name)
{
    if ((name_count & (name_count - 1)) == 0) {
        names = reallocarray(names, name_count ? name_count * 2 : 1, sizeof *names);
        if (!names)
            fail_errno(ENOMEM, "remember", name);
    }
    names[name_count++] = all_names.length;
    append(&all_names, name, strlen(name) + 1);
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(all_names.bytes + *(const size_t *)left, all_names.bytes + *(const size_t *)right);
}

static void read_names(int directory, const char *path)
{
    DIR *stream = fdopendir(directory);
    if (!stream)
        fail_errno(errno, "list", path);
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry && errno)
            fail_errno(errno, "list", path);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            add_name(entry->d_name);
    }
    qsort(names, name_count, sizeof *names, by_bytes);
}

static int open_directory(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    if (directory < 0 && errno == ENOTDIR && stat(path, &status) == 0)
        fail("IsFile", "path is a file", "");
    /* Entries may be unreadable one by one, but without this right all of them are. */
    if (directory < 0 || access(path, X_OK) != 0)
        fail_errno(errno, "list", path);
    return directory;
}

void list_files(const struct command *command)
{
    int directory = open_directory(command->path);
    read_names(directory, command->path);

    struct text path = { 0 };
    append_words(&path, command->path);
    while (path.length > 1 && path.bytes[path.length - 1] == '/')
        path.length--;
    if (path.bytes[path.length - 1] != '/')
        append_byte(&path, '/');
    size_t folder_length = path.length;

    struct text out = { 0 };
    char separator = '[';
    for (size_t i = 0; i < name_count; i++) {
        const char *name = all_names.bytes + names[i];
        struct stat status;
        /* Gone meanwhile, or the root of a file system that is not for us. */
        if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;

        path.length = folder_length;
        append_words(&path, name);
        append_byte(&out, separator);
        append_entry(&out, name, path.bytes, directory, name, &status);
        separator = ',';
        if (out.length >= PRINTED_AT_ONCE) {
            print(out.bytes, out.length);
            clear(&out);
        }
    }
    append_words(&out, separator == '[' ? "[]\n" : "]\n");
    print(out.bytes, out.length);
}
