/* The bytes of a segment: a header, then frames, all numbers little-endian.
 *
 *     header   0  "aluno audit 1\n\0\0"
 *             16  u64  sequence of the first record
 *             24  i64  when the segment began, Unix milliseconds
 *             32  the hash of the record before the first one; zeros before the first of all
 *             64  32 zeros
 *             96  SHA-256 of the 96 bytes before
 *     frame    0  u32  size of the event, its highest bit: it begins elsewhere; 0: no frame, here and on
 *              4  u32  check sum of size, sequence, change and event: whether the frame is whole
 *              8  u64  sequence
 *             16  u64  of a change: the id of its row in the database; else 0
 *             24  the event, as record.h has it, and zeros up to a multiple of 8
 *              …  SHA-256 of the hash before the frame, and of the frame; zeros: not yet
 *
 * An event that begins elsewhere has in place of its first map: u32 where in the file an earlier frame has
 * it, u32 its size. So a frame is as short as SHA-256 is fast, a call's caller is written once a segment, and
 * the hash of a frame still vouches for all of it, as the chain does for the frames before. */
#ifndef ALUNOD_AUDIT_FRAME_H
#define ALUNOD_AUDIT_FRAME_H

#include "record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_HASH = 32,
    FRAME_HEADER = 24,
    FRAME_EVENT_MAX = RECORD_MAX,
    FRAME_MAX = FRAME_HEADER + FRAME_EVENT_MAX + FRAME_HASH,
    SEGMENT_HEADER = 128, /* with its hash */
};

struct segment_header {
    int64_t first;
    int64_t time_ms;
    uint8_t previous[FRAME_HASH];
};

void segment_header_write(uint8_t at[SEGMENT_HEADER], const struct segment_header *header);

/* False when the bytes are no header, or an altered one. */
bool segment_header_read(const uint8_t at[SEGMENT_HEADER], struct segment_header *header);

/* A frame in memory. */
struct frame {
    int64_t sequence, change;
    const uint8_t *bytes; /* where it begins */
    uint32_t shared_at;   /* where in the file its event's first map is; 0: here */
    uint32_t shared_size; /* of that map */
    const uint8_t *event; /* what of it is here */
    size_t size;          /* of that */
    const uint8_t *hash;  /* as stored */
    size_t whole;         /* size of the frame with its hash */
};

enum frame_state { FRAME_NONE, FRAME_DAMAGED, FRAME_UNCHAINED, FRAME_CHAINED };

/* The size of a frame with its hash. */
size_t frame_size(size_t event_size);

/* Writes a frame over zeros, at most of frame_size(record->size), and returns its size. `shared_at`: where
 * the file has the record's first map already; 0: it has not. The size in the frame is written last: a reader
 * that finds it finds the frame whole. */
size_t frame_write(uint8_t *at, int64_t sequence, int64_t change, const struct audit_record *record,
                   uint32_t shared_at);

/* Reads the frame at the start of `left` bytes. FRAME_DAMAGED: these are no whole frame. */
enum frame_state frame_read(const uint8_t *at, size_t left, struct frame *out);

/* Computes the hash of a frame that follows the one of hash `previous`, which may be `hash` itself. */
void frame_hash(const struct frame *frame, const uint8_t previous[FRAME_HASH], uint8_t hash[FRAME_HASH]);

#endif
