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
