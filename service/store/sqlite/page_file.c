/* Detects bit rot when a page is read from the disk. That covers every page, also those of indexes, and costs
 * nothing while a page is in SQLite's cache. A digest for each row would cover neither indexes nor the
 * ledger, and would cost something at each read. SQLite's own extension for this (cksumvfs) is not in the
 * distributions' library, and in WAL mode it changes pages without their checksums in the log.
 *
 * The digest is written when a page goes into the database's file: by a checkpoint, a VACUUM, a migration.
 * Until then, usually for seconds, the page is in the log, whose checksums SQLite compares when it recovers
 * the log. A page whose digest does not match is SQLITE_CORRUPT for the statement that reads it; other pages
 * are served.
 *
 * A database without reserved bytes has no digests; upgrade.c gives it some. The sqlite3 program can open the
 * file, and what it changes has no digest: seal.c. */
#include "page_file.h"

#include "log.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page_file {
    const sqlite3_io_methods *base;
    sqlite3_io_methods methods; /* the base's, except those below */
    const char *name;
    int page_size; /* 0: its pages have no digests, or the header was not read yet */
    bool is_new;   /* it was empty when it was opened, and has no header yet */
    struct page_stamp stamp;
    uint8_t *page; /* room for one that is written; NULL until the first */
};

static atomic_uint stamps;

static struct page_file *page_file(sqlite3_file *file)
{
    return (struct page_file *)((uintptr_t)file->pMethods - offsetof(struct page_file, methods));
}

static int stamp_at(const struct page_file *pages)
{
    return pages->page_size - PAGE_RESERVE;
}

/* Learns from the header whether the pages have digests. */
static int learn(sqlite3_file *file, const uint8_t *header)
{
    struct page_file *pages = page_file(file);
    pages->is_new = false;
    if (pages->page_size != 0 || (pages->page_size = page_size_with_digests(header)) == 0)
        return SQLITE_OK;
    const int result = pages->base->xRead(file, &pages->stamp, sizeof pages->stamp, stamp_at(pages));
    return result == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : result; /* a new file */
}

/* A transaction larger than SQLite's cache writes other pages of a new file before the first. Each connection
 * requests digests (session.c), so the file will have them. */
static void expect_digests(struct page_file *pages, int size, sqlite3_int64 at)
{
    if (pages->is_new && pages->page_size == 0 && at > 0 && at % size == 0)
        pages->page_size = size;
}

static bool is_page(const struct page_file *pages, int size, sqlite3_int64 at)
{
    return size == pages->page_size && at % size == 0;
}

static int report_damage(const struct page_file *pages, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    log_line(LOG_ERROR, "A page of the database is damaged.", "file", pages->name, "page", text, NULL);
    return SQLITE_CORRUPT;
}

static int read_page(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    struct page_file *pages = page_file(file);
    int result = pages->base->xRead(file, bytes, size, at);
    if (result == SQLITE_OK && at == 0 && size >= PAGE_HEADER)
        result = learn(file, bytes);
    if (result != SQLITE_OK || !is_page(pages, size, at) || page_is_sound(bytes, size, at / size + 1))
        return result;
    return report_damage(pages, at / size + 1);
}

static int write_page(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    struct page_file *pages = page_file(file);
    int result = SQLITE_OK;
    if (at == 0 && size >= PAGE_HEADER)
        result = learn(file, bytes);
    expect_digests(pages, size, at);
    if (result != SQLITE_OK || !is_page(pages, size, at))
        return result == SQLITE_OK ? pages->base->xWrite(file, bytes, size, at) : result;
    if (pages->page == NULL && (pages->page = calloc(1, (size_t)size)) == NULL)
        return SQLITE_IOERR_NOMEM;
    memcpy(pages->page, bytes, (size_t)stamp_at(pages));
    memset(pages->page + stamp_at(pages), 0, PAGE_RESERVE);
    if (at == 0)
        memcpy(pages->page + stamp_at(pages), &pages->stamp, sizeof pages->stamp);
    page_seal(pages->page, size, at / size + 1);
    return pages->base->xWrite(file, pages->page, size, at);
}

static int close_file(sqlite3_file *file)
{
    struct page_file *pages = page_file(file);
    free(pages->page);
    return pages->base->xClose(file);
}

size_t page_file_size(void)
{
    return sizeof(struct page_file);
}

void page_file_begin(sqlite3_file *file, void *room, const char *name)
{
    struct page_file *pages = room;
    sqlite3_int64 size = 1;
    *pages = (struct page_file){.base = file->pMethods, .methods = *file->pMethods, .name = name};
    pages->is_new = pages->base->xFileSize(file, &size) == SQLITE_OK && size == 0;
    pages->methods.iVersion = 2; /* no page is read through a map */
    pages->methods.xRead = read_page;
    pages->methods.xWrite = write_page;
    pages->methods.xClose = close_file;
    file->pMethods = &pages->methods;
}

int page_file_request(sqlite3 *db)
{
    int reserve = PAGE_RESERVE;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
}

sqlite3_file *page_file_of(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file;
}

bool page_file_has_digests(sqlite3 *db)
{
    return page_file(page_file_of(db))->page_size != 0;
}

int64_t page_file_count(sqlite3_file *file)
{
    const struct page_file *pages = page_file(file);
    sqlite3_int64 size = 0;
    if (pages->page_size == 0 || pages->base->xFileSize(file, &size) != SQLITE_OK)
        return 0;
    return size / pages->page_size;
}

/* SQLite writes nothing to the page of its locks, and to a page that was freed before it was written. */
static bool is_empty(const uint8_t *page, int size)
{
    return page[0] == 0 && memcmp(page, page + 1, (size_t)size - 1) == 0;
}

bool page_file_verify(sqlite3_file *file, int64_t number)
{
    uint8_t page[PAGE_LARGEST];
    const struct page_file *pages = page_file(file);
    const int size = pages->page_size;
    const int result = pages->base->xRead(file, page, size, (number - 1) * size);
    if (result != SQLITE_OK)
        return result == SQLITE_IOERR_SHORT_READ; /* the file became shorter */
    return page_is_sound(page, size, number) || is_empty(page, size);
}

int page_file_stamp(sqlite3_file *file, const struct page_stamp *stamp)
{
    struct page_file *pages = page_file(file);
    if (pages->page_size == 0 || memcmp(stamp, &pages->stamp, sizeof *stamp) == 0)
        return SQLITE_OK;
    atomic_fetch_add(&stamps, 1);
    int result = pages->base->xWrite(file, stamp, sizeof *stamp, stamp_at(pages));
    atomic_fetch_add(&stamps, 1);
    if (result == SQLITE_OK)
        result = pages->base->xSync(file, SQLITE_SYNC_NORMAL);
    if (result == SQLITE_OK)
        pages->stamp = *stamp;
    return result;
}

struct log_salts page_file_last_log(sqlite3_file *file)
{
    return page_file(file)->stamp.log;
}

unsigned page_file_stamps(void)
{
    return atomic_load(&stamps);
}
