/* Headers and frames, to bytes and back. */
#include "frame.h"

#include "hash.h"

#include "tls/sha256.h"

#include <endian.h>
#include <string.h>

static const char magic[16] = "aluno audit 1\n";

enum { FIRST_AT = 16, TIME_AT = 24, PREVIOUS_AT = 32, HASH_AT = 96 };
enum { SIZE_AT = 0, CHECK_AT = 4, SEQUENCE_AT = 8, CHANGE_AT = 16 };
enum { REFERENCE = 2 * sizeof(uint32_t) };

#define REFERS (UINT32_C(1) << 31)

static void put_number(uint8_t *at, int64_t value)
{
    const uint64_t bytes = htole64((uint64_t)value);
    memcpy(at, &bytes, sizeof bytes);
}

static int64_t get_number(const uint8_t *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return (int64_t)le64toh(bytes);
}

static void put_word(uint8_t *at, uint32_t value)
{
    const uint32_t bytes = htole32(value);
    memcpy(at, &bytes, sizeof bytes);
}

static uint32_t get_word(const uint8_t *at)
{
    uint32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return le32toh(bytes);
}

void segment_header_write(uint8_t at[SEGMENT_HEADER], const struct segment_header *header)
{
    memset(at, 0, SEGMENT_HEADER);
    memcpy(at, magic, sizeof magic);
    put_number(at + FIRST_AT, header->first);
    put_number(at + TIME_AT, header->time_ms);
    memcpy(at + PREVIOUS_AT, header->previous, FRAME_HASH);
    aluno__sha256(at, HASH_AT, at + HASH_AT);
}

bool segment_header_read(const uint8_t at[SEGMENT_HEADER], struct segment_header *header)
{
    uint8_t hash[FRAME_HASH];
    aluno__sha256(at, HASH_AT, hash);
    header->first = get_number(at + FIRST_AT);
    header->time_ms = get_number(at + TIME_AT);
    memcpy(header->previous, at + PREVIOUS_AT, FRAME_HASH);
    return memcmp(at, magic, sizeof magic) == 0 && memcmp(hash, at + HASH_AT, FRAME_HASH) == 0 &&
           header->first > 0;
}

static size_t padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

size_t frame_size(size_t event_size)
{
    return FRAME_HEADER + padded(event_size) + FRAME_HASH;
}

/* Of all from the sequence to the padding. */
static uint32_t check_sum(const uint8_t *at, uint32_t size_word, size_t event_size)
{
    const uint64_t sum =
        hash_words(HASH_START ^ size_word, at + SEQUENCE_AT, FRAME_HEADER - SEQUENCE_AT + padded(event_size));
    return (uint32_t)(sum ^ sum >> 32);
}

/* Writes the event; returns its size. */
static size_t write_event(uint8_t *at, const struct audit_record *record, uint32_t shared_at)
{
    if (shared_at == 0) {
        memcpy(at, record->bytes, record->size);
        return record->size;
    }
    const size_t rest = record->size - record->shared;
    put_word(at, shared_at);
    put_word(at + sizeof(uint32_t), (uint32_t)record->shared);
    memcpy(at + REFERENCE, record->bytes + record->shared, rest);
    return REFERENCE + rest;
}

size_t frame_write(uint8_t *at, int64_t sequence, int64_t change, const struct audit_record *record,
                   uint32_t shared_at)
{
    put_number(at + SEQUENCE_AT, sequence);
    put_number(at + CHANGE_AT, change);
    const size_t size = write_event(at + FRAME_HEADER, record, shared_at);
    const uint32_t word = (uint32_t)size | (shared_at != 0 ? REFERS : 0);
    memset(at + FRAME_HEADER + size, 0, padded(size) - size);
    put_word(at + CHECK_AT, check_sum(at, word, size));
    __atomic_store_n((uint32_t *)(void *)(at + SIZE_AT), htole32(word), __ATOMIC_RELEASE);
    return frame_size(size);
}

static bool is_zero(const uint8_t hash[FRAME_HASH])
{
    static const uint8_t zeros[FRAME_HASH];
    return memcmp(hash, zeros, FRAME_HASH) == 0;
}

/* Reads the reference before the event. */
static bool read_reference(struct frame *out)
{
    if (out->size < REFERENCE)
        return false;
    out->shared_at = get_word(out->event);
    out->shared_size = get_word(out->event + sizeof out->shared_at);
    out->event += REFERENCE;
    out->size -= REFERENCE;
    return true;
}

enum frame_state frame_read(const uint8_t *at, size_t left, struct frame *out)
{
    if (left < FRAME_HEADER || get_word(at + SIZE_AT) == 0)
        return FRAME_NONE;
    const uint32_t word = get_word(at + SIZE_AT);
    *out = (struct frame){.bytes = at, .event = at + FRAME_HEADER, .size = word & ~REFERS};
    out->whole = frame_size(out->size);
    if (out->size > FRAME_EVENT_MAX || out->whole > left ||
        check_sum(at, word, out->size) != get_word(at + CHECK_AT))
        return FRAME_DAMAGED;
    out->sequence = get_number(at + SEQUENCE_AT);
    out->change = get_number(at + CHANGE_AT);
    out->hash = at + out->whole - FRAME_HASH;
    if ((word & REFERS) != 0 && !read_reference(out))
        return FRAME_DAMAGED;
    return is_zero(out->hash) ? FRAME_UNCHAINED : FRAME_CHAINED;
}

void frame_hash(const struct frame *frame, const uint8_t previous[FRAME_HASH], uint8_t hash[FRAME_HASH])
{
    uint8_t bytes[FRAME_MAX];
    const size_t size = frame->whole - FRAME_HASH;
    memcpy(bytes, previous, FRAME_HASH);
    memcpy(bytes + FRAME_HASH, frame->bytes, size);
    aluno__sha256(bytes, FRAME_HASH + size, hash);
}
