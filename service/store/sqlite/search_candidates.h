/* Which students may be on a page. SQLite reads them, puts them in order and cuts them to the page, so these
 * may be too many, but must include the page's. */
#ifndef ALUNOD_SQLITE_SEARCH_CANDIDATES_H
#define ALUNOD_SQLITE_SEARCH_CANDIDATES_H

#include "search_match.h"

/* The columns of STATEMENT_POSITION: the sort keys of the student after which the page begins. */
enum {
    POSITION_NAME_FOLDED,
    POSITION_NAME,
    POSITION_AGE,
    POSITION_CREATE_TIME,
    POSITION_ID,
    POSITION_COLUMNS
};

struct candidates {
    struct store_session *session;
    const struct matches *matches;
    sqlite3_stmt *position; /* at its row; NULL: the page begins at the first student */
    int64_t day;            /* of the ages */
    int64_t after_id; /* in the order of ids, the page begins after this one, or against it before this one */
    bool descending;
    size_t wanted; /* students of the page, and one more */
    int64_t *ids;  /* free() */
    size_t count, capacity;
};

aluno_code candidates_by_id(struct candidates *candidates, aluno_error *error);
aluno_code candidates_by_name(struct candidates *candidates, aluno_error *error);
aluno_code candidates_by_age(struct candidates *candidates, aluno_error *error);
aluno_code candidates_by_time(struct candidates *candidates, aluno_error *error);

/* ---- for their implementation ---- */

aluno_code candidates_add(struct candidates *candidates, int64_t id, aluno_error *error);

#endif
