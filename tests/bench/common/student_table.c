#include "student_table.h"

#include "made.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS "id, name, age, br_document, email"

struct student_table {
    sqlite3 *db;
    sqlite3_stmt *insert, *get, *page, *begin, *commit;
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
    "PRAGMA mmap_size = 268435456;"
    "CREATE TABLE IF NOT EXISTS student (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL,"
    " br_document TEXT NOT NULL UNIQUE, email TEXT NOT NULL, create_time INTEGER NOT NULL DEFAULT 0,"
    " update_time INTEGER NOT NULL DEFAULT 0) STRICT;";

static void check(const student_table *t, int result, int expected)
{
    if (result == expected)
        return;
    fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(t->db));
    exit(EXIT_FAILURE);
}

static sqlite3_stmt *prepare(const student_table *t, const char *sql)
{
    sqlite3_stmt *statement;
    check(t, sqlite3_prepare_v3(t->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
    return statement;
}

static void run(const student_table *t, sqlite3_stmt *statement)
{
    check(t, sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

/* Calls `each` for every row of a statement whose parameters are bound. */
static int read_rows(sqlite3_stmt *s, student_each *each, void *user)
{
    int count = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; count++) {
        const student_row row = {
            .id = sqlite3_column_int64(s, 0),
            .name = (const char *)sqlite3_column_text(s, 1),
            .age = sqlite3_column_int(s, 2),
            .br_document = (const char *)sqlite3_column_text(s, 3),
            .email = (const char *)sqlite3_column_text(s, 4),
        };
        each(user, &row);
    }
    sqlite3_reset(s);
    return count;
}

bool table_get(student_table *t, int64_t id, student_each *each, void *user)
{
    sqlite3_bind_int64(t->get, 1, id);
    return read_rows(t->get, each, user) == 1;
}

int table_page(student_table *t, int64_t after, int limit, student_each *each, void *user)
{
    sqlite3_bind_int64(t->page, 1, after);
    sqlite3_bind_int(t->page, 2, limit);
    return read_rows(t->page, each, user);
}

int64_t table_insert(student_table *t, const student_row *row)
{
    sqlite3_bind_text(t->insert, 1, row->name, -1, SQLITE_STATIC);
    sqlite3_bind_int(t->insert, 2, row->age);
    sqlite3_bind_text(t->insert, 3, row->br_document, -1, SQLITE_STATIC);
    sqlite3_bind_text(t->insert, 4, row->email, -1, SQLITE_STATIC);
    run(t, t->insert);
    return sqlite3_last_insert_rowid(t->db);
}

void table_begin(student_table *t)
{
    run(t, t->begin);
}

void table_commit(student_table *t)
{
    run(t, t->commit);
}

static void fill(student_table *t, int64_t students)
{
    table_begin(t);
    for (int64_t i = 1; i <= students; i++) {
        made from;
        made_student((uint64_t)i, &from);
        const student_row row = {
            .name = from.name, .br_document = from.br_document, .email = from.email, .age = from.age};
        table_insert(t, &row);
    }
    table_commit(t);
}

static void ignore(void *user, const student_row *row)
{
    (void)user, (void)row;
}

student_table *table_open(const char *path, int64_t students)
{
    student_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        exit(EXIT_FAILURE);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    check(t, sqlite3_open_v2(path, &t->db, flags, NULL), SQLITE_OK);
    check(t, sqlite3_busy_timeout(t->db, 5000), SQLITE_OK);
    check(t, sqlite3_exec(t->db, schema, NULL, NULL, NULL), SQLITE_OK);
    t->insert = prepare(t, "INSERT INTO student (name, age, br_document, email) VALUES (?1, ?2, ?3, ?4)");
    t->get = prepare(t, "SELECT " COLUMNS " FROM student WHERE id = ?1");
    t->page = prepare(t, "SELECT " COLUMNS " FROM student WHERE id > ?1 ORDER BY id LIMIT ?2");
    t->begin = prepare(t, "BEGIN IMMEDIATE");
    t->commit = prepare(t, "COMMIT");
    if (!table_get(t, 1, ignore, NULL))
        fill(t, students);
    return t;
}

void table_close(student_table *t)
{
    sqlite3_stmt *const statements[] = {t->insert, t->get, t->page, t->begin, t->commit};
    for (unsigned i = 0; i < sizeof statements / sizeof *statements; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(t->db);
    free(t);
}
