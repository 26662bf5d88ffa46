/* The function of SQL that searches are made with. */
#ifndef ALUNOD_STORE_SEARCH_H
#define ALUNOD_STORE_SEARCH_H

#include <sqlite3.h>

/* Gives a connection name_matches(folded name, folded words). Returns SQLite's result. */
int search_define(sqlite3 *db);

#endif
