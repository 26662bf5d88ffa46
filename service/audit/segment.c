/* A mapping of a file whose room is allocated in steps. */
#include "segment.h"

#include "base/clock.h"
#include "hash.h"
#include "log.h"
#include "moment.h"
#include "path.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 1 << 18 };

/* Makes room for `size` bytes in the file. */
static aluno_code make_room(struct segment *segment, size_t size, aluno_error *error)
{
    if (size <= segment->room)
        return ALUNO_OK;
    size_t room = (size + STEP - 1) / STEP * STEP;
    if (room > segment->limit)
        room = segment->limit;
    const int problem = posix_fallocate(segment->fd, 0, (off_t)room);
    if (problem != 0) {
        errno = problem;
        return audit_fail(segment->path, error);
    }
    segment->room = room;
    return ALUNO_OK;
}

static aluno_code map(struct segment *segment, int flags, size_t size, aluno_error *error)
{
    segment->fd = open(segment->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (segment->fd < 0 || ftruncate(segment->fd, (off_t)size) != 0)
        return audit_fail(segment->path, error);
    void *at = mmap(NULL, segment->limit, PROT_READ | PROT_WRITE, MAP_SHARED, segment->fd, 0);
    if (at == MAP_FAILED)
        return audit_fail(segment->path, error);
    segment->bytes = at;
    segment->size = size;
    return make_room(segment, size + 1, error);
}

/* On failure. */
static aluno_code discard(struct segment *segment, aluno_code code)
{
    if (segment->bytes != NULL)
        munmap(segment->bytes, segment->limit);
    if (segment->fd >= 0)
        close(segment->fd);
    *segment = (struct segment){.fd = -1};
    return code;
}

static aluno_code discard_unfinished(struct segment *out, aluno_code code)
{
    unlink(out->path);
    return discard(out, code);
}

/* A file that has the name already is a segment whose header is damaged. It is evidence, and maybe all that
 * is left of some records. */
static bool keep_present(const char *path)
{
    char kept[sizeof(audit_path) + MOMENT_SIZE + 16], moment[MOMENT_SIZE];
    if (access(path, F_OK) != 0)
        return errno == ENOENT;
    moment_write(moment, aluno__clock_unix_ms());
    snprintf(kept, sizeof kept, "%s.damaged-%s", path, moment);
    log_line(LOG_ERROR, "A damaged segment of the audit is set aside.", "file", kept, NULL);
    return rename(path, kept) == 0;
}

/* Readers find a segment by its name: it gets it when its header is on the disk. */
static aluno_code give_name(struct segment *out, const char *folder, int64_t first, aluno_error *error)
{
    audit_path path;
    audit_segment_path(path, folder, first);
    if (!keep_present(path) || !audit_give_to_owner(out->fd, path) || !segment_sync(out, out->size) ||
        rename(out->path, path) != 0 || !path_sync_folder(path))
        return discard_unfinished(out, audit_fail(path, error));
    memcpy(out->path, path, sizeof path);
    return ALUNO_OK;
}

aluno_code segment_create(struct segment *out, const char *folder, int64_t first,
                          const uint8_t previous[FRAME_HASH], size_t limit, aluno_error *error)
{
    struct segment_header header = {.first = first, .time_ms = aluno__clock_unix_ms()};
    memcpy(header.previous, previous, FRAME_HASH);
    *out = (struct segment){.fd = -1, .limit = limit, .chained = SEGMENT_HEADER, .next = first};
    snprintf(out->path, sizeof out->path, "%s/segment.unfinished", folder);
    unlink(out->path); /* what a process that ended suddenly has left */
    const aluno_code code = map(out, O_CREAT | O_EXCL, 0, error);
    if (code == ALUNO_OK) {
        segment_header_write(out->bytes, &header);
        out->size = SEGMENT_HEADER;
    }
    return code == ALUNO_OK ? give_name(out, folder, first, error) : discard_unfinished(out, code);
}

aluno_code segment_open(struct segment *out, const char *folder, int64_t first, size_t size, size_t chained,
                        int64_t next, size_t limit, aluno_error *error)
{
    *out = (struct segment){.fd = -1, .limit = limit > size ? limit : size, .chained = chained, .next = next};
    audit_segment_path(out->path, folder, first);
    const aluno_code code = map(out, 0, size, error);
    return code == ALUNO_OK ? code : discard(out, code);
}

bool segment_fits(const struct segment *segment, size_t record_size)
{
    return segment->size + frame_size(record_size) <= segment->limit;
}

bool segment_has_name(const struct segment *segment)
{
    struct stat named, opened;
    return stat(segment->path, &named) == 0 && fstat(segment->fd, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

bool segment_has_room(struct segment *segment)
{
    return make_room(segment, segment->size + FRAME_MAX, NULL) == ALUNO_OK;
}

/* Where the segment has, or gets, the record's first map; NULL: it has none to share. */
static struct segment_shared *place_of_shared(struct segment *segment, const struct audit_record *record)
{
    if (record->shared == 0 || record->shared > RECORD_SHARED_MAX)
        return NULL;
    const uint64_t hash = hash_words(HASH_START, record->bytes, record->shared);
    return &segment->shared[(hash ^ hash >> 32) % SEGMENT_SHARED];
}

static bool has_shared(const struct segment *segment, const struct segment_shared *place,
                       const struct audit_record *record)
{
    return place->size == record->shared &&
           memcmp(segment->bytes + place->at, record->bytes, record->shared) == 0;
}

aluno_code segment_append(struct segment *segment, int64_t change, const struct audit_record *record,
                          aluno_error *error)
{
    const aluno_code code = make_room(segment, segment->size + frame_size(record->size), error);
    if (code != ALUNO_OK)
        return code;
    struct segment_shared *place = place_of_shared(segment, record);
    const bool is_known = place != NULL && has_shared(segment, place, record);
    const size_t at = segment->size;
    segment->size +=
        frame_write(segment->bytes + at, segment->next++, change, record, is_known ? place->at : 0);
    if (place != NULL && !is_known)
        *place = (struct segment_shared){(uint32_t)(at + FRAME_HEADER), (uint32_t)record->shared};
    return ALUNO_OK;
}

void segment_chain(struct segment *segment, size_t to, uint8_t hash[FRAME_HASH])
{
    struct frame frame;
    while (segment->chained < to) {
        uint8_t *at = segment->bytes + segment->chained;
        frame_read(at, to - segment->chained, &frame);
        frame_hash(&frame, hash, hash);
        memcpy(at + frame.whole - FRAME_HASH, hash, FRAME_HASH);
        segment->chained += frame.whole;
    }
}

bool segment_sync(struct segment *segment, size_t to)
{
    return msync(segment->bytes, to, MS_SYNC) == 0;
}

bool segment_close(struct segment *segment)
{
    if (segment->fd < 0)
        return true;
    munmap(segment->bytes, segment->limit);
    const bool done = ftruncate(segment->fd, (off_t)segment->size) == 0 && fsync(segment->fd) == 0;
    const int problem = errno;
    close(segment->fd);
    *segment = (struct segment){.fd = -1};
    errno = problem;
    return done;
}
