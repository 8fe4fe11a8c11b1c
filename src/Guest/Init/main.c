/*
 * Process 1 of a container.
 *
 *   init [--] ARGV...         runs ARGV as its child and ends as it does
 *   init [--]                 idles until SIGTERM or SIGINT
 *   init --exec [--] ARGV...  becomes ARGV; for programs that are started in a running container
 *   init --outside FIRST      names the processes that hold what cannot be restored; see outside.h
 */
#define _GNU_SOURCE
#include "child.h"
#include "exec.h"
#include "outside.h"
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What this process held open would never reach its end for whoever reads the child's output or writes its input. */
static void let_go_of_files(void)
{
    int nothing = open("/dev/null", O_RDWR);
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (nothing >= 0)
            dup2(nothing, file);
        else
            close(file);
    }
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

static bool take(char ***argv, const char *option)
{
    bool is_there = **argv && strcmp(**argv, option) == 0;
    *argv += is_there;
    return is_there;
}

int main(int argc, char **argv)
{
    argv += argc > 0;
    bool is_exec = take(&argv, "--exec");
    if (!is_exec && take(&argv, "--outside") && *argv)
        return list_outside(atoi(*argv));
    take(&argv, "--");

    if (is_exec) {
        if (*argv)
            return become(argv);
        complain("run", "", "no program was named");
        return STATUS_NOT_FOUND;
    }

    hold_signals();
    /* Where another process is number 1, orphans come here all the same. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);

    pid_t child = 0;
    if (*argv) {
        child = start_child(argv);
        if (child < 0) {
            complain("start", *argv, strerror(errno));
            return STATUS_CANNOT_RUN;
        }
    }

    let_go_of_files();
    return supervise(child);
}
