#include "json_parts.h"
#include "utf8.h"

static unsigned hexadecimal(struct json *json)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char digit = *json->at;
        char letter = digit | 0x20;
        if (digit >= '0' && digit <= '9')
            value = value << 4 | (digit - '0');
        else if (letter >= 'a' && letter <= 'f')
            value = value << 4 | (letter - 'a' + 10);
        else
            json_fail(json, "a hexadecimal digit");
        json->at++;
    }
    return value;
}

/* Behind "\u". */
static void read_unit(struct json *json, struct text *value)
{
    unsigned unit = hexadecimal(json);
    if (unit == 0)
        json_fail(json, "no zero byte");

    if (unit >= 0xd800 && unit < 0xdc00) {
        if (json->at[0] != '\\' || json->at[1] != 'u')
            json_fail(json, "the second half of a surrogate pair");
        json->at += 2;
        unsigned low = hexadecimal(json);
        if (low < 0xdc00 || low > 0xdfff)
            json_fail(json, "the second half of a surrogate pair");
        append_utf8(value, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        if (unit < 0xdc80 || unit > 0xdcff)
            json_fail(json, "the first half of a surrogate pair");
        append_byte(value, unit & 0xff);
    } else {
        append_utf8(value, unit);
    }
}

static void read_escape(struct json *json, struct text *value)
{
    switch (*json->at++) {
    case '"':
    case '\\':
    case '/':
        append_byte(value, json->at[-1]);
        break;
    case 'b':
        append_byte(value, '\b');
        break;
    case 'f':
        append_byte(value, '\f');
        break;
    case 'n':
        append_byte(value, '\n');
        break;
    case 'r':
        append_byte(value, '\r');
        break;
    case 't':
        append_byte(value, '\t');
        break;
    case 'u':
        read_unit(json, value);
        break;
    default:
        json->at--;
        json_fail(json, "an escape");
    }
}

void json_read_string(struct json *json, struct text *value)
{
    append(value, "", 0);
    for (;;) {
        unsigned char byte = *json->at;
        unsigned length = utf8_length(json->at);
        if (byte == '"') {
            json->at++;
            return;
        }
        if (byte < 0x20)
            json_fail(json, byte ? "no control character" : "the end of a string");
        if (!length)
            json_fail(json, "UTF-8");

        if (byte == '\\') {
            json->at++;
            read_escape(json, value);
        } else {
            append(value, json->at, length);
            json->at += length;
        }
    }
}
