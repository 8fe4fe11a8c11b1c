#define _GNU_SOURCE
#include "outside.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), wanted = strlen(suffix);
    return length >= wanted && strcmp(text + length - wanted, suffix) == 0;
}

/* gVisor shows a file of the machine as a link to "host:[NUMBER]", and counts them. */
static bool is_lost(const char *target, int first)
{
    static const char machine[] = "host:[";
    if (begins(target, machine))
        return atoi(target + sizeof machine - 1) > first;
    if (begins(target, "/__modal/volumes/"))
        return true;
    return ends(target, " (deleted)") && !begins(target, "/memfd:") && !begins(target, "/dev/");
}

/* Puts what the first such file links to into target; false where there is none. */
static bool find_lost(const char *process, int first, char *target, size_t size)
{
    char path[320];
    snprintf(path, sizeof path, "/proc/%.16s/fd", process);
    DIR *files = opendir(path);
    if (!files)
        return false;
    bool found = false;
    for (struct dirent *each; !found && (each = readdir(files));) {
        snprintf(path, sizeof path, "/proc/%.16s/fd/%.200s", process, each->d_name);
        ssize_t length = readlink(path, target, size - 1);
        target[length < 0 ? 0 : length] = 0;
        found = is_lost(target, first);
    }
    closedir(files);
    return found;
}

static void print_holder(const char *process, const char *target)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%.16s/comm", process);
    FILE *file = fopen(path, "re");
    if (file) {
        if (fgets(name, sizeof name, file))
            name[strcspn(name, "\n")] = 0;
        fclose(file);
    }
    printf("%s %s: %s\n", process, name, begins(target, "host:[") ? "input or output of a command" : target);
}

int list_outside(int first)
{
    DIR *processes = opendir("/proc");
    if (!processes)
        return 1;
    char target[4096];
    for (struct dirent *each; (each = readdir(processes));) {
        bool is_other = isdigit((unsigned char)each->d_name[0]) && atoi(each->d_name) != getpid();
        if (is_other && find_lost(each->d_name, first, target, sizeof target))
            print_holder(each->d_name, target);
    }
    closedir(processes);
    return fflush(stdout) == 0 ? 0 : 1;
}
