/* Who was erased stays erased when a backup is put back. */
#ifndef ALUNOD_SQLITE_ERASE_AGAIN_H
#define ALUNOD_SQLITE_ERASE_AGAIN_H

#include "session.h"

/* Erases the students whom DATABASE.erased names and the database still has: it is a backup of before. Adds
 * what tombstones it lacks. On the writer's session, before it is shared; the log has what was erased
 * afterwards. OPTION_INVALID: the file cannot be read, or has a line that is none. */
aluno_code erase_again(struct store_session *session, aluno_error *error);

#endif
