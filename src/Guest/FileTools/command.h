#pragma once

#include "Watch/event_kind.h"

#include <stdbool.h>
#include <stdint.h>

/* What clients ask for: {"OPERATION": {"path": ..., further arguments}}. */
struct command {
    void (*run)(const struct command *command);
    char *path;

    bool has_parents; /* MakeDirectory: also make what is missing above; fine if it exists. */
    bool is_recursive; /* Remove, Watch */

    enum event_kind filter; /* Watch: the kinds that are wanted. */
    uint64_t timeout_ms; /* Watch */
};

struct command parse_command(const char *document);

void read_file(const struct command *command);
void write_file(const struct command *command);
void list_files(const struct command *command);
void stat_file(const struct command *command);
void make_directory(const struct command *command);
void remove_path(const struct command *command);
void watch(const struct command *command);
