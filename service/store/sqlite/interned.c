/* Names are few and come again and again: the session keeps those it saw last, one a slot. */
#include "interned.h"

#include "hash.h"
#include "session.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 64 };

struct interned_names {
    unsigned rollbacks; /* of the session, when the slots were filled */
    struct slot {
        char name[72];
        int64_t id; /* 0: the slot is empty */
    } slots[SLOTS];
};

/* A number may have been undone with its transaction. */
static void forget_undone(struct interned_names *names, const struct store_session *session)
{
    if (names->rollbacks == session->rollbacks)
        return;
    memset(names, 0, sizeof *names);
    names->rollbacks = session->rollbacks;
}

/* Returns the name's slot; NULL without memory. */
static struct slot *slot_of(struct store_session *session, const char *name, size_t length)
{
    if (session->names == NULL && (session->names = calloc(1, sizeof *session->names)) == NULL)
        return NULL;
    forget_undone(session->names, session);
    return &session->names->slots[hash_bytes(HASH_START, name, length) % SLOTS];
}

static aluno_code find_or_add(struct store_session *session, const char *name, int64_t *id,
                              aluno_error *error)
{
    bool found;
    sqlite3_stmt *find = session_statement(session, STATEMENT_NAME_FIND);
    bind_text(find, ":name", name);
    aluno_code code = session_step_number(session, find, &found, id, error);
    if (code != ALUNO_OK || found)
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
    struct slot *slot = slot_of(session, name, length);
    if (slot == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
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
