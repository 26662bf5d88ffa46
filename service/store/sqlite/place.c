/* Compares the names with the files by device and inode, which no new file gets while the old one is open,
 * and the database's size and time of writing with those that this process left. */
#include "place.h"

#include "file.h"
#include "log.h"
#include "page_file.h"
#include "path.h"
#include "protocol/error.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* When the disk has less, checkpoints come early and the log says so. */
#define SHORT_BYTES ((uint64_t)64 << 20)

struct place {
    char *database, *log, *folder;
    int file; /* the database, also when its name is another by now; only for fstat (O_PATH) */
    int file_lock;
    atomic_bool is_short;
    pthread_mutex_t lock; /* guards what follows */
    struct stat database_facts, log_facts;
    unsigned stamps;               /* page_file_stamps, at most those when database_facts were read */
    bool has_log;                  /* log_facts are known */
    bool log_is_lost;              /* another program emptied it; what grows there has no beginning */
    _Atomic(const char *) problem; /* as logged; NULL: none. Set under the lock. */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_same_content(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The log appears with the first commit, and stays as long as the database is open. Only checkpoints empty
 * it. */
static const char *find_log_problem(struct place *place)
{
    struct stat found;
    if (stat(place->log, &found) != 0)
        return place->has_log ? "its write-ahead log is missing" : NULL;
    if (!place->has_log)
        place->log_facts = found;
    place->has_log = true;
    if (!is_same_file(&found, &place->log_facts))
        return "its write-ahead log was replaced";
    place->log_is_lost = place->log_is_lost || (found.st_size == 0 && place->log_facts.st_size > 0);
    place->log_facts = found;
    return place->log_is_lost ? "its write-ahead log was emptied" : NULL;
}

/* A commit that begins a log stamps the database, also between two lines here. `before`: page_file_stamps
 * when the facts in *found were not read yet. */
static bool was_stamped(struct place *place, const struct stat *found, unsigned before)
{
    if (page_file_stamps() == place->stamps)
        return false;
    place->stamps = before;
    place->database_facts = *found;
    return true;
}

/* Whether another program wrote to the file with these facts. `stamps`: as in was_stamped. */
static bool is_foreign(struct place *place, const struct stat *found, unsigned stamps)
{
    return !is_same_content(found, &place->database_facts) && !was_stamped(place, found, stamps);
}

static const char *find_problem(struct place *place)
{
    struct stat found;
    const unsigned stamps = page_file_stamps();
    if (stat(place->database, &found) != 0)
        return "it is missing";
    if (!is_same_file(&found, &place->database_facts))
        return "it was replaced";
    if (is_foreign(place, &found, stamps))
        return "another program wrote to it";
    return find_log_problem(place);
}

static aluno_code fail(const char *problem, aluno_error *error)
{
    return problem == NULL ? ALUNO_OK : aluno__error_set(error, ALUNO_REASON_STORE_MOVED, "%s", problem);
}

aluno_code place_check(struct place *place, aluno_error *error)
{
    pthread_mutex_lock(&place->lock);
    const char *problem = find_problem(place), *before = atomic_load(&place->problem);
    if (problem != NULL && problem != before)
        log_line(LOG_ERROR, "Changes are refused: the database's file is not the one that was opened.", "db",
                 place->database, "why", problem, NULL);
    else if (problem == NULL && before != NULL)
        log_line(LOG_INFO, "The database's file is back.", "db", place->database, NULL);
    atomic_store(&place->problem, problem);
    pthread_mutex_unlock(&place->lock);
    return fail(problem, error);
}

aluno_code place_last_check(const struct place *place, aluno_error *error)
{
    return fail(atomic_load(&place->problem), error);
}

/* Whether the open database is as this process left it, whatever its name is by now. */
static bool is_own(struct place *place)
{
    struct stat found;
    const unsigned stamps = page_file_stamps();
    return fstat(place->file, &found) == 0 && !is_foreign(place, &found, stamps);
}

bool place_begin_write(struct place *place)
{
    pthread_mutex_lock(&place->lock);
    find_log_problem(place); /* before this process may empty the log itself */
    if (!place->log_is_lost && is_own(place) && file_begin_write(place->file_lock))
        return true;
    pthread_mutex_unlock(&place->lock);
    return false;
}

void place_end_write(struct place *place)
{
    struct stat found;
    if (fstat(place->file, &found) == 0)
        place->database_facts = found;
    place->log_facts.st_size = 0;
    file_end_write(place->file_lock);
    pthread_mutex_unlock(&place->lock);
}

static int64_t size_of(const char *file)
{
    struct stat found;
    return stat(file, &found) == 0 ? (int64_t)found.st_size : 0;
}

void place_measure(const struct place *place, int64_t *database, int64_t *log, int64_t *disk_free)
{
    struct statvfs disk;
    *database = size_of(place->database);
    *log = size_of(place->log);
    *disk_free = statvfs(place->folder, &disk) == 0 ? (int64_t)((uint64_t)disk.f_bavail * disk.f_frsize) : 0;
}

void place_hold(struct place *place)
{
    pthread_mutex_lock(&place->lock);
}

void place_release(struct place *place)
{
    pthread_mutex_unlock(&place->lock);
}

void place_watch_space(struct place *place)
{
    struct statvfs disk;
    char mib[24];
    if (statvfs(place->folder, &disk) != 0)
        return;
    const uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    const bool was_short = atomic_load(&place->is_short);
    if (!was_short && room < SHORT_BYTES) {
        snprintf(mib, sizeof mib, "%" PRIu64, room >> 20);
        log_line(LOG_WARN, "The database's disk is nearly full.", "folder", place->folder, "free_mib", mib,
                 NULL);
        atomic_store(&place->is_short, true);
    } else if (was_short && room > 2 * SHORT_BYTES) {
        log_line(LOG_INFO, "The database's disk has room again.", "folder", place->folder, NULL);
        atomic_store(&place->is_short, false);
    }
}

bool place_is_short(const struct place *place)
{
    return atomic_load_explicit(&place->is_short, memory_order_relaxed);
}

struct place *place_new(const char *database, int lock)
{
    char folder[PATH_MAX];
    struct place *place = calloc(1, sizeof *place);
    if (place == NULL)
        return NULL;
    pthread_mutex_init(&place->lock, NULL);
    place->file_lock = lock;
    place->stamps = page_file_stamps();
    place->database = strdup(database);
    place->folder = path_folder(database, folder, sizeof folder) ? strdup(folder) : NULL;
    if (asprintf(&place->log, "%s-wal", database) < 0)
        place->log = NULL;
    place->file = open(database, O_PATH | O_CLOEXEC);
    if (place->database != NULL && place->folder != NULL && place->log != NULL &&
        fstat(place->file, &place->database_facts) == 0) {
        place_watch_space(place);
        return place;
    }
    place_free(place);
    return NULL;
}

void place_free(struct place *place)
{
    if (place == NULL)
        return;
    pthread_mutex_destroy(&place->lock);
    if (place->file >= 0)
        close(place->file);
    free(place->database);
    free(place->log);
    free(place->folder);
    free(place);
}
