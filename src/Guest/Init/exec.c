#define _GNU_SOURCE
#include "exec.h"
#include "signals.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static struct iovec text(const char *words)
{
    return (struct iovec){ (void *)words, strlen(words) };
}

void complain(const char *what, const char *name, const char *why)
{
    struct iovec line[] = { text("cannot "), text(what), text(" '"), text(name), text("': "), text(why), text("\n") };
    ssize_t written = writev(STDERR_FILENO, line, sizeof line / sizeof *line);
    (void)written;
}

static const char *reason(const char *program, int error)
{
    if (error != ENOENT)
        return strerror(error);
    if (!strchr(program, '/'))
        return "not found in PATH";
    return access(program, F_OK) == 0 ? "the interpreter or loader that it names does not exist" : strerror(error);
}

int become(char **argv)
{
    reset_signals();
    set_blocked_signals(0);
    execvp(argv[0], argv);

    int error = errno;
    complain("run", argv[0], reason(argv[0], error));
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}
