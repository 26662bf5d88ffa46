/* aluno.v1.StudentService: the students. */
#include "handlers.h"

#include "age.h"
#include "guess.h"
#include "mask.h"
#include "near.h"
#include "school_day.h"
#include "warning.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Warns of a name whose accents seem to have been read in another encoding, with what it probably was; or
 * lost, which leaves a question mark. */
static void check_name(struct call *call, const char *name, const char *path)
{
    char likely[sizeof call->outcome->metadata.warnings.items->detail] = "";
    if (aluno_mojibake(name, likely, sizeof likely) || strchr(name, '?') != NULL)
        warning_add(call, path, "name", ALUNO_REASON_NAME_MOJIBAKE, *likely != '\0' ? likely : NULL);
}

/* Wrong check digits of a CPF are a warning because schools do hold such documents; with --cpf-check strict
 * they are a violation. */
static aluno_code check_values(struct call *call, const aluno_student *student, int64_t day, const char *path,
                               aluno_error *error)
{
    const aluno_code code = age_check(student, day, path, error);
    if (student->has.name)
        check_name(call, student->name, path);
    if (!student->has.br_document || aluno_cpf_check(student->br_document, NULL))
        return code;
    if (!call->service->cpf_strict) {
        warning_add(call, path, "br_document", ALUNO_REASON_CPF_CHECK_DIGIT, NULL);
        return code;
    }
    char field[sizeof error->violations.items->field];
    snprintf(field, sizeof field, "%s.br_document", path);
    return aluno__error_add_violation(error, field, ALUNO_REASON_CPF_CHECK_DIGIT, NULL);
}

/* Adds the age to the reply of a store that returned `code`. */
static aluno_code complete(const struct call *call, aluno_code code, aluno_student *reply)
{
    if (code == ALUNO_OK && reply->has.birth_date)
        age_complete(reply, school_day(call->now_ms));
    return code;
}

/* Inserts a student whose values have been checked. `day`: the school's today. */
static aluno_code insert(const struct call *call, struct store_session *session, const aluno_student *student,
                         int64_t day, aluno_student *reply, aluno_error *error)
{
    aluno_student settled = *student;
    age_settle(&settled, day);
    return complete(call, student_insert(session, &settled, call->now_ms, reply, error), reply);
}

/* A request names a student by id or by CPF. */
static aluno_code find(struct store_session *session, bool by_id, int64_t id, const char *br_document,
                       enum store_scope scope, aluno_student *found, aluno_error *error)
{
    return by_id ? student_by_id(session, id, scope, found, error)
                 : student_by_document(session, br_document, scope, found, error);
}

/* Changes are serialized (store.h): what is checked here still holds when the change is made. */
static aluno_code check_etag(bool given, const char *etag, const aluno_student *present, aluno_error *error)
{
    if (!given || strcmp(etag, present->etag) == 0)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_ETAG_MISMATCH, NULL);
}

aluno_code handle_create_student(struct call *call, struct store_session *session,
                                 const aluno_create_student_request *request, aluno_student *reply,
                                 aluno_error *error)
{
    const int64_t day = school_day(call->now_ms);
    aluno_code code = check_values(call, &request->student, day, "student", error);
    if (code == ALUNO_OK && call->is_dry_run)
        code = near_warn(call, session, &request->student, "student", day, error);
    return code == ALUNO_OK ? insert(call, session, &request->student, day, reply, error) : code;
}

/* Finds a student for a caller who may see him masked. */
static aluno_code look_up(struct call *call, struct store_session *session, bool by_id, int64_t id,
                          const char *br_document, enum store_scope scope, aluno_student *found,
                          aluno_error *error)
{
    aluno_code code = guess_check(call, !by_id, error);
    if (code != ALUNO_OK)
        return code;
    code = find(session, by_id, id, br_document, scope, found, error);
    guess_end(call, !by_id, code != ALUNO_NOT_FOUND);
    return complete(call, code, found);
}

aluno_code handle_get_student(struct call *call, struct store_session *session,
                              const aluno_get_student_request *request, aluno_student *reply,
                              aluno_error *error)
{
    const bool with_removed = request->has.show_deleted && request->show_deleted;
    return look_up(call, session, request->has.id, request->id, request->br_document,
                   with_removed ? STORE_WITH_REMOVED : STORE_PRESENT, reply, error);
}

/* The one reply that is whole for a caller who sees personal values masked. */
aluno_code handle_reveal_student(struct call *call, struct store_session *session,
                                 const aluno_reveal_student_request *request, aluno_student *reply,
                                 aluno_error *error)
{
    if (call->caller.role < call->service->reveal)
        return aluno__error_set(error, ALUNO_REASON_ROLE_MISSING, "%s < %s, by --reveal",
                                aluno_role_name(call->caller.role), aluno_role_name(call->service->reveal));
    call->is_masked = false;
    return look_up(call, session, request->has.id, request->id, request->br_document, STORE_PRESENT, reply,
                   error);
}

