#include "json_parts.h"

#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void expect_digit(const struct json *json)
{
    if (!is_digit(*json->at))
        json_fail(json, "a digit");
}

static uint64_t add_digit(uint64_t value, char digit)
{
    uint64_t result;
    if (__builtin_mul_overflow(value, 10, &result) || __builtin_add_overflow(result, (uint64_t)(digit - '0'), &result))
        return UINT64_MAX;
    return result;
}

/* The digits before and behind the point, in thousandths; further ones are dropped. */
static uint64_t read_digits(struct json *json)
{
    uint64_t value = 0;
    expect_digit(json);
    const char *first = json->at;
    while (is_digit(*json->at) && (json->at == first || *first != '0'))
        value = add_digit(value, *json->at++);

    unsigned places = 0;
    if (*json->at == '.') {
        json->at++;
        expect_digit(json);
        for (; is_digit(*json->at); json->at++) {
            if (places < 3) {
                value = add_digit(value, *json->at);
                places++;
            }
        }
    }
    while (places++ < 3)
        value = add_digit(value, '0');
    return value;
}

uint64_t json_thousandths(struct json *json)
{
    json->at += strspn(json->at, " \t\r\n");
    uint64_t value = read_digits(json);
    if (*json->at == 'e' || *json->at == 'E')
        json_fail(json, "no exponent");
    return value;
}

void json_skip_number(struct json *json)
{
    if (*json->at == '-')
        json->at++;
    if (!is_digit(*json->at))
        json_fail(json, "a value");
    read_digits(json);
    if (*json->at != 'e' && *json->at != 'E')
        return;

    json->at++;
    if (*json->at == '+' || *json->at == '-')
        json->at++;
    expect_digit(json);
    while (is_digit(*json->at))
        json->at++;
}
