/* Opening and closing the store: its file, the lock on it, the schema, the writer and the readers' sessions.
 */
#include "migrate.h"
#include "session.h"
#include "writer.h"

#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
    int lock_file;
    store_session *writing; /* the writer's session */
    store_writer *writer;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t returned;
    store_session *free_readers;
};

static aluno_code refuse_file(const char *path, int problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be opened: %s", path,
                            strerror(problem));
}

/* Whether files may be made in the folder that the path names: 0, or the errno that says why not. */
static int judge_folder(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return ENOMEM;
    const int problem = access(dirname(copy), W_OK | X_OK) == 0 ? 0 : errno;
    free(copy);
    return problem;
}

aluno_code store_check(const char *path, aluno_error *error)
{
    struct stat facts;
    if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: is not a file", path);
    if (access(path, R_OK | W_OK) != 0 && errno != ENOENT)
        return refuse_file(path, errno, error);
    const int problem = judge_folder(path);
    return problem == 0 ? ALUNO_OK : refuse_file(path, problem, error);
}

/* Creates the file, for its owner alone, when there is none, and refuses what cannot be a database. */
static aluno_code prepare_file(const char *path, aluno_error *error)
{
    const aluno_code code = store_check(path, error);
    if (code != ALUNO_OK || access(path, F_OK) == 0)
        return code;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return refuse_file(path, errno, error);
    close(fd);
    return ALUNO_OK;
}

/* One alunod a database: takes a lock that lives as long as *fd, and with it ends at an exec or a crash. The
 * lock is on a file of its own, for closing any descriptor of the database would drop SQLite's locks on that.
 */
static aluno_code lock_file(int *fd, const char *path, aluno_error *error)
{
    char *name = NULL;
    if (asprintf(&name, "%s.lock", path) < 0)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);

    aluno_code code = ALUNO_OK;
    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (*fd < 0)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s cannot be opened: %s", path,
                                name, strerror(errno));
    else if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: is in use by another alunod; stop that one or choose another file",
                                path);
    free(name);
    return code;
}

static aluno_code open_writer(store *s, const char *path, aluno_error *error)
{
    aluno_code code = session_open(&s->writing, path, SESSION_WRITES, error);
    if (code == ALUNO_OK)
        code = store_migrate(s->writing, path, store_migrations, store_migration_count, error);
    if (code != ALUNO_OK)
        return code;

    if (sqlite3_exec(s->writing->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)
        return session_refuse(s->writing, path, error);
    return writer_start(&s->writer, s->writing, error);
}

static aluno_code open_readers(store *s, const char *path, size_t readers, aluno_error *error)
{
    for (size_t i = 0; i < readers; i++) {
        store_session *session = NULL;
        const aluno_code code = session_open(&session, path, SESSION_READS, error);
        if (code != ALUNO_OK)
            return code;
        store_session_release(s, session);
    }
    return ALUNO_OK;
}

static aluno_code open_all(store *s, const char *path, size_t readers, aluno_error *error)
{
    aluno_code code = lock_file(&s->lock_file, path, error);
    if (code == ALUNO_OK)
        code = open_writer(s, path, error);
    if (code == ALUNO_OK)
        code = open_readers(s, path, readers, error);
    return code;
}

aluno_code store_open(store **out, const char *path, size_t readers, aluno_error *error)
{
    aluno_code code = prepare_file(path, error);
    if (code != ALUNO_OK)
        return code;

    /* By another name of the same file (a symbolic link) the lock would be another one; and SQLite may take a
     * name that begins with "file:" for a URI. */
    char *real = realpath(path, NULL);
    store *s = calloc(1, sizeof *s);
    if (!real || !s) {
        free(real);
        free(s);
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    s->lock_file = -1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->returned, NULL);

    /* Nothing asks SQLite for its memory statistics, whose one lock all threads would share. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    code = open_all(s, real, readers, error);
    if (code == ALUNO_OK)
        *out = s;
    else
        store_close(s);
    free(real);
    return code;
}

void store_close(store *s)
{
    if (!s)
        return;
    if (s->writer) {
        writer_stop(s->writer);
        if (sqlite3_wal_checkpoint_v2(s->writing->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
            SQLITE_OK)
            session_fail(s->writing, NULL);
    }
    while (s->free_readers) {
        store_session *session = s->free_readers;
        s->free_readers = session->next;
        session_close(session);
    }
    session_close(s->writing);
    if (s->lock_file >= 0)
        close(s->lock_file);
    pthread_cond_destroy(&s->returned);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int store_schema_version(const store *s)
{
    (void)s;
    return store_migration_count;
}

store_session *store_session_acquire(store *s)
{
    pthread_mutex_lock(&s->lock);
    while (!s->free_readers)
        pthread_cond_wait(&s->returned, &s->lock);
    store_session *session = s->free_readers;
    s->free_readers = session->next;
    pthread_mutex_unlock(&s->lock);
    return session;
}

void store_session_release(store *s, store_session *session)
{
    pthread_mutex_lock(&s->lock);
    session->next = s->free_readers;
    s->free_readers = session;
    pthread_cond_signal(&s->returned);
    pthread_mutex_unlock(&s->lock);
}

aluno_code store_submit(store *s, store_change *change, aluno_error *error)
{
    return writer_submit(s->writer, change, error);
}
