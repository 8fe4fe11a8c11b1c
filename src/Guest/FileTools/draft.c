#define _GNU_SOURCE
#include "draft.h"
#include "directories.h"
#include "Json/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };

/* What has a name now and is to lose it at the end. */
static const struct draft *volatile named;

static void discard(void)
{
    const struct draft *draft = named;
    if (draft)
        unlinkat(draft->directory, draft->name, 0);
    named = NULL;
}

static void discard_and_die(int number)
{
    discard();
    signal(number, SIG_DFL);
    raise(number);
}

static void choose_name(struct draft *draft)
{
    unsigned char bytes[8] = { 0 };
    ssize_t count = getrandom(bytes, sizeof bytes, GRND_NONBLOCK);
    char *end = stpcpy(draft->name, DRAFT_PREFIX);
    for (unsigned i = 0; i < sizeof bytes; i++) {
        *end++ = "0123456789abcdef"[bytes[i] >> 4];
        *end++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *end = 0;
    (void)count;
}

static void guard_name(const struct draft *draft)
{
    named = draft;
    atexit(discard);
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        signal(ends[i], discard_and_die);
}

/* A signal between a name's beginning and its guard would leave it behind. Neither this nor its end changes errno. */
static sigset_t hold_ends(void)
{
    sigset_t held, before;
    sigemptyset(&held);
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaddset(&held, ends[i]);
    sigprocmask(SIG_BLOCK, &held, &before);
    return before;
}

static void link_path(const struct draft *draft, char path[32])
{
    struct text text = { 0 };
    append_words(&text, "/proc/self/fd/");
    append_number(&text, draft->file);
    memcpy(path, text.bytes, text.length + 1);
    free(text.bytes);
}

bool draft_begin(struct draft *draft, const char *path, mode_t mode)
{
    char *parent = parent_of(path);
    draft->directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (draft->directory < 0)
        return false;

    /* A file without a name goes by itself, even after SIGKILL. It gets one by way of /proc. */
    draft->name[0] = 0;
    draft->file = openat(draft->directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    char link[32];
    if (draft->file >= 0) {
        link_path(draft, link);
        if (access(link, F_OK) == 0)
            return true;
        close(draft->file);
    }

    choose_name(draft);
    sigset_t before = hold_ends();
    draft->file = openat(draft->directory, draft->name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode);
    if (draft->file >= 0)
        guard_name(draft);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return draft->file >= 0;
}

bool draft_resemble(const struct draft *draft, const struct stat *original)
{
    struct stat status;
    if (fstat(draft->file, &status) != 0)
        return false;
    bool has_owner = status.st_uid == original->st_uid && status.st_gid == original->st_gid;
    if (!has_owner && fchown(draft->file, original->st_uid, original->st_gid) != 0)
        return false;
    /* A change of owner takes the set-user-ID bits away. */
    mode_t mode = original->st_mode & 07777;
    return (has_owner && (status.st_mode & 07777) == mode) || fchmod(draft->file, mode) == 0;
}

static bool link_nameless(const struct draft *draft, const char *name)
{
    char link[32];
    link_path(draft, link);
    return linkat(AT_FDCWD, link, draft->directory, name, AT_SYMLINK_FOLLOW) == 0;
}

bool draft_publish(struct draft *draft, const char *path)
{
    const char *name = base_of(path);
    /* A link leaves alone what is there, and whoever watches sees a file created. The other name, if any, goes at the end. */
    bool has_name = draft->name[0];
    if (has_name ? linkat(draft->directory, draft->name, draft->directory, name, 0) == 0 : link_nameless(draft, name))
        return true;

    if (!has_name) {
        if (errno != EEXIST)
            return false;
        choose_name(draft);
        sigset_t before = hold_ends();
        bool is_linked = link_nameless(draft, draft->name);
        if (is_linked)
            guard_name(draft);
        sigprocmask(SIG_SETMASK, &before, NULL);
        if (!is_linked)
            return false;
    }
    if (renameat(draft->directory, draft->name, draft->directory, name) != 0)
        return false;
    named = NULL;
    return true;
}
