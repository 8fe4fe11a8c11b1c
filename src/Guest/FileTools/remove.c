#include "command.h"
#include "directories.h"
#include "failure.h"
#include "remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The root, whatever leads to it, would take all volumes with it; ".." is not what was named. */
static void refuse_upwards(const struct stat *status, const char *path)
{
    struct stat root;
    if (strcmp(base_of(path), "..") == 0)
        fail_errno(EINVAL, "remove", path);
    if (stat("/", &root) == 0 && root.st_dev == status->st_dev && root.st_ino == status->st_ino)
        fail_errno(EBUSY, "remove", path);
}

void remove_path(const struct command *command)
{
    /* A slash at the end would make it the directory behind a link. */
    char *path = command->path;
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/';)
        path[--length] = 0;

    struct stat status;
    if (lstat(path, &status) != 0)
        fail_errno(errno, "remove", path);
    refuse_upwards(&status, path);

    if (!S_ISDIR(status.st_mode)) {
        if (unlink(path) != 0)
            fail_errno(errno, "remove", path);
        return;
    }
    if (rmdir(path) == 0)
        return;
    if ((errno != ENOTEMPTY && errno != EEXIST) || !command->is_recursive)
        fail_errno(errno == EEXIST ? ENOTEMPTY : errno, "remove", path);

    remove_tree(path);
    if (rmdir(path) != 0)
        fail_errno(errno, "remove", path);
}
