#pragma once

#include "bytes.h"

/* Protobuf, as far as this program needs it: numbers, and everything that has a length. */

struct field {
    unsigned number;
    uint64_t value;
    struct slice content;
};

/* Takes the next field off a message. False at its end; ends the program where the message is damaged. */
bool next_field(struct slice *rest, struct field *field);

/* The last field of that number; empty where there is none. */
struct field find_field(struct slice message, unsigned number);

void add_number(struct bytes *to, unsigned field, uint64_t value);
void add_content(struct bytes *to, unsigned field, struct slice content);

/* Empties what it adds, for the next use. */
void add_message(struct bytes *to, unsigned field, struct bytes *content);
