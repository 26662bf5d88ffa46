/* Backups: whole, private and consistent while changes go on; refused when they are damaged; put back in the
 * database's place. */
#include "store_file.h"
#include "store_load.h"

#include <sys/stat.h>

static aluno_code back_up(store_bed *bed, const char *file, struct store_facts *facts, aluno_error *error)
{
    return store_back_up(bed->store, in_folder(bed, "copy.unfinished"), file, NULL, facts, error);
}

/* Makes a backup, which must succeed. */
static struct store_facts made(store_bed *bed, const char *file)
{
    struct store_facts facts;
    aluno_error error;
    if (back_up(bed, file, &facts, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    return facts;
}

static void check_refused_copy(const char *file, const char *what)
{
    struct store_facts facts;
    aluno_error error;
    assert_int_equal(store_inspect(file, &facts, &error), ALUNO_INTERNAL);
    assert_string_equal(error.reason, "BACKUP_FAILED");
    if (strncmp(error.detail, file, strlen(file)) != 0 || !strstr(error.detail, what))
        fail_msg("\"%s\" does not say \"%s\"", error.detail, what);
}

static void alter_file(const char *path, const char *sql)
{
    alter_by(file_layer(), path, sql);
}

static void test_backup_is_whole_and_private(void **state)
{
    store_bed *bed = *state;
    struct stat found;
    const char *file = in_folder(bed, "copy?#%.db");
    bed_insert(bed, "Ana", 1);
    bed_insert(bed, "Bia", 2);
    const struct store_facts facts = made(bed, file);
    assert_int_equal(facts.students, 2);
    assert_int_equal(stat(file, &found), 0);
    assert_int_equal(found.st_size, facts.size);
    assert_int_equal(found.st_mode & 07777, 0600);
    assert_int_equal(access(in_folder(bed, "copy.unfinished"), F_OK), -1);
    bed_insert(bed, "Eva", 3); /* the store goes on */
}

/* A copy has every student stored before it began, and none that was not stored when it ended. */
static void test_backup_while_students_are_stored(void **state)
{
    enum { COPIES = 10 };
    struct load load = {.bed = *state};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, insert_students, &load), 0);
    for (int i = 0; i < COPIES; i++) {
        char name[32];
        const int before = atomic_load(&load.stored);
        snprintf(name, sizeof name, "copy-%d.db", i);
        const struct store_facts facts = made(load.bed, in_folder(load.bed, name));
        assert_in_range(facts.students, before, atomic_load(&load.stored) + 1);
    }
    atomic_store(&load.stopping, true);
    pthread_join(thread, NULL);
}

static void test_backup_that_is_stopped_leaves_nothing(void **state)
{
    store_bed *bed = *state;
    const atomic_bool stop = true;
    struct store_facts facts;
    aluno_error error;
    for (int i = 1; i <= 200; i++)
        bed_insert(bed, "Ana", i);
    const char *file = in_folder(bed, "copy.db"), *unfinished = in_folder(bed, "copy.unfinished");
    assert_int_equal(store_back_up(bed->store, unfinished, file, &stop, &facts, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "interrupted"));
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(access(unfinished, F_OK), -1);
}

static void test_backup_into_no_folder_is_refused(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    const char *unfinished = in_folder(bed, "missing/copy.unfinished");
    assert_int_equal(
        store_back_up(bed->store, unfinished, in_folder(bed, "missing/copy.db"), NULL, &facts, &error),
        ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "No such file or directory"));
}

