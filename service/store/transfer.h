/* Moves all that a database has into an empty one, of either kind; and the functions of a session for that.
 */
#ifndef ALUNOD_STORE_TRANSFER_H
#define ALUNOD_STORE_TRANSFER_H

#include "store.h"

/* The tables to move, in an order in which each row finds those that it refers to. Columns: transfer.def. */
enum store_table {
#define TABLE(name, ...) STORE_TABLE_##name,
#include "transfer.def"
    STORE_TABLE_COUNT
};

enum { STORE_COLUMNS_MAX = 12 };

struct store_value {
    enum { STORE_NULL, STORE_INT, STORE_TEXT, STORE_BYTES } kind;
    int64_t number;
    const void *bytes; /* of a TEXT and of BYTES, which the sink copies if it keeps them */
    size_t size;
};

/* Receives rows; embedded in the caller's own struct. */
struct store_rows {
    aluno_code (*add)(struct store_rows *rows, enum store_table table, const struct store_value *values,
                      aluno_error *error);
};

/* How many columns a table's rows have, and what it is called. */
extern const struct store_table_facts {
    const char *name;
    int columns;
} store_tables[STORE_TABLE_COUNT];

/* Hands over all rows of a table, one of enum store_table. */
aluno_code rows_export(struct store_session *session, int table, struct store_rows *rows, aluno_error *error);

/* Adds a row as rows_export gave it. In a change. */
aluno_code row_import(struct store_session *session, int table, const struct store_value *values,
                      aluno_error *error);

/* A database's count of rows by table, and a sum over them that does not depend on their order. */
struct store_sums {
    int64_t rows[STORE_TABLE_COUNT];
    uint64_t sums[STORE_TABLE_COUNT];
};

/* Copies everything from one open store to another, which must be empty, in one change; then reads both and
 * compares them. No service may use either. OPTION_INVALID: not empty, or different afterwards. */
aluno_code store_transfer(struct store *from, struct store *to, struct store_sums *sums, aluno_error *error);

#endif
