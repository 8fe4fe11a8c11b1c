#pragma once

/* Ends the program with one JSON object on standard error. The kinds are part of what clients know. */
_Noreturn void fail(const char *kind, const char *message, const char *detail);

/* The same for a failed system call: "cannot ACTION 'PATH'". */
_Noreturn void fail_errno(int error, const char *action, const char *path);

/* For a command that is none. */
_Noreturn void fail_command(const char *message);
