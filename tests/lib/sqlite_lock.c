/* Locks a SQLite file against all others until it is ended: sqlite_lock FILE. It prints "locked" once it has.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    sqlite3 *db;
    if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK)
        return EXIT_FAILURE;
    if (puts("locked") < 0 || fflush(stdout) != 0)
        return EXIT_FAILURE;
    return pause();
}
