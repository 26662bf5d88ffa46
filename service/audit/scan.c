/* Frames by pread, many at once. A mapping would end the process when the file is cut meanwhile. */
#include "scan.h"

#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

aluno_code scan_open(struct scan *scan, const char *folder, int64_t first, aluno_error *error)
{
    uint8_t header[SEGMENT_HEADER];
    audit_segment_path(scan->path, folder, first);
    scan->fd = open(scan->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (scan->fd < 0)
        return audit_fail(scan->path, error);
    const ssize_t got = pread(scan->fd, header, sizeof header, 0);
    if (got != (ssize_t)sizeof header || !segment_header_read(header, &scan->header) ||
        scan->header.first != first) {
        scan_close(scan);
        return aluno__error_set(error, ALUNO_REASON_AUDIT_DAMAGED, "%s: its header", scan->path);
    }
    scan->at = SEGMENT_HEADER;
    scan->begin = scan->end = 0;
    for (size_t i = 0; i < SCAN_SHARED; i++)
        scan->shared[i].at = 0;
    return ALUNO_OK;
}

enum frame_state scan_next(struct scan *scan, struct frame *frame)
{
    enum frame_state state = frame_read(scan->bytes + scan->begin, scan->end - scan->begin, frame);
    if (state == FRAME_NONE || state == FRAME_DAMAGED) { /* beyond what is read, or written since */
        const ssize_t got = pread(scan->fd, scan->bytes, sizeof scan->bytes, (off_t)scan->at);
        scan->begin = 0;
        scan->end = got > 0 ? (size_t)got : 0;
        state = frame_read(scan->bytes, scan->end, frame);
    }
    if (state == FRAME_NONE || state == FRAME_DAMAGED)
        return state;
    scan->at += (int64_t)frame->whole;
    scan->begin += frame->whole;
    return state;
}

/* Reads the first map of a frame's event, where an earlier frame has it. */
static bool read_shared(struct scan *scan, const struct frame *frame, aluno__reader *out)
{
    enum { ALIGNED = 8 };
    const size_t slot = frame->shared_at / ALIGNED % SCAN_SHARED;
    const bool is_read =
        scan->shared[slot].at == frame->shared_at && scan->shared[slot].size == frame->shared_size;
    if (frame->shared_size > RECORD_SHARED_MAX)
        return false;
    if (!is_read) {
        scan->shared[slot].at = 0;
        if (pread(scan->fd, scan->shared[slot].bytes, frame->shared_size, (off_t)frame->shared_at) !=
            (ssize_t)frame->shared_size)
            return false;
        scan->shared[slot].at = frame->shared_at;
        scan->shared[slot].size = frame->shared_size;
    }
    *out = (aluno__reader){scan->shared[slot].bytes, frame->shared_size, 0};
    return true;
}

bool scan_event(struct scan *scan, const struct frame *frame, aluno_audit_event *event)
{
    aluno__reader shared = {.size = 0}, rest = {frame->event, frame->size, 0};
    return (frame->shared_at == 0 || read_shared(scan, frame, &shared)) &&
           audit_record_read(shared, rest, event);
}

bool scan_ends_clean(struct scan *scan)
{
    int64_t at = scan->at;
    for (ssize_t got; (got = pread(scan->fd, scan->bytes, sizeof scan->bytes, (off_t)at)) > 0; at += got)
        for (ssize_t i = 0; i < got; i++)
            if (scan->bytes[i] != 0)
                return false;
    scan->begin = scan->end = 0;
    return true;
}

void scan_close(struct scan *scan)
{
    if (scan->fd >= 0)
        close(scan->fd);
    scan->fd = -1;
}
