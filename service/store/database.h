/* The database that the option --db names, without opening it as a store: its name, its schema's version,
 * copies of it. For the commands, and for who checks options. */
#ifndef ALUNOD_STORE_DATABASE_H
#define ALUNOD_STORE_DATABASE_H

#include "store.h"

/* Whether the option --db names a database of other processes, by a URI "postgresql://…", and no file. */
bool store_is_remote(const char *database);

/* Whether --db may have that value: a URI has no password, which others would see. */
bool store_name_is_valid(const char *database);

/* Reads the version of the schema, 0 when there is no database yet, and the newest version, to which
 * store_open migrates. Takes no lock and changes nothing, so a service may have the database open.
 * OPTION_INVALID as store_open. */
aluno_code store_peek(const char *database, int64_t *version, int64_t *newest, aluno_error *error);

/* ---- copies ---- */

/* The size and content of a whole copy of the database. */
struct store_facts {
    int64_t size; /* bytes of the file */
    int64_t students;
    int64_t schema_version;
};

/* Copies the database as store_back_up does, which another process may have open. While a service runs, it
 * takes the room of two copies for a moment. OPTION_INVALID also when the service is another user's. */
aluno_code store_back_up_file(const char *database, const char *unfinished, const char *file,
                              struct store_facts *facts, aluno_error *error);

/* Verifies the file of a copy; or the database of a service that runs, of which it makes a copy beside it for
 * the time being. BACKUP_FAILED, with the file and the problem: it is damaged, no database of this program,
 * of a newer schema, or its write-ahead log lies beside it. */
aluno_code store_inspect(const char *file, struct store_facts *facts, aluno_error *error);

/* Gives the pages that another program changed, in a database that no service has open, the digests without
 * which they count as damaged, and verifies it as store_inspect does. *count receives how many they were.
 * OPTION_INVALID or BACKUP_FAILED. */
aluno_code store_seal(const char *database, int64_t *count, struct store_facts *facts, aluno_error *error);

/* Replaces the database by the copy `file`, which is verified first. The replaced one stays in its folder;
 * its name is written to `aside`, "" when there was none. The next store_open erases again who was erased in
 * it. OPTION_INVALID or BACKUP_FAILED, and nothing changed: a service has the database open, or the copy is
 * refused. */
aluno_code store_restore(const char *database, const char *file, char *aside, size_t size,
                         struct store_facts *facts, aluno_error *error);

/* The next store_open erases also whom the list `list` names, a DATABASE.erased that was kept elsewhere.
 * OPTION_INVALID or BACKUP_FAILED, and nothing changed: a service has the database open, or a line is no
 * tombstone. */
aluno_code store_add_erased(const char *database, const char *list, aluno_error *error);

/* Writes the content of the file `file` to the open file `to`, as a copy that can be verified. */
typedef aluno_code store_write_copy(void *user, const char *file, int to, aluno_error *error);

/* The same with a file that `write` reads, with `user`. */
aluno_code store_restore_by(const char *database, const char *file, store_write_copy *write, void *user,
                            char *aside, size_t size, struct store_facts *facts, aluno_error *error);

/* ---- the audit ---- */

/* Reads both anchors of a database that a service may have open: of that one by a copy. OPTION_INVALID or
 * BACKUP_FAILED. */
aluno_code store_anchors(const char *database, struct store_anchor *head, struct store_anchor *start,
                         aluno_error *error);

#endif