aluno_code handle_update_student(struct call *call, struct store_session *session,
                                 const aluno_update_student_request *request, aluno_student *reply,
                                 aluno_error *error)
{
    aluno_student present, changes = request->student;
    aluno_student_has fields = changes.has;
    const int64_t day = school_day(call->now_ms);
    aluno_code code = ALUNO_OK;
    if (request->has.update_mask)
        code = mask_apply(&changes, &fields, request->update_mask, &call->service->required, error);
    if (code == ALUNO_OK)
        code = check_values(call, &changes, day, "student", error);
    if (code == ALUNO_OK)
        code =
            find(session, request->has.id, request->id, request->br_document, STORE_PRESENT, &present, error);
    if (code == ALUNO_OK)
        code = check_etag(request->has.etag, request->etag, &present, error);
    if (code == ALUNO_OK)
        code = age_update(&present, &changes, &fields, day, error);
    if (code != ALUNO_OK)
        return code;
    if (!student_differs(&present, &changes, &fields)) { /* keeps etag and update_time: nothing to notice */
        *reply = present;
        return complete(call, ALUNO_OK, reply);
    }
    return complete(call, student_update(session, present.id, &changes, &fields, call->now_ms, reply, error),
                    reply);
}

aluno_code handle_delete_student(struct call *call, struct store_session *session,
                                 const aluno_delete_student_request *request, aluno_student *reply,
                                 aluno_error *error)
{
    aluno_student present;
    aluno_code code =
        find(session, request->has.id, request->id, request->br_document, STORE_PRESENT, &present, error);
    if (code == ALUNO_OK)
        code = check_etag(request->has.etag, request->etag, &present, error);
    if (code != ALUNO_OK)
        return code;
    return complete(call, student_remove(session, present.id, call->now_ms, reply, error), reply);
}

/* ---- restoring ---- */

enum { RESTORE_WITHIN_DAYS = 30 };

static aluno_code check_restorable(const aluno_student *student, int64_t now_ms, aluno_error *error)
{
    const int64_t day_ms = 24 * 60 * 60 * 1000;
    if (!student->has.delete_time)
        return aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_REMOVED, NULL);
    if (now_ms - student->delete_time > RESTORE_WITHIN_DAYS * day_ms)
        return aluno__error_set(error, ALUNO_REASON_RESTORE_EXPIRED, "> %d d", RESTORE_WITHIN_DAYS);
    return ALUNO_OK;
}

aluno_code handle_undelete_student(struct call *call, struct store_session *session,
                                   const aluno_undelete_student_request *request, aluno_student *reply,
                                   aluno_error *error)
{
    aluno_student removed;
    aluno_code code = student_by_id(session, request->id, STORE_WITH_REMOVED, &removed, error);
    if (code == ALUNO_OK)
        code = check_etag(request->has.etag, request->etag, &removed, error);
    if (code == ALUNO_OK)
        code = check_restorable(&removed, call->now_ms, error);
    if (code != ALUNO_OK)
        return code;
    return complete(call, student_restore(session, request->id, call->now_ms, reply, error), reply);
}

/* ---- batches ---- */

enum {
    BATCH_MAX = sizeof(((aluno_batch_create_students_request *)NULL)->students.items) / sizeof(aluno_student)
};

static aluno_code check_all(struct call *call, struct store_session *session,
                            const aluno_batch_create_students_request *request, int64_t day,
                            aluno_error *error)
{
    char path[32];
    aluno_code code = ALUNO_OK;
    for (size_t i = 0; i < request->students.count; i++) {
        snprintf(path, sizeof path, "students[%zu]", i);
        if (check_values(call, &request->students.items[i], day, path, error) != ALUNO_OK)
            code = ALUNO_INVALID_ARGUMENT;
        if (code == ALUNO_OK && call->is_dry_run)
            code = near_warn(call, session, &request->students.items[i], path, day, error);
    }
    return code;
}

/* CPF_TAKEN, with each row concerned as a violation. */
static aluno_code fail_taken(const bool taken[BATCH_MAX], aluno_error *error)
{
    char field[48];
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_CPF_TAKEN, NULL);
    for (size_t i = 0; i < BATCH_MAX; i++) {
        if (!taken[i])
            continue;
        snprintf(field, sizeof field, "students[%zu].br_document", i);
        aluno__violation_add(error->violations.items,
                             sizeof error->violations.items / sizeof *error->violations.items,
                             &error->violations.count, field, ALUNO_REASON_CPF_TAKEN, NULL);
    }
    error->has.violations = true;
    return code;
}

/* All rows or none: a failure undoes the whole change. After a taken CPF it continues, to find the
 * others. */
aluno_code handle_batch_create_students(struct call *call, struct store_session *session,
                                        const aluno_batch_create_students_request *request,
                                        aluno_batch_create_students_reply *reply, aluno_error *error)
{
    bool taken[BATCH_MAX] = {false}, any_taken = false;
    const int64_t day = school_day(call->now_ms);
    const aluno_code cpfs = check_all(call, session, request, day, error);
    if (cpfs != ALUNO_OK)
        return cpfs;
    for (size_t i = 0; i < request->students.count; i++) {
        const aluno_code code =
            insert(call, session, &request->students.items[i], day, &reply->students.items[i], error);
        taken[i] = code == ALUNO_ALREADY_EXISTS;
        any_taken = any_taken || taken[i];
        if (code != ALUNO_OK && !taken[i])
            return code;
    }
    if (any_taken)
        return fail_taken(taken, error);
    reply->students.count = request->students.count;
    reply->has.students = true;
    return ALUNO_OK;
}
