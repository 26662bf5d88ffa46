/* Each function of store.h calls that of the driver of its store, session or database. */
#include "driver.h"

static const struct store_driver *driver_for(const char *database)
{
    (void)database; /* a file */
    return &sqlite_driver;
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
