/* alunod backup, alunod restore, alunod check, alunod seal, alunod migrate. audit/command.c has alunod audit.
 */
#include "commands.h"

#include "audit_options.h"
#include "backup_folder.h"
#include "base/clock.h"
#include "encrypted_backup.h"
#include "protocol/error.h"
#include "store/database.h"
#include "store/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *problem)
{
    fprintf(stderr, "alunod: %s\n", problem);
    return EXIT_FAILURE;
}

static int fail_with(const aluno_error *error)
{
    return fail(aluno__error_words(error));
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Writes the names of the file that is to be made; false when they are too long. In a folder the unfinished
 * one is not the service's, which may be making a backup there. */
static bool write_names(const struct options *given, backup_file file, backup_file unfinished)
{
    const struct backup backup = {.began_ms = aluno__clock_unix_ms(),
                                  .is_encrypted = encryption_is_wanted(&given->recipients)};
    const bool fits =
        is_folder(given->to)
            ? backup_folder_names(given->to, given->db, backup, file, unfinished)
            : (size_t)snprintf(file, sizeof(backup_file), "%s", given->to) < sizeof(backup_file);
    return fits &&
           (size_t)snprintf(unfinished, sizeof(backup_file), "%s.unfinished", file) < sizeof(backup_file);
}

static aluno_code encrypt(const struct options *given, const char *unfinished, const char *file,
                          struct store_facts *facts, aluno_error *error)
{
    struct encrypted_backup copy;
    aluno_code code = encryption_check(&given->recipients, error);
    if (code != ALUNO_OK)
        return code;
    if (!encrypted_backup_begin(&copy, given->db, aluno__clock_unix_ms()))
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: no copy can be made beside it",
                                given->db);
    if (code == ALUNO_OK)
        code = store_back_up_file(given->db, copy.unfinished, copy.plain, facts, error);
    if (code == ALUNO_OK)
        code = encrypted_backup_write(&copy, &given->recipients, unfinished, file, NULL, &facts->size, error);
    encrypted_backup_end(&copy);
    return code;
}

static aluno_code back_up(const struct options *given, const char *unfinished, const char *file,
                          struct store_facts *facts, aluno_error *error)
{
    return encryption_is_wanted(&given->recipients)
               ? encrypt(given, unfinished, file, facts, error)
               : store_back_up_file(given->db, unfinished, file, facts, error);
}

int command_backup(const struct options *given)
{
    backup_file file, unfinished;
    struct store_facts facts;
    aluno_error error;
    if (store_is_remote(given->db)) /* which says how it is backed up */
        return store_back_up_file(given->db, "", "", &facts, &error) == ALUNO_OK ? EXIT_SUCCESS
                                                                                 : fail_with(&error);
    if (!write_names(given, file, unfinished))
        return fail("--to: the name is too long");
    if (access(file, F_OK) == 0) {
        fprintf(stderr, "alunod: --to %s: exists; choose another name\n", file);
        return EXIT_FAILURE;
    }
    const int entered = is_folder(given->to) ? backup_folder_enter(given->to, given->db) : -1;
    const aluno_code code = back_up(given, unfinished, file, &facts, &error);
    backup_folder_leave(entered);
    if (code != ALUNO_OK)
        return fail_with(&error);
    printf("%s\n%" PRId64 " students, %" PRId64 " bytes, verified\n", file, facts.students, facts.size);
    return EXIT_SUCCESS;
}

static aluno_code decrypt(void *identity, const char *file, int to, aluno_error *error)
{
    return encryption_read(identity, file, to, error);
}

static aluno_code restore(const struct options *given, backup_file aside, struct store_facts *facts,
                          aluno_error *error)
{
    if (!encryption_is_of(given->file))
        return store_restore(given->db, given->file, aside, sizeof(backup_file), facts, error);
    if (given->identity == NULL)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "%s: is encrypted; give the private key: --identity FILE", given->file);
    return store_restore_by(given->db, given->file, decrypt, given->identity, aside, sizeof(backup_file),
                            facts, error);
}

