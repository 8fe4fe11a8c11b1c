#include "event_kind.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = { "Access", "Create", "Modify", "Remove", "Rename", "RenameFrom", "RenameTo", "Unknown" };

const char *event_name(enum event_kind kind)
{
    return names[__builtin_ctz(kind)];
}

enum event_kind event_named(const char *name)
{
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return 1U << i;
    }
    return 0;
}
