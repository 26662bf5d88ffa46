/* The thread that makes backups. It begins the next one as long after the newest in the folder as the
 * schedule says, so that a restart changes nothing. */
#include "backups.h"

#include "backup_folder.h"
#include "base/clock.h"
#include "base/thread.h"
#include "encrypted_backup.h"
#include "log.h"
#include "protocol/error.h"
#include "store/database.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    RETRY_MS = 10 * 60 * 1000, /* after a failure */
    LOOK_MS = 60 * 1000,       /* how often the calendar's clock is read: it may be set */
    NICE = 10,                 /* calls come first */
};

struct backups {
    struct store *store;
    struct backups_options options; /* with paths of its own */
    pthread_t thread;
    atomic_bool stopping;
    int64_t next_ms;      /* when the next one is due, in Unix milliseconds; the thread's */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool is_requested;
    aluno_backup state;
    struct backups_measures measures;
};

/* ---- one backup ---- */

/* The lock is held. */
static void count(struct backups_measures *measures, bool is_done, int64_t start_ms)
{
    measures->is_failing = !is_done;
    *(is_done ? &measures->done : &measures->failed) += 1;
    if (is_done)
        measures->newest_ms = start_ms;
}

static void end(struct backups *backups, int64_t start_ms, aluno_code code, const struct store_facts *facts,
                const aluno_error *error)
{
    pthread_mutex_lock(&backups->lock);
    aluno_backup *state = &backups->state;
    ALUNO_SET(*state, end_time, aluno__clock_unix_ms());
    count(&backups->measures, code == ALUNO_OK, start_ms);
    ALUNO_SET_TEXT(*state, state, code == ALUNO_OK ? "DONE" : "FAILED");
    if (code == ALUNO_OK) {
        ALUNO_SET(*state, size, facts->size);
        ALUNO_SET(*state, student_count, facts->students);
    } else {
        ALUNO_SET_TEXT(*state, problem, aluno__error_words(error));
    }
    pthread_mutex_unlock(&backups->lock);
}

static void log_backup(const char *file, aluno_code code, const struct store_facts *facts, int64_t began_ms,
                       const aluno_error *error)
{
    char size[24], students[24], ms[24];
    snprintf(size, sizeof size, "%" PRId64, facts->size);
    snprintf(students, sizeof students, "%" PRId64, facts->students);
    snprintf(ms, sizeof ms, "%" PRId64, aluno__clock_ms() - began_ms);
    if (code == ALUNO_OK)
        log_line(LOG_INFO, "Backup made.", "file", file, "bytes", size, "students", students, "ms", ms, NULL);
    else
        log_line(LOG_ERROR, "Backup failed.", "why", aluno__error_words(error), NULL);
}

static aluno_code encrypt(struct backups *backups, const backup_file file, const backup_file unfinished,
                          struct store_facts *facts, aluno_error *error)
{
    const struct backups_options *options = &backups->options;
    const atomic_bool *stop = &backups->stopping;
    struct encrypted_backup copy;
    aluno_code code = ALUNO_OK;
    if (!encrypted_backup_begin(&copy, options->database, aluno__clock_unix_ms()))
        code = aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: no copy can be made beside it",
                                options->database);
    if (code == ALUNO_OK)
        code = store_back_up(backups->store, copy.unfinished, copy.plain, stop, facts, error);
    if (code == ALUNO_OK)
        code =
            encrypted_backup_write(&copy, &options->recipients, unfinished, file, stop, &facts->size, error);
    encrypted_backup_end(&copy);
    return code;
}

static aluno_code write_backup(struct backups *backups, const backup_file file, const backup_file unfinished,
                               struct store_facts *facts, aluno_error *error)
{
    return encryption_is_wanted(&backups->options.recipients)
               ? encrypt(backups, file, unfinished, facts, error)
               : store_back_up(backups->store, unfinished, file, &backups->stopping, facts, error);
}

static aluno_code make(struct backups *backups, int64_t start_ms, const backup_file file,
                       const backup_file unfinished)
{
    const struct backups_options *options = &backups->options;
    const int64_t began_ms = aluno__clock_ms();
    struct store_facts facts = {0};
    aluno_error error;
    const int entered = backup_folder_enter(options->folder, options->database);
    const aluno_code code = write_backup(backups, file, unfinished, &facts, &error);
    if (code == ALUNO_OK)
        backup_folder_prune(options->folder, options->database, start_ms, (size_t)options->keep);
    backup_folder_leave(entered);
    if (code == ALUNO_OK || !atomic_load(&backups->stopping))
        log_backup(file, code, &facts, began_ms, &error);
    end(backups, start_ms, code, &facts, &error);
    return code;
}

/* Enters a new backup as the one that runs. The lock is held. */
static void begin(struct backups *backups, const char *file)
{
    backups->is_requested = false;
    aluno_clear(&aluno_backup_type, &backups->state);
    ALUNO_SET_TEXT(backups->state, state, "RUNNING");
    ALUNO_SET(backups->state, start_time, aluno__clock_unix_ms());
    if (file != NULL)
        ALUNO_SET_TEXT(backups->state, file, file);
}

static void back_up(struct backups *backups)
{
    const struct backups_options *options = &backups->options;
    const int64_t start_ms = aluno__clock_unix_ms();
    backup_file file, unfinished;
    const struct backup backup = {.began_ms = start_ms,
                                  .is_encrypted = encryption_is_wanted(&options->recipients)};
    backup_folder_names(options->folder, options->database, backup, file, unfinished);
    pthread_mutex_lock(&backups->lock);
    begin(backups, file);
    pthread_mutex_unlock(&backups->lock);
    const aluno_code code = make(backups, start_ms, file, unfinished);
    const bool retries = code != ALUNO_OK && options->every_ms > RETRY_MS;
    backups->next_ms = aluno__clock_unix_ms() + (retries ? RETRY_MS : options->every_ms);
}

