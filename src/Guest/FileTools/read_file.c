#define _GNU_SOURCE
#include "command.h"
#include "copy.h"
#include "failure.h"
#include "Json/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t SIZE_MAX_BYTES = 5ULL << 30;

enum { SENT_AT_ONCE = 1 << 20 };

static _Noreturn void fail_size(uint64_t size)
{
    struct text message = { 0 };
    append_words(&message, "file has ");
    append_number(&message, size);
    append_words(&message, " bytes, more than the limit of ");
    append_number(&message, SIZE_MAX_BYTES);
    fail("FileTooLarge", message.bytes, "");
}

/* Without the bytes passing through here; false where this file or standard output cannot do that. */
static bool send_file(int file, uint64_t *sent)
{
    for (;;) {
        ssize_t count = sendfile(STDOUT_FILENO, file, NULL, SENT_AT_ONCE);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            return true;
        *sent += count;
        if (*sent > SIZE_MAX_BYTES)
            fail_size(*sent);
    }
}

void read_file(const struct command *command)
{
    int file = open(command->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        fail_errno(errno, "read", command->path);
    if (S_ISDIR(status.st_mode))
        fail_errno(EISDIR, "read", command->path);
    if (status.st_size > (off_t)SIZE_MAX_BYTES)
        fail_size(status.st_size);

    /* Fewer turns between this process and the one that takes the bytes; no harm where it is no pipe. */
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, SENT_AT_ONCE);

    uint64_t sent = 0;
    /* Files that the kernel makes up have no size and cannot be sent. */
    if (S_ISREG(status.st_mode) && status.st_size > 0 && send_file(file, &sent))
        return;
    if (!copy(file, command->path, STDOUT_FILENO, "standard output", SIZE_MAX_BYTES - sent))
        fail_size(SIZE_MAX_BYTES + 1);
}
