#pragma once

#include "bytes.h"

/* What a container is told at its start. */
struct container {
    struct slice door, token_header, token;
    /* Whether its function answers web requests. */
    bool is_web;
    /* How many inputs it takes at once, and for how many milliseconds it waits for them. */
    uint64_t batch_max, linger_ms;
    /* What an instance of a class was made with. */
    uint64_t parameter;
};

/* Reads it from the environment and the file that this names. Ends the program where something is missing. */
struct container read_container(void);
