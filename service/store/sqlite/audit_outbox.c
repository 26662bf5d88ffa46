/* Rows of records, to bytes and back. */
#include "audit_outbox.h"

#include <endian.h>

enum { COUNT_AT = 1, ROW_HEAD = 5, RECORD_HEAD = 4 };

static uint16_t get_half(const uint8_t *at)
{
    uint16_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return le16toh(bytes);
}

/* ---- writing ---- */

static size_t common(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size)
{
    const size_t most = one_size < other_size ? one_size : other_size;
    size_t at = 0;
    while (at < most && one[at] == other[at])
        at++;
    return at;
}

bool audit_outbox_add(struct audit_outbox *outbox, const uint8_t *record, size_t size)
{
    static const uint8_t none[ROW_HEAD];
    aluno__buffer *row = &outbox->row;
    size_t same = 0;
    if (size > UINT16_MAX)
        return false;
    if (outbox->count == 0)
        aluno__buffer_append(row, none, sizeof none);
    else
        same = common(row->data + ROW_HEAD + RECORD_HEAD, get_half(row->data + ROW_HEAD + RECORD_HEAD / 2),
                      record, size);
    const uint16_t head[] = {htole16((uint16_t)same), htole16((uint16_t)(size - same))};
    aluno__buffer_append(row, head, sizeof head);
    aluno__buffer_append(row, record + same, size - same);
    outbox->count++;
    return !row->failed;
}

void audit_outbox_clear(struct audit_outbox *outbox)
{
    aluno__buffer_reset(&outbox->row);
    outbox->count = 0;
}

void audit_outbox_mark(struct audit_outbox *outbox)
{
    outbox->size_before = outbox->row.size;
    outbox->count_before = outbox->count;
}

void audit_outbox_go_back(struct audit_outbox *outbox)
{
    outbox->row.size = outbox->size_before;
    outbox->row.failed = false;
    outbox->count = outbox->count_before;
}

void audit_outbox_complete(struct audit_outbox *outbox)
{
    const uint32_t count = htole32(outbox->count);
    if (outbox->count > 0)
        memcpy(outbox->row.data + COUNT_AT, &count, sizeof count);
}

void audit_outbox_free(struct audit_outbox *outbox)
{
    aluno__buffer_free(&outbox->row);
}

/* ---- reading ---- */

bool audit_outbox_row_open(struct audit_outbox_row *row, int64_t id, const uint8_t *bytes, size_t size)
{
    uint32_t count;
    *row = (struct audit_outbox_row){.bytes = bytes, .size = size, .id = id, .left = 1};
    if (size == 0)
        return false;
    if (bytes[0] != 0)
        return true;
    if (size < ROW_HEAD)
        return false;
    memcpy(&count, bytes + COUNT_AT, sizeof count);
    row->at = ROW_HEAD;
    row->left = le32toh(count);
    row->id = id - (int64_t)row->left + 1;
    return true;
}

bool audit_outbox_row_next(struct audit_outbox_row *row)
{
    aluno__buffer *record = &row->record;
    aluno__buffer_reset(record);
    row->left--;
    if (row->at == 0)
        return aluno__buffer_append(record, row->bytes, row->size);
    if (row->size - row->at < RECORD_HEAD)
        return false;
    const size_t same = get_half(row->bytes + row->at),
                 rest = get_half(row->bytes + row->at + RECORD_HEAD / 2);
    row->at += RECORD_HEAD;
    if (row->size - row->at < rest || (same > 0 && same > get_half(row->bytes + ROW_HEAD + RECORD_HEAD / 2)))
        return false;
    aluno__buffer_append(record, row->bytes + ROW_HEAD + RECORD_HEAD, same);
    aluno__buffer_append(record, row->bytes + row->at, rest);
    row->at += rest;
    return !record->failed;
}