/* The file alone is read, whatever its name; it is not changed and nothing is made beside it. */
static void test_damaged_copies_are_refused(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    uint8_t garbage[4096];
    char version[64];
    const char *file = in_folder(bed, "copy.db");
    for (int i = 1; i <= 200; i++)
        bed_insert(bed, "Ana", i);
    made(bed, file);
    assert_int_equal(store_inspect(file, &facts, &error), ALUNO_OK);

    alter_file(file, "UPDATE student_total SET live = 199");
    check_refused_copy(file, "counts 199 students and has 200");
    alter_file(file, "UPDATE student_total SET live = 200; PRAGMA user_version = 99");
    check_refused_copy(file, "has schema version 99");
    snprintf(version, sizeof version, "PRAGMA user_version = %d; PRAGMA application_id = 7",
             store_schema_version(bed->store));
    alter_file(file, version);
    check_refused_copy(file, "of another program");
    alter_file(file, "PRAGMA application_id = 0x616c756e; DROP TABLE search_column");
    check_refused_copy(file, "no such table: search_column");

    assert_int_equal(unlink(file), 0);
    made(bed, file);
    memset(garbage, 0xa5, sizeof garbage);
    write_at(file, 4 * 4096, garbage, sizeof garbage);
    check_refused_copy(file, "is damaged");
    assert_int_equal(truncate(file, 6000), 0);
    check_refused_copy(file, file);
    write_file(file, "name;age", 8);
    check_refused_copy(file, "is not a database");
    assert_int_equal(truncate(file, 0), 0);
    check_refused_copy(file, "has no students' tables");
    assert_int_equal(unlink(file), 0);
    check_refused_copy(file, "No such file or directory");
}

/* ---- restoring ---- */

static aluno_code restore(store_bed *bed, const char *file, char aside[160], aluno_error *error)
{
    struct store_facts facts;
    return store_restore(bed->path, file, aside, 160, &facts, error);
}

