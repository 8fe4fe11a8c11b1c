#include "json_reader.h"
#include "failure.h"
#include "json_parts.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

_Noreturn void json_fail(const struct json *json, const char *expected)
{
    struct text message = { 0 };
    append_words(&message, "the command is not valid: expected ");
    append_words(&message, expected);
    append_words(&message, " at offset ");
    append_number(&message, json->at - json->start);
    fail_command(message.bytes);
}

static void skip_space(struct json *json)
{
    json->at += strspn(json->at, " \t\r\n");
}

static bool take(struct json *json, char byte)
{
    skip_space(json);
    if (*json->at != byte)
        return false;
    json->at++;
    return true;
}

static bool take_word(struct json *json, const char *word)
{
    skip_space(json);
    size_t length = strlen(word);
    if (strncmp(json->at, word, length) != 0)
        return false;
    json->at += length;
    return true;
}

void json_begin(struct json *json, const char *document)
{
    *json = (struct json){ .start = document, .at = document };
}

void json_end(struct json *json)
{
    skip_space(json);
    if (*json->at)
        json_fail(json, "the end");
}

static void open(struct json *json, char bracket, const char *expected)
{
    if (!take(json, bracket))
        json_fail(json, expected);
    if (++json->depth > DEPTH_MAX)
        json_fail(json, "less depth");
}

/* No value ends with an opening bracket, so one right behind us says that the first part is next. */
static bool next(struct json *json, char opening, char closing, const char *expected)
{
    bool is_first = json->at[-1] == opening;
    if (take(json, closing)) {
        json->depth--;
        return false;
    }
    if (!is_first && !take(json, ','))
        json_fail(json, expected);
    return true;
}

void json_open_object(struct json *json)
{
    open(json, '{', "an object");
}

bool json_member(struct json *json, struct text *key)
{
    if (!next(json, '{', '}', "',' or '}'"))
        return false;
    json_string(json, key);
    if (!take(json, ':'))
        json_fail(json, "':'");
    return true;
}

void json_open_array(struct json *json)
{
    open(json, '[', "an array");
}

bool json_element(struct json *json)
{
    return next(json, '[', ']', "',' or ']'");
}

bool json_boolean(struct json *json)
{
    if (take_word(json, "true"))
        return true;
    if (!take_word(json, "false"))
        json_fail(json, "true or false");
    return false;
}

bool json_null(struct json *json)
{
    return take_word(json, "null");
}

void json_string(struct json *json, struct text *value)
{
    clear(value);
    if (!take(json, '"'))
        json_fail(json, "a string");
    json_read_string(json, value);
}

void json_skip(struct json *json)
{
    static struct text ignored;
    skip_space(json);
    switch (*json->at) {
    case '{':
        for (json_open_object(json); json_member(json, &ignored);)
            json_skip(json);
        break;
    case '[':
        for (json_open_array(json); json_element(json);)
            json_skip(json);
        break;
    case '"':
        json_string(json, &ignored);
        break;
    case 't':
    case 'f':
        json_boolean(json);
        break;
    case 'n':
        if (!json_null(json))
            json_fail(json, "null");
        break;
    default:
        json_skip_number(json);
    }
}
