/* alunod audit: verifies the chain, and prints its head, for an operator or an auditor. */
#include "commands.h"

#include "audit_options.h"
#include "moment.h"
#include "reading.h"
#include "verify.h"

#include "protocol/error.h"
#include "store/database.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HEADS_MAX = 3 };

/* Heads that the chain must pass through: the database's, and one that was kept elsewhere. */
struct heads {
    struct audit_head at[HEADS_MAX];
    size_t count;
    int64_t removed; /* records up to here were removed, for their age */
};

static int fail(const char *problem)
{
    fprintf(stderr, "alunod: %s\n", problem);
    return EXIT_FAILURE;
}

static int fail_with(const aluno_error *error)
{
    return fail(aluno__error_words(error));
}

static void add_anchor(struct heads *heads, const struct store_anchor *anchor)
{
    struct audit_head *head = &heads->at[heads->count];
    if (anchor->sequence == 0)
        return;
    *head = (struct audit_head){.sequence = anchor->sequence, .time_ms = anchor->time_ms};
    memcpy(head->hash, anchor->hash, sizeof head->hash);
    heads->count++;
}

static aluno_code read_anchors(struct heads *heads, const struct options *given, aluno_error *error)
{
    struct store_anchor head, start;
    const aluno_code code = store_anchors(given->db, &head, &start, error);
    if (code != ALUNO_OK)
        return code;
    heads->removed = start.sequence;
    add_anchor(heads, &head);
    add_anchor(heads, &start);
    return ALUNO_OK;
}

/* ---- heads as text ---- */

static void print_head(const struct audit_head *head)
{
    char moment[MOMENT_SIZE];
    moment_write(moment, head->time_ms);
    printf("sequence %" PRId64 "\ntime %s\nhash ", head->sequence, moment);
    for (size_t i = 0; i < sizeof head->hash; i++)
        printf("%02x", head->hash[i]);
    putchar('\n');
}

static bool parse_hash(const char *text, uint8_t hash[32])
{
    unsigned byte;
    for (size_t i = 0; i < 32; i++) {
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        hash[i] = (uint8_t)byte;
    }
    return true;
}

static bool read_head(struct audit_head *head, const char *path)
{
    char hash[65], time[64];
    FILE *file = fopen(path, "r");
    const bool found =
        file != NULL &&
        fscanf(file, "sequence %" SCNd64 " time %63s hash %64[0-9a-f]", &head->sequence, time, hash) == 3 &&
        strlen(hash) == sizeof hash - 1 && parse_hash(hash, head->hash);
    if (file != NULL)
        fclose(file);
    return found;
}

/* ---- the commands ---- */

static int verify(const struct options *given, const char *folder)
{
    struct heads heads = {.count = 0};
    struct audit_verified found;
    aluno_error error;
    if (given->head != NULL && !read_head(&heads.at[heads.count++], given->head)) {
        fprintf(stderr, "alunod: --head %s: is no head; make one by alunod audit head\n", given->head);
        return EXIT_FAILURE;
    }
    if (read_anchors(&heads, given, &error) != ALUNO_OK ||
        audit_verify(folder, heads.at, heads.count, &found, &error) != ALUNO_OK)
        return fail_with(&error);
    printf("%s: whole, records %" PRId64 " to %" PRId64 " in %" PRId64 " files\n", folder, found.first,
           found.last, found.segments);
    if (found.unchained > 0)
        printf("the last %" PRId64 " have no hash yet\n", found.unchained);
    if (found.first > 1)
        printf("the chain begins at record %" PRId64 ": %s\n", found.first,
               found.first - 1 <= heads.removed ? "the older ones were removed, for their age"
                                                : "the older ones are not here");
    if (given->head != NULL && heads.at[0].sequence < found.first - 1)
        return fail("--head: its record is not here any more, so it says nothing");
    return EXIT_SUCCESS;
}

/* The time of the record that a head is of. */
static aluno_code read_time(struct audit_head *head, const char *folder, aluno_error *error)
{
    static aluno_audit_event event;
    const struct audit_filter all = AUDIT_FILTER_ALL;
    struct audit_reader *reader;
    bool found = false;
    aluno_code code = audit_reader_open(&reader, folder, head->sequence - 1, error);
    if (code != ALUNO_OK)
        return code;
    code = audit_reader_next(reader, &all, &event, &found, error);
    if (code == ALUNO_OK && found)
        head->time_ms = event.time;
    audit_reader_close(reader);
    return code;
}

static int head(const char *folder)
{
    struct audit_verified found;
    aluno_error error;
    if (audit_verify(folder, NULL, 0, &found, &error) != ALUNO_OK ||
        read_time(&found.head, folder, &error) != ALUNO_OK)
        return fail_with(&error);
    print_head(&found.head);
    return EXIT_SUCCESS;
}

int command_audit(const struct options *given)
{
    audit_path folder;
    audit_options_of(given, folder);
    if (strcmp(given->file, "verify") == 0)
        return verify(given, folder);
    if (strcmp(given->file, "head") == 0)
        return head(folder);
    return fail("alunod audit takes verify or head; see alunod --help");
}
