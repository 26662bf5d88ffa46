#include "postgres_bed.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

const char *postgres_bed(void)
{
    return getenv("ALUNO_POSTGRES");
}

static PGresult *run(const char *sql)
{
    PGconn *connection = PQconnectdb(postgres_bed());
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(connection));
        abort();
    }
    PQfinish(connection);
    return result;
}

void postgres_bed_run(const char *sql)
{
    PQclear(run(sql));
}

void postgres_bed_empty(void)
{
    postgres_bed_run("SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

int64_t postgres_bed_number(const char *sql)
{
    PGresult *rows = run(sql);
    const int64_t number =
        PQntuples(rows) > 0 && !PQgetisnull(rows, 0, 0) ? strtoll(PQgetvalue(rows, 0, 0), NULL, 10) : -1;
    PQclear(rows);
    return number;
}
