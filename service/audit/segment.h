/* The segment that a service appends to: a file that is mapped, and given room on the disk before it is
 * written, so that no write fails later. Its owner guards it. */
#ifndef ALUNOD_AUDIT_SEGMENT_H
#define ALUNOD_AUDIT_SEGMENT_H

#include "folder.h"
#include "frame.h"

enum { SEGMENT_SHARED = 64 };

/* A first map of records that the segment has. */
struct segment_shared {
    uint32_t at, size; /* in the file; 0: none */
};

struct segment {
    int fd;         /* -1: not open */
    uint8_t *bytes; /* the mapping, of `limit` bytes */
    size_t limit;
    size_t room;                                  /* of the file */
    size_t size;                                  /* of header and frames */
    size_t chained;                               /* of these, what has hashes */
    int64_t next;                                 /* sequence of the next frame */
    struct segment_shared shared[SEGMENT_SHARED]; /* by a hash of their bytes */
    audit_path path;
};

/* Makes the segment whose first record is `first`. A damaged file that has its name is kept under another
 * one. AUDIT_UNAVAILABLE. */
aluno_code segment_create(struct segment *out, const char *folder, int64_t first,
                          const uint8_t previous[FRAME_HASH], size_t limit, aluno_error *error);

/* Opens a segment that has `size` bytes of header and whole frames, `chained` of which have hashes, and zeros
 * out what is behind them. */
aluno_code segment_open(struct segment *out, const char *folder, int64_t first, size_t size, size_t chained,
                        int64_t next, size_t limit, aluno_error *error);

/* Whether a frame of a record of that size fits into the mapping. */
bool segment_fits(const struct segment *segment, size_t record_size);

/* Whether its path still leads to it. */
bool segment_has_name(const struct segment *segment);

/* Whether the disk has room for another frame. */
bool segment_has_room(struct segment *segment);

/* Appends a frame that fits. AUDIT_UNAVAILABLE: the disk has no room. */
aluno_code segment_append(struct segment *segment, int64_t change, const struct audit_record *record,
                          aluno_error *error);

/* Gives the frames up to `to` their hashes; *hash is the one of the frame before, and of the last one then.
 */
void segment_chain(struct segment *segment, size_t to, uint8_t hash[FRAME_HASH]);

/* Writes the first `to` bytes to the disk; false, with errno set, when that fails. */
bool segment_sync(struct segment *segment, size_t to);

/* Gives back the room behind the last frame, and closes. False, with errno set. Does nothing when it is not
 * open. */
bool segment_close(struct segment *segment);

#endif
