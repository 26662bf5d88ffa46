/* Reads both headers. */
#include "wal_match.h"

#include "log.h"
#include "path.h"
#include "protocol/error.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SALTS_AT = 16 };

typedef char log_name[PATH_MAX + 8];

struct log_salts wal_salts(const uint8_t *header)
{
    struct log_salts salts;
    memcpy(salts.bytes, header + SALTS_AT, sizeof salts.bytes);
    return salts;
}

static void write_name(const char *database, log_name log)
{
    snprintf(log, sizeof(log_name), "%s-wal", database);
}

static bool are_same(const struct log_salts *a, const struct log_salts *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Reads the header of a log, and the first byte of its first frame; false when it has none. SQLite ignores a
 * log with another beginning. */
static bool read_log(const char *log, uint8_t header[WAL_HEADER + 1])
{
    static const uint8_t magic[] = {0x37, 0x7f, 0x06};
    return path_read_at(log, 0, header, WAL_HEADER + 1) && memcmp(header, magic, sizeof magic) == 0;
}

static bool had_digests(const char *database)
{
    char lock[PATH_MAX + 8], byte;
    snprintf(lock, sizeof lock, "%s.lock", database);
    return path_read_at(lock, 0, &byte, sizeof byte);
}

static int read_page_size(const char *database)
{
    uint8_t header[PAGE_HEADER];
    return path_read_at(database, 0, header, sizeof header) ? page_size_with_digests(header) : 0;
}

bool wal_match_has_digests(const char *database)
{
    return read_page_size(database) != 0;
}

void wal_match_remember(int lock, bool has_digests)
{
    static const char text[] = "digests\n";
    if (ftruncate(lock, has_digests ? sizeof text - 1 : 0) == 0 && has_digests)
        (void)!pwrite(lock, text, sizeof text - 1, 0);
}

/* Reads the log before the stamp, which is written first: a service may be running. */
enum wal_match wal_match(const char *database)
{
    log_name log;
    uint8_t header[WAL_HEADER + 1];
    struct page_stamp stamp;
    write_name(database, log);
    if (!read_log(log, header))
        return WAL_NONE;
    const int page_size = read_page_size(database);
    if (page_size == 0 || !path_read_at(database, page_size - PAGE_RESERVE, &stamp, sizeof stamp))
        return had_digests(database) ? WAL_FOREIGN : WAL_FITS;
    const struct log_salts salts = wal_salts(header);
    if (are_same(&salts, &stamp.log))
        return WAL_FITS;
    return are_same(&salts, &stamp.log_before) ? WAL_OBSOLETE : WAL_FOREIGN;
}

static aluno_code refuse_foreign(const char *database, const char *log, aluno_error *error)
{
    return aluno__error_set(
        error, ALUNO_REASON_OPTION_INVALID,
        "--db %s: %s is of another database, whose place this file took; to go on with this "
        "file, move that one away; to restore a backup: alunod restore FILE",
        database, log);
}

aluno_code wal_match_check(const char *database, aluno_error *error)
{
    log_name log;
    write_name(database, log);
    return wal_match(database) == WAL_FOREIGN ? refuse_foreign(database, log, error) : ALUNO_OK;
}

aluno_code wal_match_settle(const char *database, aluno_error *error)
{
    log_name log;
    write_name(database, log);
    const enum wal_match match = wal_match(database);
    if (match == WAL_OBSOLETE && unlink(log) == 0) {
        (void)path_sync_folder(log); /* of an older log the database would know nothing */
        log_line(LOG_INFO, "A write-ahead log was removed: the database has all of it.", "file", log, NULL);
    }
    return match == WAL_FOREIGN ? refuse_foreign(database, log, error) : ALUNO_OK;
}
