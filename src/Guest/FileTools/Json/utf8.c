#include "utf8.h"

unsigned utf8_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80)
        return 1;

    unsigned length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    if (byte[0] < 0xc2 || byte[0] > 0xf4)
        return 0;
    for (unsigned i = 1; i < length; i++) {
        if (byte[i] < 0x80 || byte[i] > 0xbf)
            return 0;
    }

    /* What a shorter sequence could say, surrogates, and what lies beyond U+10FFFF. */
    if ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f))
        return 0;
    if ((byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f))
        return 0;
    return length;
}

void append_utf8(struct text *to, unsigned rune)
{
    if (rune < 0x80) {
        append_byte(to, rune);
    } else if (rune < 0x800) {
        append_byte(to, 0xc0 | rune >> 6);
        append_byte(to, 0x80 | (rune & 0x3f));
    } else if (rune < 0x10000) {
        append_byte(to, 0xe0 | rune >> 12);
        append_byte(to, 0x80 | (rune >> 6 & 0x3f));
        append_byte(to, 0x80 | (rune & 0x3f));
    } else {
        append_byte(to, 0xf0 | rune >> 18);
        append_byte(to, 0x80 | (rune >> 12 & 0x3f));
        append_byte(to, 0x80 | (rune >> 6 & 0x3f));
        append_byte(to, 0x80 | (rune & 0x3f));
    }
}
