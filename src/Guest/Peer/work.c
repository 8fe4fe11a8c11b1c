#include "work.h"

enum { DATA_FORMAT_CBOR = 4 };

/* In CBOR (RFC 8949) a byte brings the kind of a value and the value, or in how many bytes that follows. */
enum { KIND = 0xE0, NUMBER = 0x00, VALUE_MAX = 0x17, ONE_BYTE = 0x18, EIGHT_BYTES = 0x1B };

/* Positional arguments and named ones: [[NUMBER], {}]. */
enum { TWO_VALUES = 0x82, ONE_VALUE = 0x81, NOTHING_NAMED = 0xA0 };

enum { ARGUMENTS_MIN = 4 };

static bool read_number(struct slice arguments, uint64_t *number)
{
    const uint8_t *at = arguments.data;
    if (arguments.length < ARGUMENTS_MIN || at[0] != TWO_VALUES || at[1] != ONE_VALUE || (at[2] & KIND) != NUMBER || at[2] > EIGHT_BYTES)
        return false;
    size_t count = at[2] < ONE_BYTE ? 0 : (size_t)1 << (at[2] - ONE_BYTE);
    if (arguments.length != ARGUMENTS_MIN + count || at[ARGUMENTS_MIN + count - 1] != NOTHING_NAMED)
        return false;
    *number = count == 0 ? at[2] : 0;
    for (size_t each = 0; each < count; each++)
        *number = *number << 8 | at[3 + each];
    return true;
}

static struct slice write_number(uint64_t number)
{
    static struct bytes written;
    written.length = 0;
    if (number <= VALUE_MAX) {
        add_byte(&written, (unsigned)number);
    } else {
        add_byte(&written, EIGHT_BYTES);
        for (int shift = 56; shift >= 0; shift -= 8)
            add_byte(&written, number >> shift & 0xFF);
    }

    return slice_of(&written);
}

struct outcome compute(struct container *container, const struct job *job)
{
    uint64_t number, result;
    if (!read_number(job->arguments, &number))
        return (struct outcome){ .error = "the argument is not one number in CBOR" };
    if (job->method.length == 0) {
        if (__builtin_mul_overflow(number, number, &result))
            return (struct outcome){ .error = "the number is too large" };
    } else if (is_text(job->method, "add")) {
        if (__builtin_add_overflow(container->parameter, number, &result))
            return (struct outcome){ .error = "the sum is too large" };
        container->parameter = result;
    } else {
        return (struct outcome){ .error = "there is no such method" };
    }

    return (struct outcome){ .format = DATA_FORMAT_CBOR, .data = write_number(result) };
}
