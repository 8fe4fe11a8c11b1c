#pragma once

#include "text.h"

#include <stdbool.h>

/* Reads JSON (RFC 8259) from front to back. Whatever is malformed ends the program with a failure that says where. */
struct json {
    const char *start;
    const char *at;
    unsigned depth;
};

void json_begin(struct json *json, const char *document);
void json_end(struct json *json);

/* For each member: while (json_member(...)) { read or skip its value }. */
void json_open_object(struct json *json);
bool json_member(struct json *json, struct text *key);

void json_open_array(struct json *json);
bool json_element(struct json *json);

/* Without zero bytes; a lone surrogate U+DC80 to U+DCFF is the byte that json_writer made it of. */
void json_string(struct json *json, struct text *value);
bool json_boolean(struct json *json);

/* Thousandths of a number that is neither negative nor written with an exponent. Larger ones than fit are the largest. */
uint64_t json_thousandths(struct json *json);

/* Takes null if it is next. */
bool json_null(struct json *json);
void json_skip(struct json *json);
