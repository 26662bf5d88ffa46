/* What a call was about, from its request and its reply by the contract's descriptors. */
#include "event.h"

#include "words.h"

#include "handlers/mask.h"
#include "handlers/query.h"

#include "base/clock.h"
#include "protocol/codec.h"
#include "protocol/identifiers.h"

#include <string.h>

bool audit_is_about_students(const aluno_method_desc *method)
{
    static const char service[] = "aluno.v1.StudentService/";
    return method != NULL && strncmp(method->name, service, sizeof service - 1) == 0;
}

bool audit_is_about(const aluno_method_desc *method)
{
    return audit_is_about_students(method) ||
           (method != NULL && method->id == ALUNO_METHOD_list_audit_events);
}

const aluno_field_desc *audit_purpose_field(const aluno_method_desc *method)
{
    static const char name[] = "purpose";
    return aluno_field_named(method->request, name, sizeof name - 1);
}

/* ---- students ---- */

/* The students of a message: those that it has, alone or in lists. */
static void add_message(struct audit_students *seen, const aluno_message_desc *type, const void *message)
{
    if (type == &aluno_student_type) {
        audit_students_add(seen, message);
        return;
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (field->type != &aluno_student_type || !*aluno_has(field, message))
            continue;
        const size_t count =
            field->kind == ALUNO_KIND_LIST ? *(const size_t *)aluno_value(field, message) : 1;
        const char *items =
            (const char *)message + (field->kind == ALUNO_KIND_LIST ? field->items : field->offset);
        for (size_t at = 0; at < count; at++)
            audit_students_add(seen,
                               (const aluno_student *)(const void *)(items + at * sizeof(aluno_student)));
    }
}

static void write_fields(aluno_audit_event *event, uint32_t fields)
{
    for (size_t i = 0; i < aluno_student_type.field_count; i++)
        if ((fields & UINT32_C(1) << i) != 0)
            ADD_WORD(event, fields, aluno_student_type.fields[i].name);
}

/* ---- requests ---- */

static void write_query(aluno_audit_event *event, const char *query)
{
    struct store_search search = STORE_SEARCH_ALL;
    const bool is_parsed = query == NULL || query_parse(query, &search, NULL) == ALUNO_OK;
    if (*search.words != '\0')
        ADD_WORD(event, query_kind, "name");
    if (*search.br_document != '\0')
        ADD_WORD(event, query_kind, "br_document");
    if (*search.email != '\0')
        ADD_WORD(event, query_kind, "email");
    if (search.age_min > 0 || search.age_max < INT64_MAX)
        ADD_WORD(event, query_kind, "age");
    if (is_parsed && !event->has.query_kind)
        ADD_WORD(event, query_kind, "all");
}

/* Whether students, or events of the audit, are found by the field. */
static bool is_searched_by(const aluno_message_desc *type, const aluno_field_desc *field)
{
    const bool is_of_page = strncmp(field->name, "page_", strlen("page_")) == 0;
    return field->presence == ALUNO_KEY || strcmp(field->name, "id") == 0 ||
           (type == &aluno_list_audit_events_request_type && !is_of_page);
}

/* Which fields the request searches by: its keys, its query. */
static void write_kind(aluno_audit_event *event, const struct call *call)
{
    const aluno_message_desc *type = call->method->request;
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (is_searched_by(type, field) && *aluno_has(field, call->request))
            ADD_WORD(event, query_kind, field->name);
    }
    const aluno_field_desc *query = aluno_field_named(type, "query", strlen("query"));
    if (query != NULL)
        write_query(event, *aluno_has(query, call->request) ? aluno_value(query, call->request) : NULL);
    const aluno_field_desc *removed = aluno_field_named(type, "show_deleted", strlen("show_deleted"));
    if (removed != NULL && *aluno_has(removed, call->request) &&
        *(const bool *)aluno_value(removed, call->request))
        ADD_WORD(event, query_kind, "removed");
}

/* The fields that the request changes; 0: it has none. */
static uint32_t changed_fields(const struct call *call)
{
    struct audit_students given;
    audit_students_clear(&given);
    if (call->method->request == &aluno_update_student_request_type) {
        const aluno_update_student_request *update = call->request;
        aluno_student student = update->student;
        if (!update->has.student)
            aluno_clear(&aluno_student_type, &student);
        if (update->has.update_mask)
            mask_apply(&student, &student.has, update->update_mask, &call->service->required, NULL);
        audit_students_add_fields(&given, &student);
    } else {
        add_message(&given, call->method->request, call->request);
    }
    return given.fields;
}

/* The id that a request which was refused is about. */
static void add_asked(struct audit_students *seen, const struct call *call)
{
    const aluno_field_desc *id = aluno_field_named(call->method->request, "id", strlen("id"));
    if (id != NULL && *aluno_has(id, call->request))
        seen->ids[seen->count++] = *(const int64_t *)aluno_value(id, call->request);
}

