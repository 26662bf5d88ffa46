/* Reads the frames of a segment's file one after another, while a service writes it or not. */
#ifndef ALUNOD_AUDIT_SCAN_H
#define ALUNOD_AUDIT_SCAN_H

#include "folder.h"
#include "frame.h"

#include "protocol/reader.h"

enum { SCAN_SHARED = 16 };

struct scan {
    int fd; /* -1: not open */
    struct segment_header header;
    audit_path path;
    int64_t at;        /* where in the file the next frame is */
    size_t begin, end; /* of what is read of the file from there on */
    uint8_t bytes[1 << 16];
    struct {
        uint32_t at, size; /* 0: none */
        uint8_t bytes[RECORD_SHARED_MAX];
    } shared[SCAN_SHARED]; /* first maps of events that were read */
};

/* Opens a segment and reads its header. AUDIT_UNAVAILABLE; AUDIT_DAMAGED: the header is not as it was written
 * or is of another segment than the file's name says. */
aluno_code scan_open(struct scan *scan, const char *folder, int64_t first, aluno_error *error);

/* Reads the next frame, which lies in the scan until the next call. At the end, or at a damaged frame, the
 * scan stays there: another call reads what a service has written meanwhile. */
enum frame_state scan_next(struct scan *scan, struct frame *frame);

/* Reads the event of a frame, which was read last. False: it is none. */
bool scan_event(struct scan *scan, const struct frame *frame, aluno_audit_event *event);

/* Whether the file has zeros alone from scan->at on. */
bool scan_ends_clean(struct scan *scan);

void scan_close(struct scan *scan);

#endif
