#define _GNU_SOURCE
#include "outside.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* gVisor shows a file of the machine as a link to "host:[NUMBER]", and counts them. */
static bool is_outside(const char *link, int first)
{
    static const char prefix[] = "host:[";
    char target[64];
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = 0;
    return strncmp(target, prefix, sizeof prefix - 1) == 0 && atoi(target + sizeof prefix - 1) > first;
}

static bool holds_outside(const char *process, int first)
{
    char path[320];
    snprintf(path, sizeof path, "/proc/%s/fd", process);
    DIR *files = opendir(path);
    if (!files)
        return false;
    bool found = false;
    for (struct dirent *each; !found && (each = readdir(files));) {
        snprintf(path, sizeof path, "/proc/%.16s/fd/%.200s", process, each->d_name);
        found = is_outside(path, first);
    }
    closedir(files);
    return found;
}

static void print_name(const char *process)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%.16s/comm", process);
    FILE *file = fopen(path, "re");
    if (file) {
        if (fgets(name, sizeof name, file))
            name[strcspn(name, "\n")] = 0;
        fclose(file);
    }
    printf("%s (%s)\n", process, name);
}

int list_outside(int first)
{
    DIR *processes = opendir("/proc");
    if (!processes)
        return 1;
    for (struct dirent *each; (each = readdir(processes));) {
        bool is_other = isdigit((unsigned char)each->d_name[0]) && atoi(each->d_name) != getpid();
        if (is_other && holds_outside(each->d_name, first))
            print_name(each->d_name);
    }
    closedir(processes);
    return fflush(stdout) == 0 ? 0 : 1;
}
