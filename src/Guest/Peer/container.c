#define _GNU_SOURCE
#include "container.h"
#include "message.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

/* ContainerArguments, Function, and ClassParameterSet with its values. */
enum { FUNCTION_DEF = 7, SERIALIZED_PARAMS = 10 };
enum { WEBHOOK_CONFIG = 15, BATCH_MAX_SIZE = 60, BATCH_LINGER_MS = 61 };
enum { PARAMETERS = 1, INT_VALUE = 4 };

static const char *variable(const char *name, const char *prefix)
{
    const char *value = getenv(name);
    if (!value || strncmp(value, prefix, strlen(prefix)) != 0) {
        fprintf(stderr, "%s is not set, or not to '%s…'\n", name, prefix);
        exit(EXIT_FAILURE);
    }

    return value + strlen(prefix);
}

static struct slice read_file(const char *path)
{
    struct bytes content = { 0 };
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        fail(path);
    for (ssize_t count = 1; count > 0;) {
        uint8_t *room = extend(&content, READ_BYTES);
        count = read(file, room, READ_BYTES);
        if (count < 0)
            fail(path);
        content.length -= READ_BYTES - (size_t)count;
    }

    close(file);
    return slice_of(&content);
}

struct container read_container(void)
{
    const char *header = variable("MODAL_OVERRIDE_HEADERS", "");
    size_t length = strcspn(header, ":");
    struct slice arguments = read_file(variable("MODAL_CONTAINER_ARGUMENTS_PATH", ""));
    struct slice function = find_field(arguments, FUNCTION_DEF).content;
    struct slice parameters = find_field(arguments, SERIALIZED_PARAMS).content;
    return (struct container){
        .door = text(variable("MODAL_SERVER_URL", "unix://")),
        .token_header = { (const uint8_t *)header, length },
        .token = text(header + length + (header[length] == ':')),
        .is_web = find_field(function, WEBHOOK_CONFIG).content.length > 0,
        .batch_max = find_field(function, BATCH_MAX_SIZE).value,
        .linger_ms = find_field(function, BATCH_LINGER_MS).value,
        .parameter = find_field(find_field(parameters, PARAMETERS).content, INT_VALUE).value,
    };
}
