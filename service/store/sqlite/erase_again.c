/* Reads DATABASE.erased when the store is opened. */
#include "erase_again.h"

#include "erase.h"
#include "erased_file.h"
#include "log.h"
#include "protocol/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static aluno_code apply_one(struct store_session *session, const struct store_tombstone *tombstone,
                            int64_t *count, aluno_error *error)
{
    struct store_erased erased = {0};
    const aluno_code code = sqlite_student_erase(session, tombstone, &erased, error);
    *count += code == ALUNO_OK;
    return code == ALUNO_NOT_FOUND ? tombstone_add(session, tombstone, error) : code;
}

static aluno_code apply_lines(struct store_session *session, FILE *file, int64_t *count, aluno_error *error)
{
    char *line = NULL;
    size_t room = 0;
    int number = 0;
    aluno_code code = ALUNO_OK;
    while (code == ALUNO_OK && getline(&line, &room, file) > 0) {
        struct store_tombstone tombstone;
        number++;
        code = erased_line_read(line, &tombstone)
                   ? apply_one(session, &tombstone, count, error)
                   : aluno__error_set(
                         error, ALUNO_REASON_OPTION_INVALID,
                         "--db %s: line %d of its file .erased is no tombstone; correct it or remove it",
                         sqlite3_db_filename(session->db, "main"), number);
    }
    free(line);
    if (code == ALUNO_OK && ferror(file))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: its file .erased cannot be read: %s",
                                sqlite3_db_filename(session->db, "main"), strerror(errno));
    return code;
}

static aluno_code apply_in_transaction(struct store_session *session, FILE *file, int64_t *count,
                                       aluno_error *error)
{
    session->live_added = 0;
    aluno_code code = session_run(session, STATEMENT_BEGIN, error);
    if (code == ALUNO_OK)
        code = apply_lines(session, file, count, error);
    if (code == ALUNO_OK)
        code = session_add_to_total(session, session->live_added, error);
    if (code == ALUNO_OK)
        code = session_run(session, STATEMENT_COMMIT, error);
    if (code != ALUNO_OK && !sqlite3_get_autocommit(session->db))
        session_run(session, STATEMENT_ROLLBACK, NULL);
    session->live_added = 0;
    return code;
}

aluno_code erase_again(struct store_session *session, aluno_error *error)
{
    erased_path path;
    char text[24];
    int64_t count = 0;
    erased_file_path(sqlite3_db_filename(session->db, "main"), "", path);
    FILE *file = fopen(path, "re");
    if (file == NULL && errno == ENOENT)
        return ALUNO_OK;
    if (file == NULL)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: its file .erased cannot be read: %s",
                                sqlite3_db_filename(session->db, "main"), strerror(errno));
    const aluno_code code = apply_in_transaction(session, file, &count, error);
    fclose(file);
    snprintf(text, sizeof text, "%" PRId64, count);
    if (code == ALUNO_OK && count > 0)
        log_line(LOG_INFO, "Students who had been erased were erased again.", "students", text, NULL);
    return code;
}
