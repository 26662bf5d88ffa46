/* A file's own account of its schema. */
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>

enum { APPLICATION_ID = 0x616c756e }; /* as in 0001_students.sql */

static bool is_ours(int64_t version, int64_t application, int64_t tables)
{
    const bool is_new = version == 0 && application == 0 && tables == 0;
    return is_new || (version > 0 && application == APPLICATION_ID);
}

bool schema_read(struct store_session *session, int count, int64_t *version, char *problem, size_t size)
{
    int64_t application = 0, tables = 0;
    *problem = '\0';
    if (!session_number(session, "PRAGMA application_id", &application) ||
        !session_number(session, "PRAGMA user_version", version) ||
        !session_number(session, "SELECT count(*) FROM sqlite_schema", &tables))
        return false;
    if (!is_ours(*version, application, tables))
        snprintf(problem, size, "is a database of another program; choose another file");
    else if (*version > count)
        snprintf(problem, size,
                 "has schema version %" PRId64 ", newer than this program's %d; use a newer alunod", *version,
                 count);
    return true;
}
