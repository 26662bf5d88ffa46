/* Erased students leave nothing of theirs in any file of the database, nor in its ledger. */
#include "call_bed.h"
#include "store_file.h"

#include "purge.h"

#include <sys/stat.h>

/* ---- bytes of files ---- */

/* All files of the store's folder, one after another. */
static struct bytes {
    char *data;
    size_t size;
} read_folder(const store_bed *bed)
{
    struct bytes all = {0};
    DIR *folder = opendir(bed->folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat facts;
        const int at = *entry->d_name == '.' ? -1 : openat(dirfd(folder), entry->d_name, O_RDONLY);
        if (at < 0)
            continue;
        FILE *file = fdopen(at, "rb");
        assert_int_equal(fstat(fileno(file), &facts), 0);
        all.data = realloc(all.data, all.size + (size_t)facts.st_size + 1);
        assert_non_null(all.data);
        all.size += fread(all.data + all.size, 1, (size_t)facts.st_size, file);
        fclose(file);
    }
    closedir(folder);
    return all;
}

static bool has(const struct bytes *all, const char *text)
{
    return memmem(all->data, all->size, text, strlen(text)) != NULL;
}

/* ---- calls ---- */

static aluno_code erase(call_bed *bed, int64_t id, const char *confirmation, const char *reason)
{
    aluno_erase_student_request request = {.has.id = true, .id = id};
    if (confirmation != NULL)
        ALUNO_SET_TEXT(request, confirmation, confirmation);
    if (reason != NULL)
        ALUNO_SET_TEXT(request, reason, reason);
    ALUNO_SET(request, validate_only, confirmation == NULL);
    return bed_call(bed, ALUNO_METHOD_erase_student, &request);
}

/* Both steps. */
static void erase_whole(call_bed *bed, int64_t id)
{
    char confirmation[32];
    assert_int_equal(erase(bed, id, NULL, NULL), ALUNO_OK);
    snprintf(confirmation, sizeof confirmation, "%s", bed->reply.erasure.confirmation);
    assert_int_equal(erase(bed, id, confirmation, "pedido do titular"), ALUNO_OK);
}

static int set_up(void **state)
{
    call_bed_set_up(state);
    bed_call_as(*state, "diretora", ALUNO_ROLE_admin);
    return 0;
}

static bool warns_of(const call_bed *bed, aluno_reason reason)
{
    bool found = false;
    for (size_t i = 0; bed->reply_metadata.has.warnings && i < bed->reply_metadata.warnings.count; i++)
        found =
            found || strcmp(bed->reply_metadata.warnings.items[i].reason, aluno_reason_of(reason)->name) == 0;
    return found;
}

static aluno_code nothing(job *at, struct store_session *session)
{
    (void)at, (void)session;
    return ALUNO_OK;
}

/* ---- two steps ---- */

static void test_two_steps_erase(void **state)
{
    static aluno_erasure shown;
    call_bed *bed = *state;
    aluno_update_student_request rename = {.has = {.id = true, .student = true}, .id = 1};
    bed_add(bed, "Quitéria Xavante", 20, 52998224725);
    ALUNO_SET_TEXT(rename.student, name, "Quitéria Yanomami");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &rename), ALUNO_OK);

    assert_int_equal(erase(bed, 1, NULL, NULL), ALUNO_OK);
    shown = bed->reply.erasure;
    assert_int_equal(shown.students.count, 1);
    assert_string_equal(shown.students.items[0].name, "Quitéria Yanomami");
    assert_int_equal(shown.positions, 1);
    assert_int_equal(shown.operations, 2);
    assert_false(shown.has.erase_time);
    assert_int_equal(bed_total(bed), 1); /* nothing has gone */

    assert_int_equal(erase(bed, 1, shown.confirmation, "pedido do titular"), ALUNO_OK);
    const aluno_erasure *erased = &bed->reply.erasure;
    assert_int_equal(erased->students.items[0].id, 1);
    assert_false(erased->students.items[0].has.name || erased->students.items[0].has.br_document);
    assert_int_equal(erased->positions, 1);
    assert_true(erased->has.erase_time && erased->log_emptied == (postgres_bed() == NULL));
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    assert_int_equal(bed_total(bed), 0);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM erasure WHERE student_id = 1 AND"
                                             " caller = 'diretora' AND reason = 'pedido do titular'"),
                     1);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation WHERE student = 1 AND"
                                             " (digest <> 0 OR hash <> 0)"),
                     0);
}

