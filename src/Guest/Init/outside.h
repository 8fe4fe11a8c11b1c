#pragma once

/*
 * Under gVisor: names, one a line, the processes that hold files of the machine beside the FIRST ones, which belong to
 * process 1. A program that was started with an exec gave them such files as its standard streams.
 * Returns the exit status: 0, or 1 where /proc cannot be read.
 */
int list_outside(int first);
