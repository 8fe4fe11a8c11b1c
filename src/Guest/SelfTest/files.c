#include "commands.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int write_all(int file, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, data, length);
        if (written < 0)
            return -1;
        data += written;
        length -= (size_t)written;
    }

    return 0;
}

static int copy(int source, const char *name)
{
    char buffer[16 * 1024];
    ssize_t length;
    while ((length = read(source, buffer, sizeof buffer)) > 0) {
        if (write_all(STDOUT_FILENO, buffer, (size_t)length) < 0)
            return fail("standard output");
    }

    return length < 0 ? fail(name) : 0;
}

int print(char **arguments)
{
    if (write_all(STDOUT_FILENO, arguments[0], strlen(arguments[0])) < 0)
        return fail("standard output");
    return write_all(STDERR_FILENO, arguments[1], strlen(arguments[1])) < 0;
}

int copy_input(char **arguments)
{
    (void)arguments;
    return copy(STDIN_FILENO, "standard input");
}

int write_file(char **arguments)
{
    int file = open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || write_all(file, arguments[1], strlen(arguments[1])) < 0 || close(file) < 0)
        return fail(arguments[0]);
    return 0;
}

int read_file(char **arguments)
{
    int file = open(arguments[0], O_RDONLY | O_CLOEXEC);
    return file < 0 ? fail(arguments[0]) : copy(file, arguments[0]);
}
