/* The function of SQL that searches are made with. */
#ifndef ALUNOD_STORE_NAME_MATCHES_H
#define ALUNOD_STORE_NAME_MATCHES_H

#include <sqlite3.h>

/* Gives a connection name_matches(folded name, folded words). Returns SQLite's result. */
int name_matches_define(sqlite3 *db);

#endif
