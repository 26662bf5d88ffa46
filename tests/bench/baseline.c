/* Uses the service's columns, unique index and pragmas. */
#include "baseline.h"

#include "requests.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct baseline {
    sqlite3 *db;
    sqlite3_stmt *insert;
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE student (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, name_folded TEXT NOT "
    "NULL,"
    " age INTEGER NOT NULL, br_document TEXT NOT NULL, email TEXT NOT NULL, revision INTEGER NOT NULL "
    "DEFAULT 1,"
    " create_time INTEGER NOT NULL, update_time INTEGER NOT NULL, delete_time INTEGER) STRICT;"
    "CREATE UNIQUE INDEX student_br_document ON student (br_document) WHERE delete_time IS NULL;";

static const char insert[] =
    "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
    " VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?5)";

static void print_error(const baseline *b)
{
    fprintf(stderr, "bench: SQLite: %s\n", sqlite3_errmsg(b->db));
}

baseline *baseline_open(const char *path)
{
    baseline *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    if (sqlite3_open(path, &b->db) == SQLITE_OK &&
        sqlite3_exec(b->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(b->db, insert, -1, &b->insert, NULL) == SQLITE_OK)
        return b;
    print_error(b);
    baseline_close(b);
    return NULL;
}

void baseline_close(baseline *b)
{
    if (b == NULL)
        return;
    sqlite3_finalize(b->insert);
    sqlite3_close(b->db);
    free(b);
}

bool baseline_insert(baseline *b, uint32_t first, size_t count)
{
    aluno_student student;
    for (size_t i = 0; i < count; i++) {
        request_student(first + (uint32_t)i, &student);
        sqlite3_bind_text(b->insert, 1, student.name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(b->insert, 2, student.age);
        sqlite3_bind_text(b->insert, 3, student.br_document, -1, SQLITE_STATIC);
        sqlite3_bind_text(b->insert, 4, student.email, -1, SQLITE_STATIC);
        sqlite3_bind_int64(b->insert, 5, 1700000000000);
        const bool done = sqlite3_step(b->insert) == SQLITE_DONE;
        sqlite3_reset(b->insert);
        if (!done) {
            print_error(b);
            return false;
        }
    }
    return true;
}
