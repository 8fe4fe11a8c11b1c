#pragma once

#include "Json/text.h"

#include <sys/types.h>

/* The names in this root's /etc/passwd and /etc/group; a number where there is none. */
void append_user(struct text *to, uid_t user);
void append_group(struct text *to, gid_t group);
