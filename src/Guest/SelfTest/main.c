/*
 * What the self-test's containers run: all that their image holds. One small deed a command.
 *
 *   self-test print OUTPUT ERRORS    writes both to where they belong
 *   self-test cat                    copies standard input to standard output
 *   self-test write PATH TEXT        makes a file
 *   self-test read PATH              prints a file
 *   self-test take MIB               uses that much memory
 *   self-test processes              prints the ids of all processes it sees
 *   self-test gateway                prints its own address and that of its gateway
 *   self-test listen PORT            accepts connections until it is ended
 *   self-test connect ADDRESS PORT   connects within a second
 *   self-test exit STATUS
 *   self-test sleep SECONDS
 */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { STATUS_USAGE = 64 };

static const struct command {
    const char *name;
    int arguments;
    int (*run)(char **arguments);
} commands[] = {
    { "print", 2, print },
    { "cat", 0, copy_input },
    { "write", 2, write_file },
    { "read", 1, read_file },
    { "take", 1, take_memory },
    { "processes", 0, list_processes },
    { "gateway", 0, show_gateway },
    { "listen", 1, listen_on },
    { "connect", 2, connect_to },
    { "exit", 1, end_with },
    { "sleep", 1, sleep_for },
};

int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    for (const struct command *each = commands; each < commands + sizeof commands / sizeof *commands; each++) {
        if (argc == each->arguments + 2 && strcmp(argv[1], each->name) == 0) {
            int status = each->run(argv + 2);
            return fflush(stdout) == 0 ? status : fail("standard output");
        }
    }

    fputs("unknown command\n", stderr);
    return STATUS_USAGE;
}
