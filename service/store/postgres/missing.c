/* In place of this folder in a build without libpq: says so. */
#include "store/driver.h"

#include "protocol/error.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* each function only fails */

static aluno_code refuse(aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                            "--db: this alunod was built without PostgreSQL; install libpq-dev and build it "
                            "with -DALUNO_POSTGRES=ON");
}

static aluno_code missing_open(struct store **out, const struct store_driver *driver, const char *database,
                               size_t readers, aluno_error *error)
{
    return refuse(error);
}

#define STORE(result, name, parameters, arguments)
#define STORE_DO(name, parameters, arguments)
#define SESSION(name, parameters, arguments)
#define DATABASE(name, parameters, arguments)                                                                \
    static aluno_code missing_##name parameters                                                              \
    {                                                                                                        \
        return refuse(error);                                                                                \
    }
#include "store/driver.def"

/* No store is ever open, so the functions of one are not there. */
const struct store_driver postgres_driver = {
    .open = missing_open,
#define STORE(result, name, parameters, arguments)
#define STORE_DO(name, parameters, arguments)
#define SESSION(name, parameters, arguments)
#define DATABASE(name, parameters, arguments) .name = missing_##name,
#include "store/driver.def"
};
