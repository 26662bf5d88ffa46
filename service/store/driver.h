/* The implementation of store.h, database.h and transfer.h for one kind of database: a table of functions,
 * like SQLite's VFS. driver.c chooses one by the database's name. */
#ifndef ALUNOD_STORE_DRIVER_H
#define ALUNOD_STORE_DRIVER_H

#include "database.h"
#include "transfer.h"

struct store_driver {
    /* store_open; `driver` is this one, for the stores and sessions that it makes. */
    aluno_code (*open)(struct store **out, const struct store_driver *driver, const char *database,
                       size_t readers, aluno_error *error);
#define DATABASE(name, parameters, arguments)      aluno_code(*name) parameters;
#define STORE(result, name, parameters, arguments) result(*name) parameters;
#define STORE_DO(name, parameters, arguments)      void(*name) parameters;
#define SESSION(name, parameters, arguments)       aluno_code(*name) parameters;
#include "driver.def"
};

/* The first member of each driver's own struct store and struct store_session, set by the driver. */
struct store_head {
    const struct store_driver *driver;
    int64_t deadline_ms;     /* of a session: store_session_until; 0: none */
    struct store_head *next; /* of a session: in its pool */
};

extern const struct store_driver sqlite_driver, postgres_driver;

#endif
