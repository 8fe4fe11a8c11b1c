#define _GNU_SOURCE
#include "account_names.h"
#include "Json/json_writer.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Anybody may have written these files; larger ones are no account tables. */
enum { TABLE_SIZE_MAX = 4 << 20 };

struct table {
    const char *path;
    bool is_read;
    struct text lines;

    /* Entries of a directory mostly belong to one owner. */
    bool has_last;
    uint32_t last;
    struct text last_name;
};

static void read_table(struct table *table)
{
    append(&table->lines, "", 0);
    table->is_read = true;
    int file = open(table->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;

    struct stat status;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        char buffer[4096];
        ssize_t count;
        while (table->lines.length < TABLE_SIZE_MAX && (count = read(file, buffer, sizeof buffer)) > 0)
            append(&table->lines, buffer, count);
    }
    close(file);
}

/* The third field of "name:password:id:..." in decimal. */
static bool has_id(const char *line, const char *end, uint32_t id)
{
    for (int field = 0; field < 2; field++) {
        line = memchr(line, ':', end - line);
        if (!line)
            return false;
        line++;
    }

    uint64_t value = 0;
    const char *digit = line;
    for (; digit < end && *digit >= '0' && *digit <= '9' && value <= UINT32_MAX; digit++)
        value = value * 10 + (*digit - '0');
    return digit > line && (digit == end || *digit == ':') && value == id;
}

static void find_name(const struct table *table, uint32_t id, struct text *name)
{
    const char *end = table->lines.bytes + table->lines.length;
    for (const char *line = table->lines.bytes; line < end;) {
        const char *line_end = memchr(line, '\n', end - line);
        if (!line_end)
            line_end = end;
        const char *colon = memchr(line, ':', line_end - line);
        if (colon && colon > line && has_id(line, line_end, id)) {
            append(name, line, colon - line);
            return;
        }
        line = line_end + 1;
    }
    append_number(name, id);
}

static void append_name(struct text *to, struct table *table, uint32_t id)
{
    if (!table->is_read)
        read_table(table);
    if (!table->has_last || table->last != id) {
        clear(&table->last_name);
        find_name(table, id, &table->last_name);
        table->last = id;
        table->has_last = true;
    }
    append_json(to, table->last_name.bytes);
}

void append_user(struct text *to, uid_t user)
{
    static struct table users = { .path = "/etc/passwd" };
    append_name(to, &users, user);
}

void append_group(struct text *to, gid_t group)
{
    static struct table groups = { .path = "/etc/group" };
    append_name(to, &groups, group);
}
