#pragma once

/* Each takes its own arguments, ended by a null, and returns an exit status. */

int print(char **arguments);
int copy_input(char **arguments);
int write_file(char **arguments);
int read_file(char **arguments);
int take_memory(char **arguments);
int list_processes(char **arguments);
int show_gateway(char **arguments);
int listen_on(char **arguments);
int connect_to(char **arguments);
int end_with(char **arguments);
int sleep_for(char **arguments);

/* Says on standard error why something failed; returns the status for it. */
int fail(const char *what);
