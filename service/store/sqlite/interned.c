/* Names are few and come again and again: a session keeps those it saw last, one a slot. */
#include "session.h"

#include "hash.h"

#include <string.h>

static struct interned *slot_of(struct store_session *session, const char *name, size_t length)
{
    return &session->interned[hash_bytes(HASH_START, name, length) % INTERNED_SLOTS];
}

static aluno_code read_id(struct store_session *session, const char *name, int64_t *id, aluno_error *error)
{
    sqlite3_stmt *find = session_statement(session, STATEMENT_NAME_FIND);
    bind_text(find, ":name", name);
    const int result = sqlite3_step(find);
    *id = result == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    const aluno_code code =
        result == SQLITE_ROW || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(find);
    return code;
}

static aluno_code find_or_add(struct store_session *session, const char *name, int64_t *id,
                              aluno_error *error)
{
    aluno_code code = read_id(session, name, id, error);
    if (code != ALUNO_OK || *id != 0)
        return code;
    sqlite3_stmt *add = session_statement(session, STATEMENT_NAME_ADD);
    bind_text(add, ":name", name);
    code = session_step(session, add, error);
    *id = sqlite3_last_insert_rowid(session->db);
    return code;
}

aluno_code interned_id(struct store_session *session, const char *name, int64_t *id, aluno_error *error)
{
    const size_t length = strlen(name);
    struct interned *slot = slot_of(session, name, length);
    *id = slot->id;
    if (slot->id != 0 && strcmp(slot->name, name) == 0)
        return ALUNO_OK;
    const aluno_code code = find_or_add(session, name, id, error);
    if (code == ALUNO_OK && length < sizeof slot->name) {
        memcpy(slot->name, name, length + 1);
        slot->id = *id;
    }
    return code;
}

void interned_forget(struct store_session *session)
{
    for (size_t i = 0; i < INTERNED_SLOTS; i++)
        session->interned[i].id = 0;
}
