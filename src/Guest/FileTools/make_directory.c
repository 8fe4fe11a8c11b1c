#include "command.h"
#include "directories.h"
#include "failure.h"

#include <errno.h>
#include <sys/stat.h>

void make_directory(const struct command *command)
{
    int error = command->has_parents ? make_directories(command->path) : mkdir(command->path, 0777) != 0 ? errno : 0;
    if (error)
        fail_errno(error, "make the directory", command->path);
}