/* ---- the thread ---- */

/* How long until the next backup is due, at most LOOK_MS. */
static int64_t until_due(struct backups *backups)
{
    if (backups->options.every_ms == 0)
        return LOOK_MS;
    const int64_t now_ms = aluno__clock_unix_ms();
    if (backups->next_ms > now_ms + backups->options.every_ms) /* the clock was set back */
        backups->next_ms = now_ms + backups->options.every_ms;
    const int64_t left_ms = backups->next_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms < LOOK_MS ? left_ms : LOOK_MS;
}

/* Waits until a backup is due or requested; false when the thread is to end. */
static bool wait(struct backups *backups)
{
    int64_t left_ms = 0;
    pthread_mutex_lock(&backups->lock);
    while (!atomic_load(&backups->stopping) && !backups->is_requested && (left_ms = until_due(backups)) > 0) {
        const struct timespec until = aluno__clock_timespec(aluno__clock_deadline(left_ms));
        pthread_cond_timedwait(&backups->changed, &backups->lock, &until);
    }
    pthread_mutex_unlock(&backups->lock);
    return !atomic_load(&backups->stopping);
}

static void *run(void *argument)
{
    struct backups *backups = argument;
    setpriority(PRIO_PROCESS, 0, NICE); /* on Linux, of this thread alone */
    while (wait(backups))
        back_up(backups);
    return NULL;
}

static void free_texts(struct backups_options *options)
{
    free((void *)(uintptr_t)options->database);
    free((void *)(uintptr_t)options->folder);
    free(options->recipients.list);
    free(options->recipients.file);
}

/* Adds to *failed; NULL stays NULL. */
static char *copy_text(const char *text, bool *failed)
{
    char *const copy = text != NULL ? strdup(text) : NULL;
    *failed |= text != NULL && copy == NULL;
    return copy;
}

static bool copy_options(struct backups_options *copy, const struct backups_options *options)
{
    bool failed = false;
    *copy = *options;
    copy->database = copy_text(options->database, &failed);
    copy->folder = copy_text(options->folder, &failed);
    copy->recipients.list = copy_text(options->recipients.list, &failed);
    copy->recipients.file = copy_text(options->recipients.file, &failed);
    if (failed)
        free_texts(copy);
    return !failed;
}

static struct backups *new_backups(struct store *store, const struct backups_options *options)
{
    struct backups *backups = calloc(1, sizeof *backups);
    if (backups == NULL || !copy_options(&backups->options, options)) {
        free(backups);
        return NULL;
    }
    pthread_mutex_init(&backups->lock, NULL);
    aluno__cond_init(&backups->changed);
    backups->store = store;
    backup_folder_tidy(options->folder, options->database);
    backups->measures.newest_ms = backup_folder_newest(options->folder, options->database);
    backups->next_ms = backups->measures.newest_ms + options->every_ms;
    ALUNO_SET_TEXT(backups->state, state, "NONE");
    return backups;
}

static void free_backups(struct backups *backups)
{
    pthread_cond_destroy(&backups->changed);
    pthread_mutex_destroy(&backups->lock);
    free_texts(&backups->options);
    free(backups);
}

aluno_code backups_start(struct backups **out, struct store *store, const struct backups_options *options,
                         aluno_error *error)
{
    aluno_code code = backup_folder_make(options->folder, error);
    if (code == ALUNO_OK && encryption_is_wanted(&options->recipients))
        code = encryption_check(&options->recipients, error);
    if (code != ALUNO_OK)
        return code;
    struct backups *backups = new_backups(store, options);
    if (backups != NULL && aluno__thread_start(&backups->thread, run, backups) == 0) {
        *out = backups;
        return ALUNO_OK;
    }
    if (backups != NULL)
        free_backups(backups);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the thread of backups");
}

void backups_stop(struct backups *backups)
{
    if (backups == NULL)
        return;
    pthread_mutex_lock(&backups->lock);
    atomic_store(&backups->stopping, true);
    pthread_cond_signal(&backups->changed);
    pthread_mutex_unlock(&backups->lock);
    pthread_join(backups->thread, NULL);
    free_backups(backups);
}

/* ---- requests ---- */

void backups_request(struct backups *backups, aluno_backup *out)
{
    pthread_mutex_lock(&backups->lock);
    if (strcmp(backups->state.state, "RUNNING") != 0) {
        begin(backups, NULL);
        backups->is_requested = true;
        pthread_cond_signal(&backups->changed);
    }
    aluno_copy(&aluno_backup_type, out, &backups->state);
    pthread_mutex_unlock(&backups->lock);
}

void backups_read(struct backups *backups, aluno_backup *out)
{
    pthread_mutex_lock(&backups->lock);
    aluno_copy(&aluno_backup_type, out, &backups->state);
    pthread_mutex_unlock(&backups->lock);
}

void backups_measure(struct backups *backups, struct backups_measures *out)
{
    *out = (struct backups_measures){0};
    if (backups == NULL)
        return;
    pthread_mutex_lock(&backups->lock);
    *out = backups->measures;
    pthread_mutex_unlock(&backups->lock);
}

const char *backups_folder(const struct backups *backups)
{
    return backups->options.folder;
}
