#pragma once

#include "bytes.h"

/* gRPC over one HTTP/2 connection to the appliance, one call at a time. Ends the program when the connection breaks. */

/* Connects to a Unix socket. Each call brings the header. */
void connect_to(const char *path, struct slice header, struct slice value);

/* Begins a call of a method of ModalClient with its one message. */
void begin_call(const char *method, struct slice message);

/* The next message of the answer, good until the next question. False when the call has ended. */
bool next_answer(struct slice *answer);

/* Has heard enough of the call. */
void leave_call(void);

/* Calls a method that answers with one message. Ends the program where the call fails. */
struct slice call(const char *method, struct slice message);
