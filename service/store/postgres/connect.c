/* Connecting: to the first host of the URI that is the primary. libpq would wait for a silent host for two
 * seconds at least, whatever the call's deadline; so hosts are tried here, one by one, without blocking. */
#include "connect.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOST_MS = 2000, /* for one host */
    SLICE_MS = 100, /* between two polls of the deadline and `abandoned` */
    NAME_SIZE = 256
};

/* Limits how long a hung service holds locks, and ends statements that no call waits for. */
static const char settings[] = "-c statement_timeout=30000 -c lock_timeout=10000"
                               " -c idle_in_transaction_session_timeout=5000"
                               " -c client_connection_check_interval=1000";

/* ---- the hosts of a URI ---- */

/* Parameters of the URI; NULL: not given. The first three are parallel lists, separated by commas. */
enum { HOST, HOSTADDR, PORT, OPTIONS, PARTS };

static const char *const part_names[PARTS] = {"host", "hostaddr", "port", "options"};

static size_t count_items(const char *list)
{
    size_t count = list != NULL;
    for (; list != NULL && *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* Copies the item of that number; a list of one is for all hosts. NULL when there is none. */
static const char *copy_item(const char *list, size_t number, char item[NAME_SIZE])
{
    if (list == NULL)
        return NULL;
    for (; number > 0 && strchr(list, ',') != NULL; number--)
        list = strchr(list, ',') + 1;
    snprintf(item, NAME_SIZE, "%.*s", (int)strcspn(list, ","), list);
    return item;
}

/* A URI without ports has a list of empty ones. libpq passes over an empty value, and would keep that list.
 */
static const char *copy_port(const char *list, size_t number, char item[NAME_SIZE])
{
    const char *port = copy_item(list, number, item);
    if (port == NULL || *port != '\0')
        return port;
    port = getenv("PGPORT");
    return port != NULL ? port : "5432";
}

static void read_parts(PQconninfoOption *options, const char *parts[PARTS])
{
    for (int i = 0; i < PARTS; i++)
        parts[i] = NULL;
    for (; options != NULL && options->keyword != NULL; options++)
        for (int i = 0; i < PARTS; i++)
            if (strcmp(options->keyword, part_names[i]) == 0)
                parts[i] = options->val;
}

/* ---- one host ---- */

static PGconn *start(const struct connecting *to, const char *const parts[PARTS], size_t number)
{
    char items[PARTS][NAME_SIZE], options[4 * NAME_SIZE];
    const char *given = parts[OPTIONS] != NULL ? parts[OPTIONS] : getenv("PGOPTIONS");
    snprintf(options, sizeof options, "%s %s", settings, given != NULL ? given : ""); /* the last one holds */
    /* Later keywords override earlier ones. */
    const char *keywords[] = {"target_session_attrs",
                              "fallback_application_name",
                              "client_encoding",
                              "tcp_user_timeout",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "dbname",
                              part_names[HOST],
                              part_names[HOSTADDR],
                              part_names[PORT],
                              part_names[OPTIONS],
                              NULL};
    const char *values[] = {"read-write",
                            to->name,
                            "UTF8",
                            "5000",
                            "5",
                            "2",
                            "3",
                            to->uri,
                            copy_item(parts[HOST], number, items[HOST]),
                            copy_item(parts[HOSTADDR], number, items[HOSTADDR]),
                            copy_port(parts[PORT], number, items[PORT]),
                            options,
                            NULL};
    return PQconnectStartParams(keywords, values, 1);
}

/* Waits until it is connected, has failed, or the time is over. */
static bool finish(const struct connecting *to, PGconn *connection, int64_t until_ms)
{
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        const int64_t left = until_ms - aluno__clock_ms();
        struct pollfd socket = {.fd = PQsocket(connection),
                                .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (left <= 0 || connecting_is_late(to))
            return false;
        const int ready = poll(&socket, 1, left < SLICE_MS ? (int)left : SLICE_MS);
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready > 0)
            next = PQconnectPoll(connection);
    }
    return next == PGRES_POLLING_OK;
}

/* The first host's reason is the one that is reported. */
static void copy_reason(const PGconn *connection, char *why, size_t size)
{
    if (why == NULL || *why != '\0')
        return;
    const char *message = connection != NULL ? PQerrorMessage(connection) : "";
    snprintf(why, size, "%s", *message != '\0' ? message : "no answer");
    why[strcspn(why, "\n")] = '\0';
}

/* A host that is silent leaves its share of the time to each host after it. */
static int64_t host_deadline(const struct connecting *to, size_t hosts_left)
{
    const int64_t share_ms = (to->deadline_ms - aluno__clock_ms()) / (int64_t)hosts_left;
    return aluno__clock_deadline(to->deadline_ms != 0 && share_ms < HOST_MS ? share_ms : HOST_MS);
}

static PGconn *connect_to(const struct connecting *to, const char *const parts[PARTS], size_t number,
                          int64_t until_ms, char *why, size_t size)
{
    PGconn *connection = start(to, parts, number);
    if (connection != NULL && PQstatus(connection) != CONNECTION_BAD && finish(to, connection, until_ms) &&
        PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1)
        return connection;
    copy_reason(connection, why, size);
    PQfinish(connection);
    return NULL;
}

/* ---- all ---- */

bool connecting_is_late(const struct connecting *to)
{
    return (to->abandoned != NULL && atomic_load_explicit(to->abandoned, memory_order_relaxed)) ||
           (to->deadline_ms != 0 && aluno__clock_ms() >= to->deadline_ms);
}

PGconn *connect_primary(const struct connecting *to, char *why, size_t size)
{
    const char *parts[PARTS];
    PQconninfoOption *options = PQconninfoParse(to->uri, NULL);
    read_parts(options, parts);
    const size_t hosts = count_items(parts[HOST]), addresses = count_items(parts[HOSTADDR]);
    const size_t most = hosts > addresses ? hosts : addresses, count = most > 0 ? most : 1;
    PGconn *connection = NULL;
    if (why != NULL)
        *why = '\0';
    for (size_t i = 0; connection == NULL && i < count && !connecting_is_late(to); i++)
        connection = connect_to(to, parts, i, host_deadline(to, count - i), why, size);
    PQconninfoFree(options);
    return connection;
}
