#pragma once

/* Empties a directory, however deep it is, without following a link. */
void remove_tree(const char *path);
