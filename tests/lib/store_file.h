/* The store's file while no store is open: changed by SQL, damaged, and refused. */
#ifndef ALUNO_TESTS_STORE_FILE_H
#define ALUNO_TESTS_STORE_FILE_H

#include "store_bed.h"

#include "store/sqlite/file_layer.h"
#include "store/sqlite/reply_parts.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/search_posting.h"
#include "store/sqlite/uuid.h"

#include <fcntl.h>
#include <string.h>

/* The path of a file in the folder of the store; one of the last four. */
static inline const char *in_folder(const store_bed *bed, const char *name)
{
    static char paths[4][160];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", bed->folder, name);
    return path;
}

/* Runs SQL on a file that no store has open, by the file layer with that name; NULL: as the sqlite3 program
 * does, so that the pages it changes have no digest. */
static inline void alter_by(const char *layer, const char *path, const char *sql)
{
    sqlite3 *db;
    char *problem = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer),
                     SQLITE_OK);
    uuid_define(db);
    reply_parts_define(db);
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s", problem);
    sqlite3_close(db);
}

/* Changes rows of the store's file, whose pages keep their digests. */
static inline void alter(const store_bed *bed, const char *sql)
{
    alter_by(file_layer(), bed->path, sql);
}

/* Moves the students with ids above `last` to the next segment of the search index: the first one is full,
 * and is indexed when the store is opened. */
static inline void split_segment(const store_bed *bed, int last)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "DELETE FROM search_column; DELETE FROM search_index;"
             "UPDATE student SET id = id + %d WHERE id BETWEEN %d AND %d",
             SEGMENT_SIZE, last + 1, SEGMENT_SIZE - 1);
    alter(bed, sql);
}

static inline int64_t indexed_segments(store_bed *bed)
{
    return bed_number(bed, "SELECT count(*) FROM search_column WHERE kind = 0");
}

/* Makes a database without digests, as older programs did. It has one student. */
static inline void make_without_digests(const char *path)
{
    char version[64];
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    uuid_define(db);
    reply_parts_define(db);
    for (int i = 0; i < store_migration_count; i++)
        assert_int_equal(sqlite3_exec(db, store_migrations[i], NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    snprintf(version, sizeof version, "PRAGMA journal_mode = WAL; PRAGMA user_version = %d",
             store_migration_count);
    alter_by(NULL, path, version);
    alter_by(NULL, path,
             "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
             " VALUES ('Ana', 'ana', 20, 52998224725, 'a@example.com', 1, 1)");
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static inline void write_at(const char *path, off_t offset, const void *bytes, size_t size)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, bytes, size, offset), size);
    close(fd);
}

/* Opening the path must fail with OPTION_INVALID. The detail begins with the option and contains `what`. */
static inline void check_refused(const char *path, const char *what)
{
    char start[160];
    struct store *opened;
    aluno_error error;
    assert_int_equal(store_open(&opened, path, 1, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "OPTION_INVALID");
    snprintf(start, sizeof start, "--db %s: ", path);
    if (strncmp(error.detail, start, strlen(start)) != 0 || !strstr(error.detail, what))
        fail_msg("\"%s\" does not say \"%s\"", error.detail, what);
}

#endif
