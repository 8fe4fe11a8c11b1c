#define _GNU_SOURCE
#include "command.h"
#include "copy.h"
#include "directories.h"
#include "draft.h"
#include "failure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char input[] = "standard input";

/* Through symbolic links, devices and whatever else opening follows. */
static int open_in_place(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
}

static void write_in_place(int from, const char *path)
{
    int file = open_in_place(path);
    if (file < 0)
        fail_errno(errno, "write", path);
    copy(from, input, file, path, UINT64_MAX);
    if (close(file) != 0)
        fail_errno(errno, "write", path);
}

/*
 * Readers see the old content or the new one, and what breaks off changes nothing. A name can refuse to be replaced all
 * the same, like /etc/hosts, which is a mount in most containers: then the file itself is rewritten.
 */
static void write_draft(struct draft *draft, const char *path)
{
    copy(STDIN_FILENO, input, draft->file, path, UINT64_MAX);
    if (draft_publish(draft, path))
        return;
    if (errno != EBUSY && errno != EPERM && errno != EACCES && errno != EXDEV)
        fail_errno(errno, "write", path);
    if (lseek(draft->file, 0, SEEK_SET) != 0)
        fail_errno(errno, "write", path);
    write_in_place(draft->file, path);
}

static void write_new(const char *path)
{
    char *parent = parent_of(path);
    int error = make_directories(parent);
    if (error == EEXIST)
        error = ENOTDIR;
    if (error)
        fail_errno(error, "make the directory", parent);

    struct draft draft;
    if (!draft_begin(&draft, path, 0666))
        fail_errno(errno, "write", path);
    write_draft(&draft, path);
}

/* False where the path does not lead there by names alone, like /proc/self/fd/1. */
static bool find_target(const char *path, const struct stat *original, char *target)
{
    struct stat status;
    return realpath(path, target) && stat(target, &status) == 0
        && status.st_dev == original->st_dev && status.st_ino == original->st_ino;
}

/* As if it were written in place: links to it, its mode and owner, and its protection against writing all count. */
static void write_over(const char *path, const struct stat *original)
{
    char target[PATH_MAX];
    struct draft draft;
    if (access(path, W_OK) != 0)
        fail_errno(errno, "write", path);
    /* With its mode from the start it need not be changed, which those who watch the directory would see. */
    umask(0);
    if (find_target(path, original, target) && draft_begin(&draft, target, original->st_mode & 07777) && draft_resemble(&draft, original))
        write_draft(&draft, target);
    else
        write_in_place(STDIN_FILENO, path);
}

void write_file(const struct command *command)
{
    const char *path = command->path;
    struct stat status;
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            fail_errno(EISDIR, "write", path);
        if (S_ISREG(status.st_mode))
            write_over(path, &status);
        else
            write_in_place(STDIN_FILENO, path);
        return;
    }

    if (errno != ENOENT || !*path)
        fail_errno(errno, "write", path);
    if (!*base_of(path))
        fail_errno(EISDIR, "write", path);
    if (lstat(path, &status) == 0)
        write_in_place(STDIN_FILENO, path);
    else
        write_new(path);
}
