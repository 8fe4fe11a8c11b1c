#include "file_entry.h"
#include "account_names.h"
#include "Json/json_writer.h"

#include <limits.h>
#include <unistd.h>

static const char *type_name(mode_t mode)
{
    return S_ISLNK(mode) ? "symlink" : S_ISDIR(mode) ? "directory" : "file";
}

/* Seconds with nine places. Before 1970 the nanoseconds still count forwards. */
static void append_time(struct text *to, struct timespec time)
{
    uint64_t seconds = time.tv_sec;
    uint64_t nanoseconds = time.tv_nsec;
    if (time.tv_sec < 0) {
        append_byte(to, '-');
        seconds = -seconds;
        if (nanoseconds) {
            seconds--;
            nanoseconds = 1000000000 - nanoseconds;
        }
    }
    append_number(to, seconds);
    append_byte(to, '.');
    append_digits(to, nanoseconds, 10, 9);
}

static void append_target(struct text *to, int directory, const char *name)
{
    char target[PATH_MAX + 1];
    ssize_t length = readlinkat(directory, name, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    append_words(to, ",\"symlink_target\":");
    append_json(to, target);
}

void append_entry(struct text *to, const char *name, const char *path, int directory, const char *name_there, const struct stat *status)
{
    append_words(to, "{\"name\":");
    append_json(to, name);
    append_words(to, ",\"path\":");
    append_json(to, path);
    append_words(to, ",\"type\":\"");
    append_words(to, type_name(status->st_mode));
    append_words(to, "\",\"size\":");
    append_number(to, status->st_size);
    append_words(to, ",\"mode\":");
    append_number(to, status->st_mode);
    append_words(to, ",\"permissions\":\"");
    append_digits(to, status->st_mode & 07777, 8, 4);
    append_words(to, "\",\"owner\":");
    append_user(to, status->st_uid);
    append_words(to, ",\"group\":");
    append_group(to, status->st_gid);
    append_words(to, ",\"modified_time\":");
    append_time(to, status->st_mtim);
    if (S_ISLNK(status->st_mode))
        append_target(to, directory, name_there);
    append_byte(to, '}');
}
