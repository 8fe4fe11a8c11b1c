#include "commands.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MEBIBYTE = 1 << 20 };

int take_memory(char **arguments)
{
    for (long count = atol(arguments[0]); count > 0; count--) {
        char *taken = malloc(MEBIBYTE);
        if (!taken)
            return fail("memory");
        /* Untouched memory costs nothing; the compiler must not see that nobody reads it. */
        memset(taken, 1, MEBIBYTE);
        __asm__ volatile("" : : "r"(taken) : "memory");
    }

    puts("taken");
    return 0;
}

int list_processes(char **arguments)
{
    (void)arguments;
    DIR *directory = opendir("/proc");
    if (!directory)
        return fail("/proc");
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (isdigit((unsigned char)entry->d_name[0]))
            puts(entry->d_name);
    }

    closedir(directory);
    return 0;
}

int end_with(char **arguments)
{
    return atoi(arguments[0]);
}

int sleep_for(char **arguments)
{
    for (unsigned left = (unsigned)atoi(arguments[0]); left > 0;)
        left = sleep(left);
    return 0;
}
