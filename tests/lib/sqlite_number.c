/* Prints the number that a query of a SQLite file gives: sqlite_number FILE QUERY. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    sqlite3 *db;
    sqlite3_stmt *query;
    if (argc != 3 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return EXIT_FAILURE;
    sqlite3_busy_timeout(db, 5000);
    if (sqlite3_prepare_v2(db, argv[2], -1, &query, NULL) != SQLITE_OK || sqlite3_step(query) != SQLITE_ROW)
        return EXIT_FAILURE;
    printf("%" PRId64 "\n", (int64_t)sqlite3_column_int64(query, 0));
    sqlite3_finalize(query);
    sqlite3_close(db);
    return EXIT_SUCCESS;
}
