/* The audit's outbox: the records of a transaction, which become one row of the database before it commits. A
 * row a record would cost a change a third of what its student costs.
 *
 *     row     u8   0: a record, which an older version's row was alone, begins with another byte
 *             u32  how many records; the row's id is that of the last one
 *     record  u16  bytes that it has in common with the beginning of the first one
 *             u16  how many others follow
 *              …   these
 */
#ifndef ALUNOD_SQLITE_AUDIT_OUTBOX_H
#define ALUNOD_SQLITE_AUDIT_OUTBOX_H

#include "base/buffer.h"

/* Of the writer's session. Begin with {0}. */
struct audit_outbox {
    aluno__buffer row;
    uint32_t count;
    size_t size_before; /* when the savepoint began */
    uint32_t count_before;
};

/* False: the record is too long, or memory ran out. */
bool audit_outbox_add(struct audit_outbox *outbox, const uint8_t *record, size_t size);

/* A transaction begins. */
void audit_outbox_clear(struct audit_outbox *outbox);

/* A savepoint begins, or is gone back to. */
void audit_outbox_mark(struct audit_outbox *outbox);
void audit_outbox_go_back(struct audit_outbox *outbox);

/* Completes the row, unless count is 0. */
void audit_outbox_complete(struct audit_outbox *outbox);

void audit_outbox_free(struct audit_outbox *outbox);

/* The records of a row. */
struct audit_outbox_row {
    const uint8_t *bytes;
    size_t size, at;
    uint32_t left;
    int64_t id;           /* of the next record */
    aluno__buffer record; /* the one that was taken last */
};

/* False: these bytes are no row. The caller frees row->record. */
bool audit_outbox_row_open(struct audit_outbox_row *row, int64_t id, const uint8_t *bytes, size_t size);

/* Takes the next record while row->left > 0. False: the bytes are no row, or memory ran out. */
bool audit_outbox_row_next(struct audit_outbox_row *row);

#endif
