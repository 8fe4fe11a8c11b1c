#include "failure.h"
#include "Json/json_writer.h"
#include "Json/text.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct meaning {
    int error;
    const char *kind;
    const char *message;
};

static const struct meaning meanings[] = {
    { ENOENT, "NotFound", "path does not exist" },
    { ENOTDIR, "NotDirectory", "a component of the path is not a directory" },
    { EISDIR, "IsDirectory", "path is a directory" },
    { EACCES, "PermissionDenied", "permission denied" },
    { EPERM, "PermissionDenied", "permission denied" },
    { EROFS, "PermissionDenied", "the file system is read-only" },
    { EEXIST, "PathAlreadyExists", "path already exists" },
    { ENOTEMPTY, "DirectoryNotEmpty", "directory is not empty" },
    { EOPNOTSUPP, "NotSupported", "the file system does not support this" },
    { ENOSYS, "NotSupported", "the system does not support this" },
};

void fail(const char *kind, const char *message, const char *detail)
{
    struct text line = { 0 };
    append_words(&line, "{\"error_kind\":");
    append_json(&line, kind);
    append_words(&line, ",\"message\":");
    append_json(&line, message);
    append_words(&line, ",\"detail\":");
    append_json(&line, detail);
    append_words(&line, "}\n");
    write_all(STDERR_FILENO, line.bytes, line.length);
    exit(EXIT_FAILURE);
}

void fail_errno(int error, const char *action, const char *path)
{
    /* Without memory there is no text to make. */
    if (error == ENOMEM) {
        static const char line[] = "{\"error_kind\":\"Io\",\"message\":\"out of memory\",\"detail\":\"\"}\n";
        write_all(STDERR_FILENO, line, sizeof line - 1);
        exit(EXIT_FAILURE);
    }

    struct text detail = { 0 };
    append_words(&detail, "cannot ");
    append_words(&detail, action);
    append_words(&detail, " '");
    append_words(&detail, path);
    append_words(&detail, "': ");
    append_words(&detail, strerror(error));

    for (unsigned i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (meanings[i].error == error)
            fail(meanings[i].kind, meanings[i].message, detail.bytes);
    }
    fail("Io", detail.bytes, strerror(error));
}

void fail_command(const char *message)
{
    fail("InvalidCommand", message, "");
}
