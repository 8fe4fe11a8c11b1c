/*
 * The file-system API of sandboxes: modal-sandbox-fs-tools COMMAND, where the command is one JSON object. The result
 * goes to standard output; a failure is one JSON object on standard error and an exit status other than 0.
 */
#include "command.h"
#include "failure.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        fail_command("usage: modal-sandbox-fs-tools COMMAND, a JSON object with one operation");

    struct command command = parse_command(argv[1]);
    command.run(&command);
    return EXIT_SUCCESS;
}
