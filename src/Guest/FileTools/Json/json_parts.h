#pragma once

#include "json_reader.h"

_Noreturn void json_fail(const struct json *json, const char *expected);

/* The rest of a string, behind its opening quotation mark. */
void json_read_string(struct json *json, struct text *value);

void json_skip_number(struct json *json);
