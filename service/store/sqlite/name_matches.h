/* The SQL function that matches names with the words of a search. */
#ifndef ALUNOD_SQLITE_NAME_MATCHES_H
#define ALUNOD_SQLITE_NAME_MATCHES_H

#include <sqlite3.h>
#include <stdbool.h>

/* Letters, digits and all that is not ASCII are parts of words; after anything else a word begins. */
bool name_is_word_byte(unsigned char c);

/* Defines name_matches(folded name, folded words) on a connection: whether each word begins a word of the
 * name. Returns SQLite's result. */
int name_matches_define(sqlite3 *db);

#endif