/* The audit goes on where it was, from a database that may be older. */
static void record_restore(const struct options *given, const struct store_facts *facts)
{
    audit_path folder;
    char detail[64];
    struct audit *audit;
    aluno_error error;
    const struct audit_options how = audit_options_of(given, folder);
    snprintf(detail, sizeof detail, "%" PRId64 " students", facts->students);
    if (audit_open(&audit, &how, NULL, &error) != ALUNO_OK) {
        fprintf(stderr, "alunod: the restore is not in the audit: %s\n", aluno__error_words(&error));
        return;
    }
    if (audit_append_own(audit, "restore", detail, &error) != ALUNO_OK)
        fprintf(stderr, "alunod: the restore is not in the audit: %s\n", aluno__error_words(&error));
    audit_close(audit);
}

/* Prints the purpose of DATABASE.erased (store/sqlite/erased_file.h). It may be missing because nobody was
 * erased, or, where there was no database, because nobody has copied it there. */
static void say_erased(const char *database, bool had_database)
{
    backup_file erased;
    const int size = snprintf(erased, sizeof erased, "%s.erased", database);
    if ((size_t)size < sizeof erased && access(erased, F_OK) == 0)
        printf("%s: the next start erases again who was erased since the backup\n", erased);
    else if (!had_database)
        printf(
            "%s: is missing, so who was erased since the backup is back; before the start, put there the one "
            "of the former machine, or restore again with --erased FILE\n",
            erased);
}

int command_restore(const struct options *given)
{
    backup_file aside;
    struct store_facts facts;
    aluno_error error;
    if (given->erased != NULL && store_add_erased(given->db, given->erased, &error) != ALUNO_OK)
        return fail_with(&error);
    if (restore(given, aside, &facts, &error) != ALUNO_OK)
        return fail_with(&error);
    record_restore(given, &facts);
    printf("%s: restored from %s, %" PRId64 " students\n", given->db, given->file, facts.students);
    if (*aside != '\0')
        printf("the former database is %s\n", aside);
    say_erased(given->db, *aside != '\0');
    return EXIT_SUCCESS;
}

int command_check(const struct options *given)
{
    struct store_facts facts;
    aluno_error error;
    if (encryption_is_of(given->file)) {
        fprintf(stderr, "alunod: %s: is encrypted; decrypt it first: age -d -i IDENTITY FILE >COPY\n",
                given->file);
        return EXIT_FAILURE;
    }
    if (store_inspect(given->file, &facts, &error) != ALUNO_OK)
        return fail_with(&error);
    printf("%s: whole, %" PRId64 " students, %" PRId64 " bytes\n", given->file, facts.students, facts.size);
    return EXIT_SUCCESS;
}

int command_seal(const struct options *given)
{
    int64_t count;
    struct store_facts facts;
    aluno_error error;
    if (store_seal(given->db, &count, &facts, &error) != ALUNO_OK)
        return fail_with(&error);
    printf("%s: sealed %" PRId64 " pages, whole, %" PRId64 " students\n", given->db, count, facts.students);
    return EXIT_SUCCESS;
}

static aluno_code migrate(const struct options *given, struct store_sums *sums, aluno_error *error)
{
    struct store *from = NULL, *to = NULL;
    aluno_code code = store_open(&from, given->from, 1, error);
    if (code == ALUNO_OK)
        code = store_open(&to, given->to, 1, error);
    if (code == ALUNO_OK)
        code = store_transfer(from, to, sums, error);
    store_close(to);
    store_close(from);
    return code;
}

int command_migrate(const struct options *given)
{
    struct store_sums sums;
    aluno_error error;
    if (migrate(given, &sums, &error) != ALUNO_OK)
        return fail_with(&error);
    for (int i = 0; i < STORE_TABLE_COUNT; i++)
        printf("%-10s %" PRId64 " rows, %016" PRIx64 "\n", store_tables[i].name, sums.rows[i], sums.sums[i]);
    puts("copied, and compared row by row's sum");
    return EXIT_SUCCESS;
}
