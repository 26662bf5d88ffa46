/* A mirror of the school's students in a SQLite file of its own, which follows their changes as they happen:
 *
 *     example-mirror mirror.db [MS]
 *
 * It runs until it is ended, in whatever way, or until no change has come for MS milliseconds; and goes on
 * where it was. Each change is worked on exactly once, because the token from which the next one is asked for
 * is stored in the transaction of the work: here a row of the table student, and one of the table journal,
 * where the same place twice would be an error.
 *
 * The certificate files come from the environment: ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY. */
#include <aluno/aluno.h>

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS student (id INTEGER PRIMARY KEY, etag TEXT, name TEXT, age INTEGER);"
    "CREATE TABLE IF NOT EXISTS journal (place INTEGER PRIMARY KEY, kind TEXT, student_id INTEGER);"
    "CREATE TABLE IF NOT EXISTS watch (only INTEGER PRIMARY KEY CHECK (only = 1), token TEXT)";

typedef char watch_token[sizeof(((aluno_student_change *)NULL)->token)];

static void fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(EXIT_FAILURE);
}

/* Runs a statement with these parameters: i an int64_t, t a text. Ends the program when it fails. */
static void run(sqlite3 *db, const char *sql, const int64_t *numbers, const char *const *texts)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
    for (int i = 0; numbers != NULL && i < 2; i++)
        sqlite3_bind_int64(statement, i + 1, numbers[i]);
    for (int i = 0; texts != NULL && i < 2; i++)
        sqlite3_bind_text(statement, i + 3, texts[i], -1, SQLITE_STATIC);
    done = done && sqlite3_step(statement) == SQLITE_DONE;
    if (!done)
        fail(db, sql);
    sqlite3_finalize(statement);
}

static void put(sqlite3 *db, const aluno_student *student)
{
    run(db, "INSERT OR REPLACE INTO student (id, age, etag, name) VALUES (?1, ?2, ?3, ?4)",
        (int64_t[]){student->id, student->age}, (const char *[]){student->etag, student->name});
}

static void store_token(sqlite3 *db, const char *token)
{
    run(db, "INSERT OR REPLACE INTO watch VALUES (1, ?3)", NULL, (const char *[]){token, NULL});
}

/* A token that could not be read is not one that is missing: that would copy all students again. */
static bool read_token(sqlite3 *db, watch_token token)
{
    static const char sql[] = "SELECT token FROM watch";
    sqlite3_stmt *select = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &select, NULL) != SQLITE_OK)
        fail(db, sql);
    const int row = sqlite3_step(select);
    if (row != SQLITE_ROW && row != SQLITE_DONE)
        fail(db, sql);
    const bool found = row == SQLITE_ROW;
    if (found)
        snprintf(token, sizeof(watch_token), "%s", (const char *)sqlite3_column_text(select, 0));
    sqlite3_finalize(select);
    return found;
}

/* All students, and the token from which on their changes follow: that of the first page. Later changes that
 * the list already shows come again: their students are stored once more, as they are. */
static aluno_code copy_all(aluno_client *client, sqlite3 *db, aluno_error *error)
{
    static aluno_list_students_reply page;
    aluno_list_students_request request = {0};
    run(db, "BEGIN IMMEDIATE", NULL, NULL);
    run(db, "DELETE FROM student", NULL, NULL);
    do {
        const aluno_code code = aluno_list_students(client, &request, &page, NULL, error);
        if (code != ALUNO_OK) {
            run(db, "ROLLBACK", NULL, NULL);
            return code;
        }
        for (size_t i = 0; i < page.students.count; i++)
            put(db, &page.students.items[i]);
        if (page.has.watch_token)
            store_token(db, page.watch_token);
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
    run(db, "COMMIT", NULL, NULL);
    return ALUNO_OK;
}

/* A student that is not in the change is not among those that are watched, or no longer. */
static void apply(sqlite3 *db, const aluno_student_change *change)
{
    const int64_t numbers[] = {change->student_id, change->place};
    run(db, "BEGIN IMMEDIATE", NULL, NULL);
    if (change->has.student)
        put(db, &change->student);
    else
        run(db, "DELETE FROM student WHERE id = ?1", numbers, NULL);
    run(db, "INSERT INTO journal (student_id, place, kind) VALUES (?1, ?2, ?3)", numbers,
        (const char *[]){change->kind, NULL});
    store_token(db, change->token);
    run(db, "COMMIT", NULL, NULL);
}

static aluno_code follow(aluno_client *client, sqlite3 *db, int64_t quiet_ms, aluno_error *error)
{
    watch_token token;
    aluno_watch *watch;
    const aluno_student_change *change = NULL;
    aluno_watch_options options = ALUNO_WATCH_OPTIONS_INIT;
    options.after = read_token(db, token) ? token : NULL;
    aluno_code code = options.after == NULL ? copy_all(client, db, error) : ALUNO_OK;
    if (code == ALUNO_OK && options.after == NULL && read_token(db, token))
        options.after = token;
    if (code == ALUNO_OK)
        code = aluno_watch_open(&watch, client, &options, error);
    if (code != ALUNO_OK)
        return code;
    do {
        code = aluno_watch_next(watch, quiet_ms, &change, error);
        if (change != NULL)
            apply(db, change);
    } while (code == ALUNO_OK && change != NULL);
    aluno_watch_close(watch);
    return code;
}

int main(int argc, char *argv[])
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_client *client;
    aluno_error error;
    sqlite3 *db;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");
    if (argc < 2)
        return fprintf(stderr, "example-mirror FILE [MS]\n"), EXIT_FAILURE;
    /* The file waits for its readers from its first statement on: one of them may be undoing what a killed
     * mirror left. */
    if (sqlite3_open(argv[1], &db) != SQLITE_OK || sqlite3_busy_timeout(db, 5000) != SQLITE_OK ||
        sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
        fail(db, argv[1]);
    aluno_code code = aluno_client_open(&client, &options, &error);
    if (code != ALUNO_OK)
        return fprintf(stderr, "%s: %s\n", error.reason, error.message), EXIT_FAILURE;
    const int64_t quiet_ms = argc > 2 ? strtoll(argv[2], NULL, 10) : -1;
    code = follow(client, db, quiet_ms, &error);
    while (code == ALUNO_OUT_OF_RANGE) { /* the changes since then are not known: begin anew */
        run(db, "DELETE FROM watch", NULL, NULL);
        run(db, "DELETE FROM journal", NULL, NULL); /* another database gives the same places to others */
        code = follow(client, db, quiet_ms, &error);
    }
    aluno_client_close(client);
    sqlite3_close(db);
    if (code != ALUNO_OK)
        return fprintf(stderr, "%s: %s\n", error.reason, error.message), EXIT_FAILURE;
    return EXIT_SUCCESS;
}