static void test_a_step_alone_is_refused(void **state)
{
    call_bed *bed = *state;
    char confirmation[32];
    bed_add(bed, "Ana Lima", 20, 52998224725);
    assert_int_equal(erase(bed, 1, "", "pedido"), ALUNO_ABORTED);
    check_reason(bed, ALUNO_REASON_CONFIRMATION_INVALID);
    aluno_erase_student_request request = {.has.id = true, .id = 1};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_erase_student, &request), ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_CONFIRMATION_REQUIRED);

    assert_int_equal(erase(bed, 1, NULL, NULL), ALUNO_OK);
    snprintf(confirmation, sizeof confirmation, "%s", bed->reply.erasure.confirmation);
    static const char *const personal[] = {"CPF 529.982.247-25", "por ana@example.com", " "};
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++) {
        assert_int_equal(erase(bed, 1, confirmation, personal[i]), ALUNO_INVALID_ARGUMENT);
        check_violation(bed, "reason", ALUNO_REASON_PURPOSE_INVALID);
    }
    assert_int_equal(erase(bed, 1, confirmation, "ANA LIMA pediu"), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "reason", ALUNO_REASON_REASON_PERSONAL);
    assert_int_equal(erase(bed, 1, confirmation, NULL), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "reason", ALUNO_REASON_FIELD_REQUIRED);
    bed_call_as(bed, "vice", ALUNO_ROLE_admin); /* another one's confirmation */
    assert_int_equal(erase(bed, 1, confirmation, "pedido"), ALUNO_ABORTED);
    bed_call_as(bed, "diretora", ALUNO_ROLE_admin);
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK); /* the student has changed */
    assert_int_equal(erase(bed, 1, confirmation, "pedido"), ALUNO_ABORTED);
    bed_call_as(bed, "ana", ALUNO_ROLE_registrar);
    assert_int_equal(erase(bed, 1, NULL, NULL), ALUNO_PERMISSION_DENIED);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 1);
}

static void test_a_cpf_is_of_all_its_students(void **state)
{
    call_bed *bed = *state;
    aluno_erase_student_request request = {.has.validate_only = true, .validate_only = true};
    bed_add(bed, "Ana", 20, 52998224725);
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    bed_add(bed, "Ana Maria", 20, 52998224725);
    bed_add(bed, "Bia", 20, 11144477735);
    ALUNO_SET_TEXT(request, br_document, "529.982.247-25");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_erase_student, &request), ALUNO_OK);
    assert_int_equal(bed->reply.erasure.students.count, 2);
    ALUNO_SET_TEXT(request, confirmation, bed->reply.erasure.confirmation);
    ALUNO_SET_TEXT(request, reason, "pedido do titular");
    request.has.validate_only = false;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_erase_student, &request), ALUNO_OK);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 1);
    assert_int_equal(bed_total(bed), 1);
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 1);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM erasure"), 2);
}

/* A retry of the creation creates nobody, and learns that it had been made. */
static void test_repeat_of_a_creation_that_was_erased(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    const aluno__buffer creation = bed->request;
    bed->request = (aluno__buffer){0};
    erase_whole(bed, 1);
    aluno__buffer_free(&bed->request);
    bed->request = creation;
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.replayed);
    assert_true(warns_of(bed, ALUNO_REASON_STUDENT_ERASED));
    assert_int_equal(bed->reply.student.id, 1);
    assert_false(bed->reply.student.has.name);
    assert_int_equal(bed_total(bed), 0);
}

/* A removed student is erased when its retention is over; a present one never. */
static void test_retention_erases_removed_students(void **state)
{
    call_bed *bed = *state;
    static job at;
    bed_add(bed, "Ana", 20, 52998224725);
    bed_add(bed, "Bia", 20, 11144477735);
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    bed->service.erase_removed_after_ms = INT64_C(100000000);
    purge_start(&bed->service);
    assert_int_equal(job_run(&bed->store, &at, nothing), ALUNO_OK);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 2);

    bed->service.erase_removed_after_ms = -100000000; /* the clock goes on */
    purge_start(&bed->service);
    for (int i = 0; i < 1000 && bed_number(&bed->store, "SELECT count(*) FROM student") == 2; i++)
        assert_int_equal(job_run(&bed->store, &at, nothing), ALUNO_OK);
    assert_int_equal(bed_number(&bed->store, "SELECT student_id FROM erasure WHERE reason = 'retention'"), 1);
    assert_int_equal(bed_total(bed), 1);
}

/* ---- bytes ---- */

enum { STUDENTS = 2000, EACH = 7 };

static void write_name(char *name, size_t size, const char *kind, int i)
{
    snprintf(name, size, "%s%05d Zwquitinha%05d", kind, i, i);
}

static aluno_code insert_many(job *at, struct store_session *session)
{
    for (int i = 0; i < STUDENTS; i++) {
        char name[64], email[64];
        aluno_student student;
        write_name(name, sizeof name, "Antigo", (i * 1237) % STUDENTS);
        snprintf(email, sizeof email, "correio%05d@exemplo.com", i);
        student = bed_student(name, 20, 40000000000 + i);
        ALUNO_SET_TEXT(student, email, email);
        const aluno_code code = student_insert(session, &student, 1000, &at->out, &at->error);
        if (code != ALUNO_OK)
            return code;
    }
    return ALUNO_OK;
}

static aluno_code rename_many(job *at, struct store_session *session)
{
    for (int i = 0; i < STUDENTS; i++) {
        char name[64];
        aluno_student changes = {.has = {.name = true}};
        write_name(name, sizeof name, "Novissimo", i);
        ALUNO_SET_TEXT(changes, name, name);
        const aluno_code code =
            student_update(session, 1 + i, &changes, &changes.has, 2000, &at->out, &at->error);
        if (code != ALUNO_OK)
            return code;
    }
    return ALUNO_OK;
}

