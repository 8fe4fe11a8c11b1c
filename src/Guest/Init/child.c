#define _GNU_SOURCE
#include "child.h"
#include "exec.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Job control needs a terminal that controls the session. A runtime has usually seen to that. */
static void adopt_terminal(void)
{
    if (tcgetpgrp(STDIN_FILENO) >= 0)
        return;
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

pid_t start_child(char **argv)
{
    bool has_terminal = isatty(STDIN_FILENO);
    if (has_terminal)
        adopt_terminal();

    pid_t child = fork();
    if (child != 0)
        return child;

    setpgid(0, 0);
    /* SIGTTOU, which a background group would get for this, is still blocked. */
    if (has_terminal)
        tcsetpgrp(STDIN_FILENO, getpid());
    _exit(become(argv));
}
