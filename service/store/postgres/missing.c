/* In place of this folder in a build without libpq: says so. */
#include "driver.h"

#include "protocol/error.h"

static aluno_code refuse(aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                            "--db: this alunod was built without PostgreSQL; install libpq-dev and build it "
                            "with -DALUNO_POSTGRES=ON");
}

aluno_code postgres_open(struct store **out, const struct store_driver *driver, const char *database,
                         size_t readers, aluno_error *error)
{
    (void)out, (void)driver, (void)database, (void)readers;
    return refuse(error);
}

aluno_code postgres_check(const char *database, aluno_error *error)
{
    (void)database;
    return refuse(error);
}

aluno_code postgres_peek(const char *database, int64_t *version, int64_t *newest, aluno_error *error)
{
    (void)database, (void)version, (void)newest;
    return refuse(error);
}

aluno_code postgres_anchors(const char *database, struct store_anchor *head, struct store_anchor *start,
                            aluno_error *error)
{
    (void)database, (void)head, (void)start;
    return refuse(error);
}
