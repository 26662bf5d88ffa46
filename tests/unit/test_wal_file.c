/* The write-ahead log gathers what is written. A write that fails after SQLite took it for done loses the
 * whole transaction. */
#include "layered_file.h"
#include "store_file.h"

#include "store/sqlite/file_layer.h"

#include <stdatomic.h>

static atomic_bool disk_is_full;

static int full_xWrite(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    return atomic_load(&disk_is_full) ? SQLITE_FULL : layered_xWrite(file, bytes, size, at);
}

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int keep_text(void *out, int columns, char **values, char **names)
{
    (void)columns, (void)names;
    snprintf(out, 64, "%s", values[0]);
    return 0;
}

static sqlite3 *open_database(const store_bed *bed)
{
    sqlite3 *db;
    assert_int_equal(
        sqlite3_open_v2(bed->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, file_layer()), SQLITE_OK);
    assert_int_equal(run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0;"
                             "PRAGMA temp_store = MEMORY; PRAGMA cache_size = 10;"
                             "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT UNIQUE)"),
                     SQLITE_OK);
    return db;
}

/* Larger than the cache, so that pages go to the log before the commit, and are read from there. */
static int add_notes(sqlite3 *db)
{
    return run(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                   " INSERT INTO note SELECT i, printf('%0200d', i) FROM n");
}

static void check_integrity(sqlite3 *db)
{
    char found[64] = "";
    assert_int_equal(sqlite3_exec(db, "PRAGMA integrity_check", keep_text, found, NULL), SQLITE_OK);
    assert_string_equal(found, "ok");
}

/* Reading a page from the log writes what is gathered first. On a full disk SQLite would undo the statement
 * alone, and commit the rest. */
static void test_a_read_on_a_full_disk_undoes_the_transaction(void **state)
{
    sqlite3 *db = open_database(*state);
    assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
    assert_int_equal(add_notes(db), SQLITE_OK);
    assert_int_equal(run(db, "PRAGMA cache_size = 1000"), SQLITE_OK); /* reading writes no further page */
    atomic_store(&disk_is_full, true);
    const int failure = run(db, "UPDATE note SET text = text || 'x'");
    atomic_store(&disk_is_full, false);
    run(db, "COMMIT");
    check_integrity(db);
    assert_int_equal(failure, SQLITE_IOERR);
    assert_int_equal(add_notes(db), SQLITE_OK);
    check_integrity(db);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int set_up(void **state)
{
    atomic_store(&disk_is_full, false);
    return bed_make_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        test_a_read_on_a_full_disk_undoes_the_transaction, set_up, bed_tear_down)};
    layered_methods.xWrite = full_xWrite;
    layered_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
