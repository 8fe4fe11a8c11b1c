#pragma once

#include "bytes.h"

/* The compressed headers of HTTP/2 (RFC 7541), as far as one client of one server needs them. */

/*
 * Adds the headers of a call of a method. All but the path are the same each time: they are spelled out in the first
 * call of a connection, and later ones name them by their place in the server's table.
 */
void add_call_headers(struct bytes *to, struct slice path, struct slice token_header, struct slice token, bool is_first);

/* Whether the trailers of a call say that it went well. */
bool is_success(struct slice trailers);