/* The replaced database keeps its log, so nothing of it is lost; the restored one has none. */
static void test_restore_sets_the_database_aside(void **state)
{
    store_bed *bed = *state;
    char aside[160], log[170];
    aluno_error error;
    const char *file = in_folder(bed, "copy.db");
    bed_insert(bed, "Ana", 1);
    made(bed, file);
    bed_insert(bed, "Bia", 2);
    assert_int_equal(restore(bed, file, aside, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "is in use by another alunod"));
    bed_close(bed);
    write_file(in_folder(bed, "aluno.db-wal"), "an old log", 10);

    if (restore(bed, file, aside, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(access(in_folder(bed, "aluno.db-wal"), F_OK), -1);
    snprintf(log, sizeof log, "%s-wal", aside);
    assert_int_equal(access(log, F_OK), 0);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
    bed_close(bed);

    assert_int_equal(unlink(log), 0);
    assert_int_equal(rename(aside, bed->path), 0);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 2);
}

static void test_restore_refuses_and_changes_nothing(void **state)
{
    store_bed *bed = *state;
    char aside[160], file[128];
    aluno_error error;
    snprintf(file, sizeof file, "%s", in_folder(bed, "copy.db"));
    bed_insert(bed, "Ana", 1);
    made(bed, file);
    bed_close(bed);

    write_file(in_folder(bed, "copy.db-wal"), "log", 3);
    assert_int_equal(restore(bed, file, aside, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "has a write-ahead log beside it"));
    assert_int_equal(unlink(in_folder(bed, "copy.db-wal")), 0);
    write_file(in_folder(bed, "aluno.db.erased"), "nobody\n", 7);
    assert_int_equal(restore(bed, file, aside, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "line 1 is no tombstone"));
    assert_int_equal(access(in_folder(bed, "aluno.db.restore.unfinished"), F_OK), -1);
    assert_int_equal(unlink(in_folder(bed, "aluno.db.erased")), 0);
    alter_file(file, "DELETE FROM student");
    assert_int_equal(restore(bed, file, aside, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "copy.db: is damaged: it counts 1 students and has 0"));
    assert_int_equal(restore(bed, in_folder(bed, "missing.db"), aside, &error), ALUNO_INTERNAL);
    assert_int_equal(access(in_folder(bed, "aluno.db.restore.unfinished"), F_OK), -1);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
}

/* The database's path takes all the room of a message; the copy's name is reported. */
static void test_refused_copy_is_named_at_a_long_path(void **state)
{
    store_bed *bed = *state;
    char folder[320], path[340], name[241], aside[160];
    struct store_facts facts;
    aluno_error error;
    const char *file = in_folder(bed, "copy.db");
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(folder, sizeof folder, "%s/%s", bed->folder, name);
    snprintf(path, sizeof path, "%s/a.db", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    write_file(file, "name;age", 8);
    assert_int_equal(store_restore(path, file, aside, sizeof aside, &facts, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "copy.db: is not a database"));
    snprintf(path, sizeof path, "%s/a.db.lock", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* A restore that was killed after its first step leaves DATABASE.restoring, and maybe no database. */
static void test_interrupted_restore_is_run_again(void **state)
{
    store_bed *bed = *state;
    char aside[160];
    aluno_error error;
    const char *restoring = in_folder(bed, "aluno.db.restoring");
    bed_insert(bed, "Ana", 1);
    made(bed, restoring);
    bed_close(bed);
    assert_int_equal(unlink(bed->path), 0);

    check_refused(bed->path, "its restore was interrupted; run it again: alunod restore");
    assert_int_equal(access(bed->path, F_OK), -1);
    if (restore(bed, restoring, aside, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_string_equal(aside, "");
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
}

/* The same at a database that a symbolic link leads to, which dangles between two steps of the restore. */
static void test_interrupted_restore_is_noticed_through_a_link(void **state)
{
    store_bed *bed = *state;
    char aside[160];
    struct store_facts facts;
    int64_t version, newest;
    aluno_error error;
    const char *link = in_folder(bed, "link.db"), *restoring = in_folder(bed, "aluno.db.restoring");
    bed_insert(bed, "Ana", 1);
    made(bed, restoring);
    bed_close(bed);
    assert_int_equal(symlink("aluno.db", link), 0);

    for (int i = 0; i < 2; i++) {
        check_refused(bed->path, "its restore was interrupted");
        assert_int_equal(store_open(&bed->store, link, 1, &error), ALUNO_INVALID_ARGUMENT);
        assert_non_null(strstr(error.detail, "its restore was interrupted"));
        assert_int_equal(store_peek(link, &version, &newest, &error), ALUNO_INVALID_ARGUMENT);
        assert_int_equal(i == 0 ? unlink(bed->path) : access(bed->path, F_OK), i == 0 ? 0 : -1);
    }
    if (store_restore(link, restoring, aside, sizeof aside, &facts, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(readlink(link, aside, sizeof aside), 8);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
}

/* ---- the lock of a command ---- */

static void test_lock_follows_no_link(void **state)
{
    store_bed *bed = *state;
    char aside[160];
    aluno_error error;
    const char *lock = in_folder(bed, "aluno.db.lock"), *victim = in_folder(bed, "victim");
    bed_close(bed);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(symlink(victim, lock), 0);
    assert_int_equal(restore(bed, in_folder(bed, "copy.db"), aside, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "aluno.db.lock cannot be opened"));
    assert_int_equal(access(victim, F_OK), -1);
}

/* Root runs a command before the service's first start. */
static void test_lock_belongs_to_the_owner_of_the_database(void **state)
{
    enum { OWNER = 4321 };
    store_bed *bed = *state;
    char aside[160];
    struct stat found;
    struct store_facts facts;
    aluno_error error;
    const char *lock = in_folder(bed, "aluno.db.lock"), *file = in_folder(bed, "copy.db");
    if (geteuid() != 0)
        skip();
    bed_close(bed);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(chown(bed->path, OWNER, OWNER), 0);
    const char *unfinished = in_folder(bed, "copy.unfinished");
    assert_int_equal(store_back_up_file(bed->path, unfinished, file, &facts, &error), ALUNO_OK);
    assert_int_equal(stat(lock, &found), 0);
    assert_int_equal(found.st_uid, OWNER);

    assert_int_equal(unlink(lock), 0);
    assert_int_equal(unlink(bed->path), 0);
    assert_int_equal(chown(bed->folder, OWNER, OWNER), 0);
    assert_int_equal(restore(bed, file, aside, &error), ALUNO_OK);
    assert_int_equal(stat(lock, &found), 0);
    assert_int_equal(found.st_gid, OWNER);
    assert_int_equal(stat(bed->path, &found), 0);
    assert_int_equal(found.st_uid, OWNER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_backup_is_whole_and_private),
        TEST(test_backup_while_students_are_stored),
        TEST(test_backup_that_is_stopped_leaves_nothing),
        TEST(test_backup_into_no_folder_is_refused),
        TEST(test_damaged_copies_are_refused),
        TEST(test_restore_sets_the_database_aside),
        TEST(test_restore_refuses_and_changes_nothing),
        TEST(test_refused_copy_is_named_at_a_long_path),
        TEST(test_interrupted_restore_is_run_again),
        TEST(test_interrupted_restore_is_noticed_through_a_link),
        TEST(test_lock_follows_no_link),
        TEST(test_lock_belongs_to_the_owner_of_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