static aluno_code erase_many(job *at, struct store_session *session)
{
    struct store_erased erased = {0};
    for (int i = 0; i < STUDENTS; i++) {
        const struct store_tombstone tombstone = {1 + i, 1000, 3000, "", "teste"};
        const aluno_code code =
            i % EACH == 0 ? ALUNO_OK : student_erase(session, &tombstone, &erased, &at->error);
        if (code != ALUNO_OK)
            return code;
    }
    return erased.positions == STUDENTS - (STUDENTS + EACH - 1) / EACH ? ALUNO_OK : ALUNO_INTERNAL;
}

static aluno_code erase_first(job *at, struct store_session *session)
{
    struct store_erased erased = {0};
    const struct store_tombstone tombstone = {1, 1000, 3000, "ana", "pedido"};
    return student_erase(session, &tombstone, &erased, &at->error);
}

/* Pages are split, joined and reused on the way: what SQLite leaves in their unused parts goes, too. */
static void test_no_byte_is_left(void **state)
{
    bed_needs_a_file();
    store_bed *bed = *state;
    static job at;
    struct store_facts facts;
    aluno_error error;
    bed_close(bed);
    bed_open(bed);
    assert_int_equal(job_run(bed, &at, insert_many), ALUNO_OK);
    assert_int_equal(job_run(bed, &at, rename_many), ALUNO_OK);
    assert_int_equal(job_run(bed, &at, erase_many), ALUNO_OK);
    assert_true(store_empty_log(bed->store, INT64_MAX));
    struct bytes all = read_folder(bed);
    for (int i = 0; i < STUDENTS; i++) {
        char text[6][64];
        if (i % EACH == 0 || i % 60 > 1)
            continue;
        snprintf(text[0], sizeof *text, "Novissimo%05d", i);
        snprintf(text[1], sizeof *text, "novissimo%05d", i);
        snprintf(text[2], sizeof *text, "Antigo%05d", (i * 1237) % STUDENTS);
        snprintf(text[3], sizeof *text, "antigo%05d", (i * 1237) % STUDENTS);
        snprintf(text[4], sizeof *text, "%011lld", 40000000000LL + i);
        snprintf(text[5], sizeof *text, "correio%05d@exemplo", i);
        for (size_t k = 0; k < sizeof text / sizeof *text; k++)
            if (has(&all, text[k]))
                fail_msg("%s is left", text[k]);
    }
    assert_true(has(&all, "Novissimo00007"));
    free(all.data);
    bed_close(bed);
    assert_int_equal(store_inspect(bed->path, &facts, &error), ALUNO_OK);
    assert_int_equal(facts.students, (STUDENTS + EACH - 1) / EACH);
    bed_open(bed);
}

/* A backup that is put back has the student; the next start erases again. Another who got the id stays. */
static void test_a_restored_backup_is_erased_again(void **state)
{
    bed_needs_a_file();
    store_bed *bed = *state;
    static job at;
    struct store_facts facts;
    const atomic_bool stop = false;
    char copy[160], aside[256];
    aluno_error error;
    bed_insert(bed, "Quiteria Xavante", 52998224725);
    bed_insert(bed, "Bia", 11144477735);
    snprintf(copy, sizeof copy, "%s", in_folder(bed, "copy"));
    assert_int_equal(store_back_up(bed->store, in_folder(bed, "new"), copy, &stop, &facts, &error), ALUNO_OK);
    assert_int_equal(job_run(bed, &at, erase_first), ALUNO_OK);
    assert_true(store_empty_log(bed->store, INT64_MAX));
    bed_close(bed);
    assert_int_equal(store_restore(bed->path, copy, aside, sizeof aside, &facts, &error), ALUNO_OK);
    assert_int_equal(facts.students, 2);
    unlink(aside);
    unlink(copy);
    alter(bed, "UPDATE student SET create_time = 5 WHERE id = 2");
    FILE *more = fopen(in_folder(bed, "aluno.db.erased"), "a");
    fputs("2\t1000\t3000\tana\tpedido\n", more);
    fclose(more);

    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
    assert_int_equal(bed_number(bed, "SELECT id FROM student"), 2);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM erasure"), 2);
    struct bytes all = read_folder(bed);
    assert_false(has(&all, "Quiteria") || has(&all, "xavante") || has(&all, "52998224725"));
    free(all.data);
    bed_close(bed);
    write_file(in_folder(bed, "aluno.db.erased"), "what?\n", 6);
    check_refused(bed->path, "line 1 of its file .erased is no tombstone");
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, set_up, call_bed_tear_down)
#define STORE(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_steps_erase),
        TEST(test_a_step_alone_is_refused),
        TEST(test_a_cpf_is_of_all_its_students),
        TEST(test_repeat_of_a_creation_that_was_erased),
        TEST(test_retention_erases_removed_students),
        STORE(test_no_byte_is_left),
        STORE(test_a_restored_backup_is_erased_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
