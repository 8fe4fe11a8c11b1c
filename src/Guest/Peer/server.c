#define _GNU_SOURCE
#include "server.h"
#include "headers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum frame { DATA = 0, HEADERS = 1, RESET = 3, SETTINGS = 4, PING = 6, GO_AWAY = 7, WINDOW_UPDATE = 8 };

enum { END_STREAM = 1, ACKNOWLEDGED = 1, END_HEADERS = 4 };

enum { TABLE_SIZE = 1, INITIAL_WINDOW = 4, CANCEL = 8 };

enum { FRAME_HEADER = 9, MESSAGE_HEADER = 5, PAYLOAD_MAX = 16384, READ_BYTES = 64 * 1024 };

/* Both windows are as wide as they go; the connection's is opened anew when half of it is used. */
#define WINDOW_MAX 0x7FFFFFFFu
#define WINDOW_FIRST 65535u

static int connection;
static struct slice token_header, token;
static struct bytes input, output, body;
static uint32_t stream;
static size_t answered, taken, consumed;
static bool has_ended, is_good;

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void add_u32(struct bytes *to, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        add_byte(to, value >> shift & 0xFF);
}

static void begin_frame(enum frame type, unsigned flags, uint32_t of, size_t length)
{
    add_u32(&output, (uint32_t)length << 8 | type);
    add_byte(&output, flags);
    add_u32(&output, of);
}

static void widen(uint32_t by)
{
    begin_frame(WINDOW_UPDATE, 0, 0, sizeof by);
    add_u32(&output, by);
}

static void add_setting(unsigned name, uint32_t value)
{
    add_byte(&output, 0);
    add_byte(&output, name);
    add_u32(&output, value);
}

static void send_all(void)
{
    for (size_t sent = 0; sent < output.length;) {
        ssize_t count = send(connection, output.data + sent, output.length - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            fail("the appliance does not listen");
        sent += count > 0 ? (size_t)count : 0;
    }

    output.length = 0;
}

void connect_to(const char *path, struct slice header, struct slice value)
{
    struct sockaddr_un there = { .sun_family = AF_UNIX };
    snprintf(there.sun_path, sizeof there.sun_path, "%s", path);
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&there, sizeof there) < 0)
        fail(path);
    token_header = header;
    token = value;
    add(&output, text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    begin_frame(SETTINGS, 0, 0, 12);
    add_setting(TABLE_SIZE, 0);
    add_setting(INITIAL_WINDOW, WINDOW_MAX);
    widen(WINDOW_MAX - WINDOW_FIRST);
}

void begin_call(const char *method, struct slice message)
{
    static struct bytes headers, path;
    bool is_first = stream == 0;
    stream = is_first ? 1 : stream + 2;
    path.length = headers.length = body.length = 0;
    answered = taken = 0;
    has_ended = is_good = false;
    add(&path, text("/modal.client.ModalClient/"));
    add(&path, text(method));
    add_call_headers(&headers, slice_of(&path), token_header, token, is_first);
    begin_frame(HEADERS, END_HEADERS, stream, headers.length);
    add(&output, slice_of(&headers));
    if (message.length + MESSAGE_HEADER > PAYLOAD_MAX) {
        errno = EMSGSIZE;
        fail(method);
    }

    begin_frame(DATA, END_STREAM, stream, message.length + MESSAGE_HEADER);
    add_byte(&output, 0);
    add_u32(&output, (uint32_t)message.length);
    add(&output, message);
    send_all();
}

static void take_data(struct slice payload, bool is_ours)
{
    if (is_ours)
        add(&body, payload);
    consumed += payload.length;
    if (consumed > WINDOW_MAX / 2) {
        widen((uint32_t)consumed);
        consumed = 0;
    }
}

static void take_frame(const uint8_t *header, struct slice payload)
{
    bool is_ours = number_at(header + 5) == stream;
    unsigned flags = header[4];
    switch (header[3]) {
    case DATA:
        take_data(payload, is_ours);
        has_ended |= is_ours && flags & END_STREAM;
        break;
    case HEADERS:
        if (is_ours && flags & END_STREAM) {
            has_ended = true;
            is_good = is_success(payload);
        }
        break;
    case RESET:
        has_ended |= is_ours;
        break;
    case SETTINGS:
        if (!(flags & ACKNOWLEDGED))
            begin_frame(SETTINGS, ACKNOWLEDGED, 0, 0);
        break;
    case PING:
        if (!(flags & ACKNOWLEDGED)) {
            begin_frame(PING, ACKNOWLEDGED, 0, payload.length);
            add(&output, payload);
        }
        break;
    case GO_AWAY:
        errno = 0;
        fail("the appliance ends the connection");
    }
}

/* Reads once, which waits while nothing has come, and takes the frames that are whole. */
static void receive(void)
{
    uint8_t *room = extend(&input, READ_BYTES);
    ssize_t count = read(connection, room, READ_BYTES);
    input.length -= READ_BYTES - (count > 0 ? (size_t)count : 0);
    if (count < 0 && errno == EINTR)
        return;
    if (count <= 0)
        fail("the appliance has gone");

    size_t at = 0;
    while (input.length - at >= FRAME_HEADER) {
        size_t length = number_at(input.data + at) >> 8;
        if (input.length - at - FRAME_HEADER < length)
            break;
        take_frame(input.data + at, (struct slice){ input.data + at + FRAME_HEADER, length });
        at += FRAME_HEADER + length;
    }

    drop(&input, at);
    send_all();
}

bool next_answer(struct slice *answer)
{
    taken = answered;
    while (true) {
        if (body.length - taken >= MESSAGE_HEADER) {
            size_t length = number_at(body.data + taken + 1);
            if (body.length - taken - MESSAGE_HEADER >= length) {
                *answer = (struct slice){ body.data + taken + MESSAGE_HEADER, length };
                answered = taken + MESSAGE_HEADER + length;
                return true;
            }
        }

        if (has_ended)
            return false;
        receive();
    }
}

void leave_call(void)
{
    if (has_ended)
        return;
    begin_frame(RESET, 0, stream, sizeof(uint32_t));
    add_u32(&output, CANCEL);
    send_all();
}

struct slice call(const char *method, struct slice message)
{
    struct slice answer = { 0 }, more;
    begin_call(method, message);
    bool has_answer = next_answer(&answer);
    while (!has_ended)
        receive();
    if (!has_answer || !is_good || next_answer(&more)) {
        errno = 0;
        fail(method);
    }

    return (struct slice){ body.data + MESSAGE_HEADER, answer.length };
}
