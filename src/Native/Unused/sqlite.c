/* Extensions of SQLite that every connection would set up: full-text search, R-trees, statistics of pages. */

int sqlite3Fts3Init(void *connection) { (void)connection; return 0; }
int sqlite3Fts5Init(void *connection) { (void)connection; return 0; }
int sqlite3RtreeInit(void *connection) { (void)connection; return 0; }
int sqlite3DbstatRegister(void *connection) { (void)connection; return 0; }
