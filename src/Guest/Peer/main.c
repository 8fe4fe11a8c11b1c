/*
 * Stands where a function's container starts the client's program, in an image that has no Python: asks the appliance
 * for inputs, does what they ask for, and sends the results (contracts/modal.md §4). The self-test's functions run in
 * it, and what the appliance itself costs is measured with it.
 */
#include "container.h"
#include "message.h"
#include "server.h"
#include "work.h"

#include <stdlib.h>

/* FunctionGetInputsRequest, its response, FunctionGetInputsItem and FunctionInput. */
enum { BATCH_MAX_SIZE = 11, BATCH_LINGER_MS = 12 };
enum { INPUTS = 3 };
enum { ITEM_INPUT_ID = 1, ITEM_INPUT = 2, ITEM_KILL_SWITCH = 3, ITEM_CALL_ID = 5, ITEM_RETRY_COUNT = 7 };
enum { ARGUMENTS = 1, METHOD_NAME = 11 };

/* FunctionPutOutputsRequest, its items, and GenericResult. */
enum { OUTPUTS = 4 };
enum { INPUT_ID = 1, RESULT = 2, OUTPUT_FORMAT = 7, RETRY_COUNT = 8, CALL_ID = 9 };
enum { STATUS = 1, EXCEPTION = 2, DATA = 5 };
enum { SUCCESS = 1, FAILURE = 2 };

enum { OUTPUTS_MAX = 20 };

static struct container container;

static void add_output(struct bytes *request, struct slice item, const struct outcome *outcome)
{
    static struct bytes output, result;
    add_number(&result, STATUS, outcome->error ? FAILURE : SUCCESS);
    if (outcome->error)
        add_content(&result, EXCEPTION, text(outcome->error));
    else
        add_content(&result, DATA, outcome->data);
    add_content(&output, INPUT_ID, find_field(item, ITEM_INPUT_ID).content);
    add_message(&output, RESULT, &result);
    add_number(&output, OUTPUT_FORMAT, outcome->format);
    add_number(&output, RETRY_COUNT, find_field(item, ITEM_RETRY_COUNT).value);
    add_content(&output, CALL_ID, find_field(item, ITEM_CALL_ID).content);
    add_message(request, OUTPUTS, &output);
}

static struct outcome work_on(struct slice item)
{
    struct slice input = find_field(item, ITEM_INPUT).content;
    struct job job = {
        .call_id = find_field(item, ITEM_CALL_ID).content,
        .arguments = find_field(input, ARGUMENTS).content,
        .method = find_field(input, METHOD_NAME).content,
    };
    return container.is_web ? answer_web(&job) : compute(&container, &job);
}

static void put(struct bytes *outputs)
{
    if (outputs->length > 0)
        call("FunctionPutOutputs", slice_of(outputs));
    outputs->length = 0;
}

/* False when there are to be no more. */
static bool serve(struct slice inputs)
{
    static struct bytes outputs;
    struct field field;
    bool goes_on = true;
    for (unsigned count = 1; next_field(&inputs, &field); count++) {
        if (field.number != INPUTS)
            continue;
        if (find_field(field.content, ITEM_KILL_SWITCH).value) {
            goes_on = false;
            continue;
        }

        struct outcome outcome = work_on(field.content);
        add_output(&outputs, field.content, &outcome);
        if (count % OUTPUTS_MAX == 0)
            put(&outputs);
    }

    put(&outputs);
    return goes_on;
}

int main(void)
{
    static struct bytes question, inputs;
    container = read_container();
    connect_to((const char *)container.door.data, container.token_header, container.token);
    call("ContainerHello", text(""));
    add_number(&question, BATCH_MAX_SIZE, container.batch_max);
    add_number(&question, BATCH_LINGER_MS, container.linger_ms);
    do {
        /* Calls that are made meanwhile use the same memory for their answers. */
        inputs.length = 0;
        add(&inputs, call("FunctionGetInputs", slice_of(&question)));
    } while (serve(slice_of(&inputs)));
    return EXIT_SUCCESS;
}
