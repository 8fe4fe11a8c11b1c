#define _GNU_SOURCE
#include "message.h"
#include "server.h"
#include "work.h"

#include <ctype.h>
#include <string.h>

enum { DATA_FORMAT_ASGI = 2, DATA_FORMAT_GENERATOR_DONE = 3, STATUS_OK = 200 };

/* FunctionCallGetDataRequest and FunctionCallPutDataRequest, DataChunk, Asgi and its pieces, GeneratorDone. */
enum { FUNCTION_CALL_ID = 1, DATA_CHUNKS = 2 };
enum { CHUNK_FORMAT = 1, CHUNK_DATA = 2, CHUNK_INDEX = 4 };
enum { HTTP_REQUEST = 2, RESPONSE_START = 3, RESPONSE_BODY = 4 };
enum { REQUEST_BODY = 1, MORE_BODY = 2, START_STATUS = 1, START_HEADERS = 2, BODY = 1 };
enum { ITEMS_TOTAL = 1 };

/* A text in a pickle: its code, its length in four bytes from the lowest on, and the bytes. */
enum { TEXT_CODE = 'X', TEXT_HEADER = 5 };

static struct slice text_at(const uint8_t *at, const uint8_t *end)
{
    if (end - at < TEXT_HEADER || at[0] != TEXT_CODE)
        return (struct slice){ 0 };
    size_t length = (size_t)at[1] | (size_t)at[2] << 8 | (size_t)at[3] << 16 | (size_t)at[4] << 24;
    return (size_t)(end - at - TEXT_HEADER) < length ? (struct slice){ 0 } : (struct slice){ at + TEXT_HEADER, length };
}

/* The value of "path" in the ASGI scope that a web request's input is. */
static struct slice find_path(struct slice scope)
{
    static const char key[] = { TEXT_CODE, 4, 0, 0, 0, 'p', 'a', 't', 'h' };
    const uint8_t *end = scope.data + scope.length;
    const uint8_t *found = memmem(scope.data, scope.length, key, sizeof key);
    return found ? text_at(found + sizeof key, end) : (struct slice){ 0 };
}

static void read_body(struct slice call_id, struct bytes *body)
{
    static struct bytes request;
    struct slice chunk;
    request.length = 0;
    add_content(&request, FUNCTION_CALL_ID, call_id);
    begin_call("FunctionCallGetDataIn", slice_of(&request));
    for (bool has_more = true; has_more && next_answer(&chunk);) {
        struct slice piece = find_field(find_field(chunk, CHUNK_DATA).content, HTTP_REQUEST).content;
        add(body, find_field(piece, REQUEST_BODY).content);
        has_more = find_field(piece, MORE_BODY).value;
    }

    leave_call();
}

static void add_chunk(struct bytes *request, unsigned index, unsigned kind, struct bytes *piece)
{
    static struct bytes message, chunk;
    add_message(&message, kind, piece);
    add_number(&chunk, CHUNK_FORMAT, DATA_FORMAT_ASGI);
    add_message(&chunk, CHUNK_DATA, &message);
    add_number(&chunk, CHUNK_INDEX, index);
    add_message(request, DATA_CHUNKS, &chunk);
}

struct outcome answer_web(const struct job *job)
{
    static struct bytes body, answer, piece, request, done;
    body.length = answer.length = request.length = done.length = 0;
    add(&answer, find_path(job->arguments));
    add_byte(&answer, ' ');
    read_body(job->call_id, &body);
    for (size_t each = 0; each < body.length; each++)
        add_byte(&answer, (unsigned)toupper(body.data[each]));

    add_content(&request, FUNCTION_CALL_ID, job->call_id);
    add_number(&piece, START_STATUS, STATUS_OK);
    add_content(&piece, START_HEADERS, text("content-type"));
    add_content(&piece, START_HEADERS, text("text/plain; charset=utf-8"));
    add_chunk(&request, 1, RESPONSE_START, &piece);
    add_message(&piece, BODY, &answer);
    add_chunk(&request, 2, RESPONSE_BODY, &piece);
    call("FunctionCallPutDataOut", slice_of(&request));
    add_number(&done, ITEMS_TOTAL, 2);
    return (struct outcome){ .format = DATA_FORMAT_GENERATOR_DONE, .data = slice_of(&done) };
}
