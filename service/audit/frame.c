/* Headers and frames, to bytes and back. */
#include "frame.h"

#include "tls/sha256.h"

#include <endian.h>
#include <string.h>

static const char magic[16] = "aluno audit 1\n";

enum { FIRST_AT = 16, TIME_AT = 24, PREVIOUS_AT = 32, HASH_AT = 96 };
enum { SIZE_AT = 0, CHECK_AT = 4, SEQUENCE_AT = 8, CHANGE_AT = 16 };

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

/* FNV-1a by words of 8 bytes, of all from the sequence to the padding: a byte at a time would take longer
 * than all else that recording takes. */
static uint32_t check_sum(const uint8_t *at, size_t event_size)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325) ^ event_size, word;
    const uint8_t *end = at + FRAME_HEADER + padded(event_size);
    for (at += SEQUENCE_AT; at < end; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        sum = (sum ^ le64toh(word)) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return (uint32_t)(sum ^ sum >> 32);
}

void frame_write(uint8_t *at, int64_t sequence, int64_t change, const void *event, size_t size)
{
    put_number(at + SEQUENCE_AT, sequence);
    put_number(at + CHANGE_AT, change);
    memcpy(at + FRAME_HEADER, event, size);
    memset(at + FRAME_HEADER + size, 0, padded(size) - size);
    const uint32_t check = htole32(check_sum(at, size));
    memcpy(at + CHECK_AT, &check, sizeof check);
    __atomic_store_n((uint32_t *)(void *)(at + SIZE_AT), htole32((uint32_t)size), __ATOMIC_RELEASE);
}

static bool is_zero(const uint8_t hash[FRAME_HASH])
{
    static const uint8_t zeros[FRAME_HASH];
    return memcmp(hash, zeros, FRAME_HASH) == 0;
}

enum frame_state frame_read(const uint8_t *at, size_t left, struct frame *out)
{
    if (left < FRAME_HEADER || get_word(at + SIZE_AT) == 0)
        return FRAME_NONE;
    out->size = get_word(at + SIZE_AT);
    if (out->size > FRAME_EVENT_MAX || frame_size(out->size) > left ||
        check_sum(at, out->size) != get_word(at + CHECK_AT))
        return FRAME_DAMAGED;
    out->sequence = get_number(at + SEQUENCE_AT);
    out->change = get_number(at + CHANGE_AT);
    out->event = at + FRAME_HEADER;
    out->whole = frame_size(out->size);
    out->hash = at + out->whole - FRAME_HASH;
    return is_zero(out->hash) ? FRAME_UNCHAINED : FRAME_CHAINED;
}

void frame_hash(const struct frame *frame, const uint8_t previous[FRAME_HASH], uint8_t hash[FRAME_HASH])
{
    uint8_t bytes[FRAME_MAX];
    const size_t size = frame->whole - FRAME_HASH;
    memcpy(bytes, previous, FRAME_HASH);
    memcpy(bytes + FRAME_HASH, frame->event - FRAME_HEADER, size);
    aluno__sha256(bytes, FRAME_HASH + size, hash);
}
