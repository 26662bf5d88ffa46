/* A table of the reasons and peers of the present second. */
#include "refusals.h"

#include "log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { ENTRIES = 64 };

struct entry {
    char reason[40], peer[72];
    const char *kind;
    unsigned long again;
};

/* When all entries are taken, the last counts those of all further peers. */
static struct entry entries[ENTRIES + 1];
static size_t used;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* "10.0.0.7" of "10.0.0.7:54222": each connection has another port. */
static void copy_peer(char *out, size_t size, const char *kind, const char *peer)
{
    const char *port = strcmp(kind, "address") == 0 ? strrchr(peer, ':') : NULL;
    const char *bracket = strrchr(peer, ']');
    const bool has_port = port != NULL && (bracket == NULL || bracket < port);
    snprintf(out, size, "%.*s", has_port ? (int)(port - peer) : (int)strlen(peer), peer);
}

static struct entry *find(const struct entry *wanted)
{
    for (size_t i = 0; i < used; i++)
        if (strcmp(entries[i].peer, wanted->peer) == 0 && strcmp(entries[i].reason, wanted->reason) == 0)
            return &entries[i];
    return NULL;
}

bool refusals_admit(const char *reason, const char *kind, const char *peer)
{
    struct entry wanted = {.kind = kind};
    snprintf(wanted.reason, sizeof wanted.reason, "%s", reason);
    copy_peer(wanted.peer, sizeof wanted.peer, kind, peer);
    pthread_mutex_lock(&mutex);
    struct entry *const found = find(&wanted);
    const bool is_new = found == NULL && used < ENTRIES;
    if (is_new)
        entries[used++] = wanted;
    else if (found != NULL)
        found->again++;
    else
        entries[ENTRIES].again++;
    pthread_mutex_unlock(&mutex);
    return is_new;
}

static void report(const struct entry *entry)
{
    char times[24];
    snprintf(times, sizeof times, "%lu", entry->again);
    log_line(LOG_WARN, "Refused again.", entry->kind, entry->peer, "reason", entry->reason, "times", times,
             NULL);
}

/* An entry that repeated stays, so that the next second has one line of it, too. */
void refusals_tick(void)
{
    pthread_mutex_lock(&mutex);
    size_t kept = 0;
    for (size_t i = 0; i < used; i++) {
        if (entries[i].again == 0)
            continue;
        report(&entries[i]);
        entries[i].again = 0;
        if (kept != i)
            entries[kept] = entries[i];
        kept++;
    }
    used = kept;
    if (entries[ENTRIES].again > 0)
        report(&(struct entry){
            .kind = "address", .peer = "others", .reason = "various", .again = entries[ENTRIES].again});
    entries[ENTRIES].again = 0;
    pthread_mutex_unlock(&mutex);
}
