#pragma once

#include "container.h"

/* What an input asks for. */
struct job {
    struct slice call_id, arguments, method;
};

/* What came of it. */
struct outcome {
    /* What went wrong; null where nothing did. */
    const char *error;
    uint64_t format;
    /* Good until the next job. */
    struct slice data;
};

/* The square of a number; or, for the method "add" of a class, the sum of all that its instance was given so far. */
struct outcome compute(struct container *container, const struct job *job);

/* Answers a web request with its path and its body in capitals. */
struct outcome answer_web(const struct job *job);
