/* Where an audit's chain ends: what a service that starts goes on from. */
#ifndef ALUNOD_AUDIT_END_H
#define ALUNOD_AUDIT_END_H

#include "folder.h"
#include "frame.h"
#include "store/store.h"

struct audit_end {
    int64_t next;             /* sequence of the next record */
    uint8_t hash[FRAME_HASH]; /* of the record before it that has one */
    int64_t change;           /* the last change whose record is in the segments after the anchor; 0: none */
    int64_t first;            /* of the segment to go on with; 0: a new one begins at `next` */
    size_t size, chained;     /* of that segment */
    int64_t lost_from;        /* records from here up to the anchor are not there; 0: all are */
    bool is_cut; /* a record was not whole, as when the machine loses power while it is written; or
                    the last segment's header is damaged */
};

/* Walks the segments from the anchor on. AUDIT_UNAVAILABLE: they cannot be read. */
aluno_code audit_end_find(struct audit_end *end, const char *folder, const struct store_anchor *anchor,
                          aluno_error *error);

#endif
