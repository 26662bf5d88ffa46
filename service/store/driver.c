/* Each function of store.h, database.h and transfer.h calls that of the driver of its store, session or
 * database. */
#include "driver.h"

#include <string.h>

bool store_is_remote(const char *database)
{
    return strncmp(database, "postgresql://", 13) == 0 || strncmp(database, "postgres://", 11) == 0;
}

/* A password comes after a user's name, or as a parameter. */
bool store_name_is_valid(const char *database)
{
    if (!store_is_remote(database))
        return true;
    const char *authority = strstr(database, "://") + 3;
    const char *at = memchr(authority, '@', strcspn(authority, "/?"));
    const bool has_password = at != NULL && memchr(authority, ':', (size_t)(at - authority)) != NULL;
    return !has_password && strcasestr(database, "password=") == NULL;
}

static const struct store_driver *driver_for(const char *database)
{
    return store_is_remote(database) ? &postgres_driver : &sqlite_driver;
}

static const struct store_driver *driver_of(const void *store_or_session)
{
    return ((const struct store_head *)store_or_session)->driver;
}

aluno_code store_open(struct store **out, const char *database, size_t readers, aluno_error *error)
{
    const struct store_driver *driver = driver_for(database);
    return driver->open(out, driver, database, readers, error);
}

void store_session_until(struct store_session *session, int64_t deadline_ms)
{
    ((struct store_head *)(void *)session)->deadline_ms = deadline_ms;
}

#define DATABASE(name, parameters, arguments)                                                                \
    aluno_code store_##name parameters                                                                       \
    {                                                                                                        \
        return driver_for(database)->name arguments;                                                         \
    }
#define STORE(result, name, parameters, arguments)                                                           \
    result store_##name parameters                                                                           \
    {                                                                                                        \
        return driver_of(store)->name arguments;                                                             \
    }
/* store_close allows NULL. */
#define STORE_DO(name, parameters, arguments)                                                                \
    void store_##name parameters                                                                             \
    {                                                                                                        \
        if (store != NULL)                                                                                   \
            driver_of(store)->name arguments;                                                                \
    }
#define SESSION(name, parameters, arguments)                                                                 \
    aluno_code name parameters                                                                               \
    {                                                                                                        \
        return driver_of(session)->name arguments;                                                           \
    }
#include "driver.def"
