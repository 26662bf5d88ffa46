/* A store in a folder of its own, or PostgreSQL's (postgres_bed.h), and changes that the test waits for. */
#ifndef ALUNO_TESTS_STORE_BED_H
#define ALUNO_TESTS_STORE_BED_H

#include "unit.h"
#ifdef ALUNO_POSTGRES
#    include "postgres_bed.h"
#endif

#include "store/sqlite/session.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct store_bed {
    char folder[64], path[120]; /* path: --db */
    struct store *store;
} store_bed;

/* A change under test. `work` runs on the writer thread; what it does is kept when it returns ALUNO_OK. */
typedef struct job job;
struct job {
    struct store_change change; /* first: the store gives it back */
    aluno_code (*work)(job *job, struct store_session *session);
    int64_t id;
    aluno_student student, out;
    struct store_operation operation;
    bool flag;
    aluno_error error, commit_error;
    aluno_code applied; /* what work returned */
    bool is_done, is_committed;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

#ifndef ALUNO_POSTGRES
static inline const char *postgres_bed(void)
{
    return NULL;
}
static inline void postgres_bed_empty(void)
{
}
static inline void postgres_bed_run(const char *sql)
{
    (void)sql;
}
static inline int64_t postgres_bed_number(const char *sql)
{
    (void)sql;
    return -1;
}
#endif

static inline void bed_open(store_bed *bed)
{
    aluno_error error;
    if (store_open(&bed->store, bed->path, 4, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
}

static inline void bed_close(store_bed *bed)
{
    store_close(bed->store);
    bed->store = NULL;
}

static inline int bed_make_folder(void **state)
{
    store_bed *bed = calloc(1, sizeof *bed);
    snprintf(bed->folder, sizeof bed->folder, "/tmp/aluno-store-XXXXXX");
    assert_non_null(mkdtemp(bed->folder));
    if (postgres_bed() != NULL) {
        snprintf(bed->path, sizeof bed->path, "%s", postgres_bed());
        postgres_bed_empty();
    } else {
        snprintf(bed->path, sizeof bed->path, "%s/aluno.db", bed->folder);
    }
    *state = bed;
    return 0;
}

static inline int bed_set_up(void **state)
{
    bed_make_folder(state);
    bed_open(*state);
    return 0;
}

static inline int bed_tear_down(void **state)
{
    store_bed *bed = *state;
    bed_close(bed);
    DIR *folder = opendir(bed->folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(bed->folder);
    free(bed);
    return 0;
}

static inline aluno_student bed_student(const char *name, int64_t age, int64_t cpf)
{
    char digits[24];
    aluno_student student = {0};
    snprintf(digits, sizeof digits, "%011lld", (long long)cpf);
    ALUNO_SET_TEXT(student, name, name);
    ALUNO_SET(student, age, age);
    ALUNO_SET_TEXT(student, br_document, digits);
    ALUNO_SET_TEXT(student, email, "a@example.com");
    return student;
}

/* A process that opens the store, works, and ends as by kill -9. */
static inline void work_and_die(store_bed *bed, void (*work)(store_bed *bed))
{
    int how;
    const pid_t child = fork();
    if (child == 0) {
        bed_open(bed);
        work(bed);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

/* ---- changes ---- */

static inline bool job_apply(struct store_change *change, struct store_session *session)
{
    job *at = (job *)(void *)change;
    at->applied = at->work(at, session);
    return at->applied == ALUNO_OK;
}

static inline void job_done(struct store_change *change, const aluno_error *commit_error)
{
    job *at = (job *)(void *)change;
    pthread_mutex_lock(&at->lock);
    at->is_committed = !commit_error;
    if (commit_error)
        at->commit_error = *commit_error;
    at->is_done = true;
    pthread_cond_broadcast(&at->changed);
    pthread_mutex_unlock(&at->lock);
}

static inline void job_prepare(job *at, aluno_code (*work)(job *, struct store_session *))
{
    at->work = work;
    at->change.apply = job_apply;
    at->change.done = job_done;
    at->is_done = false;
    pthread_mutex_init(&at->lock, NULL);
    pthread_cond_init(&at->changed, NULL);
}

static inline void job_submit(store_bed *bed, job *at, aluno_code (*work)(job *, struct store_session *))
{
    job_prepare(at, work);
    assert_int_equal(store_submit(bed->store, &at->change, NULL), ALUNO_OK);
}

/* Waits until the change is durable or undone; returns what its work returned, or why the commit failed. */
static inline aluno_code job_wait(job *at)
{
    pthread_mutex_lock(&at->lock);
    while (!at->is_done)
        pthread_cond_wait(&at->changed, &at->lock);
    pthread_mutex_unlock(&at->lock);
    pthread_cond_destroy(&at->changed);
    pthread_mutex_destroy(&at->lock);
    return at->is_committed ? at->applied : (aluno_code)at->commit_error.code;
}

static inline aluno_code job_run(store_bed *bed, job *at, aluno_code (*work)(job *, struct store_session *))
{
    job_submit(bed, at, work);
    return job_wait(at);
}

static inline aluno_code job_insert(job *at, struct store_session *session)
{
    return student_insert(session, &at->student, 1000, &at->out, &at->error);
}

static inline aluno_code job_update(job *at, struct store_session *session)
{
    return student_update(session, at->id, &at->student, &at->student.has, 2000, &at->out, &at->error);
}

static inline aluno_code job_remove(job *at, struct store_session *session)
{
    return student_remove(session, at->id, 3000, &at->out, &at->error);
}

/* Inserts a student who must be accepted; returns the id. */
static inline int64_t bed_insert(store_bed *bed, const char *name, int64_t cpf)
{
    static job at;
    at.student = bed_student(name, 20, cpf);
    assert_int_equal(job_run(bed, &at, job_insert), ALUNO_OK);
    return at.out.id;
}

static inline aluno_code bed_get(store_bed *bed, int64_t id, aluno_student *out, aluno_error *error)
{
    struct store_session *session = store_session_acquire(bed->store);
    const aluno_code code = student_by_id(session, id, STORE_PRESENT, out, error);
    store_session_release(bed->store, session);
    return code;
}

/* Reads a page into the message that a client gets. */
typedef struct bed_page {
    struct store_page page; /* first: the store gives it back */
    aluno_list_students_reply *out;
} bed_page;

static inline void bed_page_add(struct store_page *page, aluno_student *student)
{
    aluno_list_students_reply *out = ((bed_page *)(void *)page)->out;
    assert_true(out->students.count < sizeof out->students.items / sizeof *out->students.items);
    out->students.items[out->students.count++] = *student;
}

static inline aluno_code bed_search(struct store_session *session, const struct store_search *search,
                                    const struct store_position *after, int64_t limit,
                                    aluno_list_students_reply *out, struct store_position *last,
                                    aluno_error *error)
{
    bed_page to = {{bed_page_add}, out};
    aluno_clear(&aluno_list_students_reply_type, out);
    out->students.count = 0;
    const aluno_code code =
        student_search(session, search, after, limit, &to.page, &out->total_size, last, error);
    out->has.students = out->has.total_size = code == ALUNO_OK;
    return code;
}

/* The number that a query gives. */
static inline int64_t bed_number(store_bed *bed, const char *sql)
{
    int64_t number = -1;
    if (postgres_bed() != NULL)
        return postgres_bed_number(sql);
    struct store_session *session = store_session_acquire(bed->store);
    session_number(session, sql, &number);
    store_session_release(bed->store, session);
    return number;
}

/* Changes rows behind the service's back. In a change. */
static inline aluno_code bed_sql(struct store_session *session, const char *sql)
{
    if (postgres_bed() == NULL)
        return sqlite3_exec(session->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ALUNO_OK : ALUNO_INTERNAL;
    postgres_bed_run(sql);
    return ALUNO_OK;
}

/* For a test of what only a file has. */
static inline void bed_needs_a_file(void)
{
    if (postgres_bed() != NULL)
        skip();
}

#endif
