/* The functions of store.h as this folder has them. */
#ifndef ALUNOD_POSTGRES_DRIVER_H
#define ALUNOD_POSTGRES_DRIVER_H

#include "store/driver.h"

aluno_code postgres_open(struct store **out, const struct store_driver *driver, const char *database,
                         size_t readers, aluno_error *error);

#define DATABASE(name, parameters, arguments)      aluno_code postgres_##name parameters;
#define STORE(result, name, parameters, arguments) result postgres_##name parameters;
#define STORE_DO(name, parameters, arguments)      void postgres_##name parameters;
#define SESSION(name, parameters, arguments)       aluno_code postgres_##name parameters;
#include "store/driver.def"

#endif
