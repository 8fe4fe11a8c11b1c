#pragma once

/*
 * Under gVisor: names, one a line, the processes that hold files which a restored container could not find again, and one
 * such file of each. These are files of the machine beside the FIRST ones, which are process 1's (programs that an exec
 * started have such files as standard streams), files of volumes, and deleted ones.
 * Returns the exit status: 0, or 1 where /proc cannot be read.
 */
int list_outside(int first);
