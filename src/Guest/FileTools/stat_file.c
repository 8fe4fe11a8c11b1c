#include "command.h"
#include "failure.h"
#include "file_entry.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The last component; "/" has none and is called so itself. */
static void append_last_component(struct text *to, const char *path)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    append(to, path + (start < end ? start : 0), start < end ? end - start : end);
}

void stat_file(const struct command *command)
{
    struct stat status;
    if (lstat(command->path, &status) != 0)
        fail_errno(errno, "look at", command->path);

    struct text name = { 0 };
    append_last_component(&name, command->path);
    struct text line = { 0 };
    append_entry(&line, name.bytes, command->path, AT_FDCWD, command->path, &status);
    append_byte(&line, '\n');
    print(line.bytes, line.length);
}