static void write_students(aluno_audit_event *shared, aluno_audit_event *own, struct call *call)
{
    struct audit_students seen;
    const bool is_done = call->outcome->code == ALUNO_OK;
    audit_students_clear(&seen);
    if (!is_done || call->reply == NULL)
        add_asked(&seen, call);
    else if (call->method->effect == ALUNO_SCANS) /* a page's students are not in its message */
        seen = *call->students;
    else
        add_message(&seen, call->method->reply, call->reply);
    write_kind(shared, call);
    const uint32_t changed = call->method->effect == ALUNO_MUTATES ? changed_fields(call) : 0;
    write_fields(shared, changed != 0 ? changed : seen.fields);
    audit_students_write_ids(&seen, own);
}

/* ---- the rest ---- */

static void write_caller(aluno_audit_event *event, const struct caller *caller)
{
    ALUNO_SET_TEXT(*event, caller_name, caller->name);
    ALUNO_SET_TEXT(*event, caller_role, aluno_role_name(caller->role));
    if (caller->identity == NULL)
        return;
    ALUNO_SET_TEXT(*event, caller_serial, caller->identity->serial);
    ALUNO_SET_TEXT(*event, caller_issuer, caller->identity->issuer);
    ALUNO_SET_TEXT(*event, caller_address, caller->identity->address);
}

/* Of the metadata, what is valid: other text may be anything. */
static void write_metadata(aluno_audit_event *event, const aluno_request_metadata *metadata)
{
    if (metadata->has.request_id && aluno__uuid_is_valid(metadata->request_id))
        ALUNO_SET_TEXT(*event, request_id, metadata->request_id);
    if (metadata->has.traceparent)
        event->has.trace_id = aluno__trace_id(metadata->traceparent, event->trace_id);
}

/* A method's own field, or the metadata's; if it is valid: other text may be anything. */
static void write_purpose(aluno_audit_event *event, const struct call *call)
{
    const aluno_field_desc *own = audit_purpose_field(call->method);
    const bool is_valid = call->outcome->code == ALUNO_OK ||
                          !aluno_error_is(&call->outcome->error, ALUNO_REASON_FIELDS_INVALID);
    if (own != NULL && call->is_decoded && *aluno_has(own, call->request) && is_valid)
        ALUNO_SET_TEXT(*event, purpose, (const char *)aluno_value(own, call->request));
    else if (call->is_valid && call->envelope.metadata.has.purpose)
        ALUNO_SET_TEXT(*event, purpose, call->envelope.metadata.purpose);
}

/* Of a refusal that names no student: what others may share. A connection has a port of its own. */
static void write_alike(aluno_audit_event *shared, const aluno_audit_event *own, struct outcome *outcome)
{
    aluno__buffer_reset(&outcome->alike);
    if (outcome->code == ALUNO_OK || own->has.student_ids)
        return;
    char *port = strrchr(shared->caller_address, ':');
    if (shared->has.caller_address && port != NULL)
        *port = '\0';
    aluno__codec_encode(&aluno_audit_event_type, shared, ALUNO_KEYS_NUMBERED, &outcome->alike);
}

/* Into the map that other calls of the same kind share, and the one of this call. */
void audit_event_write(struct call *call)
{
    aluno_audit_event shared, own;
    struct outcome *outcome = call->outcome;
    aluno_clear(&aluno_audit_event_type, &shared);
    aluno_clear(&aluno_audit_event_type, &own);
    aluno__buffer_reset(&outcome->record);
    ALUNO_SET(own, time, aluno__clock_unix_ms());
    write_caller(&shared, &call->caller);
    write_metadata(&own, &call->envelope.metadata);
    ALUNO_SET_TEXT(shared, method, call->method->name);
    ALUNO_SET_TEXT(shared, code, aluno_code_name(outcome->code));
    if (outcome->code != ALUNO_OK)
        ALUNO_SET_TEXT(shared, reason, outcome->error.reason);
    write_purpose(&shared, call);
    if (outcome->metadata.has.replayed)
        ALUNO_SET(shared, replayed, true);
    if (call->is_dry_run)
        ALUNO_SET(shared, validate_only, true);
    if (call->is_decoded)
        write_students(&shared, &own, call);
    aluno__codec_encode(&aluno_audit_event_type, &shared, ALUNO_KEYS_NUMBERED, &outcome->record);
    outcome->record_shared = outcome->record.size;
    aluno__codec_encode(&aluno_audit_event_type, &own, ALUNO_KEYS_NUMBERED, &outcome->record);
    write_alike(&shared, &own, outcome);
}
