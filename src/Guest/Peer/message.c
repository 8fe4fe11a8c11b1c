#include "message.h"

#include <errno.h>

enum wire { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5, WIRE_BITS = 3 };

enum { VALUE_BITS = 7, MORE = 0x80, NUMBER_BITS = 64 };

static _Noreturn void fail_damaged(void)
{
    errno = 0;
    fail("a message from the appliance is damaged");
}

static struct slice take(struct slice *rest, uint64_t length)
{
    if (length > rest->length)
        fail_damaged();
    struct slice taken = { rest->data, (size_t)length };
    rest->data += length;
    rest->length -= (size_t)length;
    return taken;
}

static uint64_t take_varint(struct slice *rest)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < NUMBER_BITS; shift += VALUE_BITS) {
        uint8_t byte = *take(rest, 1).data;
        value |= (uint64_t)(byte & (MORE - 1)) << shift;
        if (byte < MORE)
            return value;
    }

    fail_damaged();
}

bool next_field(struct slice *rest, struct field *field)
{
    if (rest->length == 0)
        return false;
    uint64_t key = take_varint(rest);
    *field = (struct field){ .number = (unsigned)(key >> WIRE_BITS) };
    switch (key & ((1 << WIRE_BITS) - 1)) {
    case VARINT:
        field->value = take_varint(rest);
        return true;
    case LENGTH:
        field->content = take(rest, take_varint(rest));
        return true;
    case FIXED64:
        field->content = take(rest, sizeof(uint64_t));
        return true;
    case FIXED32:
        field->content = take(rest, sizeof(uint32_t));
        return true;
    default:
        fail_damaged();
    }
}

struct field find_field(struct slice message, unsigned number)
{
    struct field found = { .number = number }, field;
    while (next_field(&message, &field)) {
        if (field.number == number)
            found = field;
    }

    return found;
}

static void add_varint(struct bytes *to, uint64_t value)
{
    for (; value >= MORE; value >>= VALUE_BITS)
        add_byte(to, (unsigned)(value & (MORE - 1)) | MORE);
    add_byte(to, (unsigned)value);
}

void add_number(struct bytes *to, unsigned field, uint64_t value)
{
    add_varint(to, (uint64_t)field << WIRE_BITS | VARINT);
    add_varint(to, value);
}

void add_content(struct bytes *to, unsigned field, struct slice content)
{
    add_varint(to, (uint64_t)field << WIRE_BITS | LENGTH);
    add_varint(to, content.length);
    add(to, content);
}

void add_message(struct bytes *to, unsigned field, struct bytes *content)
{
    add_content(to, field, slice_of(content));
    content->length = 0;
}
