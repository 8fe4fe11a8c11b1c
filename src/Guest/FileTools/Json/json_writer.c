#include "json_writer.h"
#include "utf8.h"

static void append_escape(struct text *to, unsigned unit)
{
    append_words(to, "\\u");
    append_digits(to, unit, 16, 4);
}

void append_json(struct text *to, const char *words)
{
    append_byte(to, '"');
    while (*words) {
        unsigned char byte = *words;
        unsigned length = utf8_length(words);
        if (byte == '"' || byte == '\\') {
            append_byte(to, '\\');
            append_byte(to, byte);
        } else if (byte < 0x20 || byte == 0x7f) {
            append_escape(to, byte);
        } else if (length) {
            append(to, words, length);
        } else {
            append_escape(to, 0xdc00 | byte);
        }
        words += length ? length : 1;
    }
    append_byte(to, '"');
}
