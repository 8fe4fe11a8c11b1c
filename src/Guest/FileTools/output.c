#include "output.h"
#include "failure.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool write_all(int file, const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= written;
    }
    return true;
}

void print(const char *bytes, size_t length)
{
    if (write_all(STDOUT_FILENO, bytes, length))
        return;
    if (errno == EPIPE)
        exit(EXIT_SUCCESS);
    fail_errno(errno, "write", "standard output");
}
