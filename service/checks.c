/* The thread that checks. */
#include "checks.h"

#include "base/clock.h"
#include "base/thread.h"
#include "log.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { NICE = 15 }; /* after backups */

struct checks {
    struct store *store;
    int64_t next_ms, every_ms; /* monotonic clock */
    pthread_t thread;
    atomic_bool stopping;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct checks_facts facts;
};

static bool is_sound(const struct store_verified *found)
{
    return found->damaged_pages == 0 && found->damaged_tables == 0;
}

static void log_check(const struct store_verified *found, int64_t ms)
{
    char pages[24], damaged[24], tables[24], unfinished[24], students[24], duration[24];
    snprintf(pages, sizeof pages, "%" PRId64, found->pages);
    snprintf(damaged, sizeof damaged, "%" PRId64, found->damaged_pages);
    snprintf(tables, sizeof tables, "%" PRId64, found->damaged_tables);
    snprintf(unfinished, sizeof unfinished, "%" PRId64, found->unfinished_tables);
    snprintf(students, sizeof students, "%" PRId64, found->students);
    snprintf(duration, sizeof duration, "%" PRId64, ms);
    if (is_sound(found))
        log_line(LOG_INFO, "Database checked.", "pages", pages, "students", students, "unfinished_tables",
                 unfinished, "ms", duration, NULL);
    else
        log_line(LOG_ERROR, "The database is damaged: restore a backup.", "damaged_pages", damaged,
                 "damaged_tables", tables, "pages", pages, "ms", duration, NULL);
}

/* `found`: NULL when the check could not be made; what the last one found stays then. */
static void keep_facts(struct checks *checks, const struct store_verified *found)
{
    pthread_mutex_lock(&checks->lock);
    struct checks_facts *facts = &checks->facts;
    facts->failed += found == NULL;
    if (found != NULL) {
        facts->sound += is_sound(found);
        facts->damaged += !is_sound(found);
        facts->end_ms = aluno__clock_unix_ms();
        facts->found = *found;
    }
    pthread_mutex_unlock(&checks->lock);
}

static void check(struct checks *checks)
{
    struct store_verified found;
    aluno_error error;
    const int64_t began_ms = aluno__clock_ms();
    const aluno_code code = store_verify(checks->store, &checks->stopping, &found, &error);
    if (code == ALUNO_OK && !found.is_complete)
        return;
    if (code == ALUNO_OK)
        log_check(&found, aluno__clock_ms() - began_ms);
    else
        log_line(LOG_ERROR, "The database cannot be checked.", "why", aluno__error_words(&error), NULL);
    keep_facts(checks, code == ALUNO_OK ? &found : NULL);
}

/* Waits until a check is due; false when the thread is to end. */
static bool wait(struct checks *checks)
{
    const struct timespec until = aluno__clock_timespec(checks->next_ms);
    pthread_mutex_lock(&checks->lock);
    while (!atomic_load(&checks->stopping) && aluno__clock_ms() < checks->next_ms)
        pthread_cond_timedwait(&checks->changed, &checks->lock, &until);
    pthread_mutex_unlock(&checks->lock);
    return !atomic_load(&checks->stopping);
}

static void *run(void *argument)
{
    struct checks *checks = argument;
    setpriority(PRIO_PROCESS, 0, NICE); /* on Linux, of this thread alone */
    while (wait(checks)) {
        check(checks);
        checks->next_ms = aluno__clock_deadline(checks->every_ms);
    }
    return NULL;
}

static void free_checks(struct checks *checks)
{
    pthread_cond_destroy(&checks->changed);
    pthread_mutex_destroy(&checks->lock);
    free(checks);
}

aluno_code checks_start(struct checks **out, struct store *store, int64_t first_ms, int64_t every_ms,
                        aluno_error *error)
{
    struct checks *checks = calloc(1, sizeof *checks);
    if (checks == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the thread of checks");
    checks->store = store;
    checks->next_ms = aluno__clock_deadline(first_ms);
    checks->every_ms = every_ms;
    pthread_mutex_init(&checks->lock, NULL);
    aluno__cond_init(&checks->changed);
    if (aluno__thread_start(&checks->thread, run, checks) == 0) {
        *out = checks;
        return ALUNO_OK;
    }
    free_checks(checks);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the thread of checks");
}

void checks_stop(struct checks *checks)
{
    if (checks == NULL)
        return;
    pthread_mutex_lock(&checks->lock);
    atomic_store(&checks->stopping, true);
    pthread_cond_signal(&checks->changed);
    pthread_mutex_unlock(&checks->lock);
    pthread_join(checks->thread, NULL);
    free_checks(checks);
}

void checks_measure(struct checks *checks, struct checks_facts *out)
{
    *out = (struct checks_facts){0};
    if (checks == NULL)
        return;
    pthread_mutex_lock(&checks->lock);
    *out = checks->facts;
    pthread_mutex_unlock(&checks->lock);
}
