#include "command.h"
#include "failure.h"
#include "Json/json_reader.h"

#include <stddef.h>
#include <string.h>

struct operation {
    const char *name;
    void (*run)(const struct command *command);
};

static const struct operation operations[] = {
    { "ReadFile", read_file },
    { "WriteFile", write_file },
    { "ListFiles", list_files },
    { "Stat", stat_file },
    { "MakeDirectory", make_directory },
    { "Remove", remove_path },
    { "Watch", watch },
};

static _Noreturn void fail_naming(const char *message, const char *name)
{
    struct text text = { 0 };
    append_words(&text, message);
    append_words(&text, " '");
    append_words(&text, name);
    append_words(&text, "'");
    fail_command(text.bytes);
}

static const struct operation *find_operation(const char *name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    }
    fail_naming("there is no operation", name);
}

static enum event_kind parse_filter(struct json *json)
{
    if (json_null(json))
        return EVENT_ALL;

    enum event_kind wanted = 0;
    struct text name = { 0 };
    for (json_open_array(json); json_element(json);) {
        json_string(json, &name);
        enum event_kind kind = event_named(name.bytes);
        if (!kind)
            fail_naming("there is no kind of event", name.bytes);
        wanted |= kind;
    }
    return wanted;
}

/* What no field of this version is called may come from a newer client, for which leaving it out has to be fine. */
static void parse_argument(struct json *json, struct command *command, const char *name)
{
    if (strcmp(name, "path") == 0) {
        struct text path = { 0 };
        json_string(json, &path);
        command->path = path.bytes;
    } else if (strcmp(name, "parents") == 0) {
        command->has_parents = json_boolean(json);
    } else if (strcmp(name, "recursive") == 0) {
        command->is_recursive = json_boolean(json);
    } else if (strcmp(name, "filter") == 0) {
        command->filter = parse_filter(json);
    } else if (strcmp(name, "timeout_secs") == 0) {
        command->timeout_ms = json_null(json) ? UINT64_MAX : json_thousandths(json);
    } else {
        json_skip(json);
    }
}

struct command parse_command(const char *document)
{
    struct command command = { .has_parents = true, .filter = EVENT_ALL, .timeout_ms = UINT64_MAX };
    struct text name = { 0 };
    struct json json;
    json_begin(&json, document);

    json_open_object(&json);
    if (!json_member(&json, &name))
        fail_command("the command names no operation");
    command.run = find_operation(name.bytes)->run;

    for (json_open_object(&json); json_member(&json, &name);)
        parse_argument(&json, &command, name.bytes);
    if (json_member(&json, &name))
        fail_command("the command names more than one operation");
    json_end(&json);

    if (!command.path)
        fail_command("the command has no path");
    return command;
}
