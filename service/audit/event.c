/* Writes the audit event of a call, from its request and its reply by the contract's descriptors. */
#include "event.h"

#include "words.h"

#include "handlers/mask.h"
#include "handlers/query.h"
#include "workspace.h"

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

/* The criteria of a page's search: bits of audit_kind.query. */
enum { BY_NAME, BY_DOCUMENT, BY_EMAIL, BY_AGE, BY_NOTHING, WITH_REMOVED, QUERY_WORDS };

static const char *const query_words[QUERY_WORDS] = {
    [BY_NAME] = "name", [BY_DOCUMENT] = "br_document", [BY_EMAIL] = "email",
    [BY_AGE] = "age",   [BY_NOTHING] = "all",          [WITH_REMOVED] = "removed"};

static uint32_t bit_if(bool holds, unsigned bit)
{
    return holds ? UINT32_C(1) << bit : 0;
}

static uint32_t query_of(const char *text, bool is_asked)
{
    struct store_search search = STORE_SEARCH_ALL;
    const bool is_parsed = text == NULL || query_parse(text, &search, NULL) == ALUNO_OK;
    const uint32_t query = bit_if(*search.words != '\0', BY_NAME) |
                           bit_if(*search.br_document != '\0', BY_DOCUMENT) |
                           bit_if(*search.email != '\0', BY_EMAIL) |
                           bit_if(search.age_min > 0 || search.age_max < INT64_MAX, BY_AGE);
    return query | bit_if(is_parsed && query == 0 && !is_asked, BY_NOTHING);
}

/* Whether students, or events of the audit, are found by the field. */
static bool is_searched_by(const aluno_message_desc *type, const aluno_field_desc *field)
{
    const bool is_of_page = strncmp(field->name, "page_", strlen("page_")) == 0;
    return field->presence == ALUNO_KEY || strcmp(field->name, "id") == 0 ||
           (type == &aluno_list_audit_events_request_type && !is_of_page);
}

/* Which fields the request searches by: its keys, its query. */
static void read_kind(struct audit_kind *kind, const struct call *call)
{
    const aluno_message_desc *type = call->method->request;
    for (size_t i = 0; i < type->field_count; i++)
        if (*aluno_has(&type->fields[i], call->request) && is_searched_by(type, &type->fields[i]))
            kind->asked |= UINT32_C(1) << i;
    const aluno_field_desc *query = aluno_field_named(type, "query", strlen("query"));
    if (query != NULL)
        kind->query = query_of(*aluno_has(query, call->request) ? aluno_value(query, call->request) : NULL,
                               kind->asked != 0);
    const aluno_field_desc *removed = aluno_field_named(type, "show_deleted", strlen("show_deleted"));
    if (removed != NULL && *aluno_has(removed, call->request))
        kind->query |= bit_if(*(const bool *)aluno_value(removed, call->request), WITH_REMOVED);
}

static void write_kind(aluno_audit_event *event, const struct audit_kind *kind)
{
    const aluno_message_desc *type = kind->method->request;
    for (size_t i = 0; i < type->field_count; i++)
        if ((kind->asked & UINT32_C(1) << i) != 0)
            ADD_WORD(event, query_kind, type->fields[i].name);
    for (size_t i = 0; i < QUERY_WORDS; i++)
        if ((kind->query & UINT32_C(1) << i) != 0)
            ADD_WORD(event, query_kind, query_words[i]);
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

/* Reads the call's kind and its students from its request and its reply. */
static void read_call(struct call *call, struct audit_kind *kind, struct audit_students *seen)
{
    const bool is_done = call->outcome->code == ALUNO_OK;
    *kind = (struct audit_kind){.method = call->method};
    audit_students_clear(seen);
    if (!call->is_decoded)
        return;
    if (!is_done || call->reply == NULL)
        add_asked(seen, call);
    else if (call->method->effect == ALUNO_SCANS) /* a page's students are not in its message */
        *seen = *call->students;
    else
        add_message(seen, call->method->reply, call->reply);
    read_kind(kind, call);
    const uint32_t changed = call->method->effect == ALUNO_MUTATES ? changed_fields(call) : 0;
    kind->fields = changed != 0 ? changed : seen->fields;
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

/* ---- the maps ---- */

/* Fills in the fields that calls of the same kind share. */
static void fill_shared(aluno_audit_event *event, const struct call *call, const struct audit_kind *kind)
{
    const struct outcome *outcome = call->outcome;
    aluno_clear(&aluno_audit_event_type, event);
    write_caller(event, &call->caller);
    ALUNO_SET_TEXT(*event, method, call->method->name);
    ALUNO_SET_TEXT(*event, code, aluno_code_name(outcome->code));
    if (outcome->code != ALUNO_OK)
        ALUNO_SET_TEXT(*event, reason, outcome->error.reason);
    write_purpose(event, call);
    if (outcome->metadata.has.replayed)
        ALUNO_SET(*event, replayed, true);
    if (call->is_dry_run)
        ALUNO_SET(*event, validate_only, true);
    write_kind(event, kind);
    write_fields(event, kind->fields);
}

/* Whether the shared map follows from the caller and the kind alone. */
static bool is_plain(const struct call *call)
{
    return call->outcome->code == ALUNO_OK && !call->outcome->metadata.has.replayed && !call->is_dry_run &&
           !call->envelope.metadata.has.purpose && audit_purpose_field(call->method) == NULL;
}

static void write_shared(struct call *call, const struct audit_kind *kind)
{
    aluno__buffer *record = &call->outcome->record;
    struct workspace *workspace = is_plain(call) ? workspace_of_thread() : NULL;
    struct audit_memos *memos = workspace != NULL ? &workspace->memos : NULL;
    if (memos != NULL && audit_memos_read(memos, call->caller.number, kind, record))
        return;
    aluno_audit_event event;
    fill_shared(&event, call, kind);
    aluno__codec_encode(&aluno_audit_event_type, &event, ALUNO_KEYS_NUMBERED, record);
    if (memos != NULL)
        audit_memos_write(memos, call->caller.number, kind, record);
}

static void write_own(struct call *call, struct audit_students *seen)
{
    aluno_audit_event event;
    aluno_clear(&aluno_audit_event_type, &event);
    ALUNO_SET(event, time, aluno__clock_unix_ms());
    write_metadata(&event, &call->envelope.metadata);
    audit_students_write_ids(seen, &event);
    aluno__codec_encode(&aluno_audit_event_type, &event, ALUNO_KEYS_NUMBERED, &call->outcome->record);
}

/* Of a refusal that names no student: what others may share. A connection has a port of its own. */
static void write_alike(struct call *call, const struct audit_kind *kind, const struct audit_students *seen)
{
    struct outcome *outcome = call->outcome;
    aluno_audit_event event;
    aluno__buffer_reset(&outcome->alike);
    if (outcome->code == ALUNO_OK || seen->count > 0)
        return;
    fill_shared(&event, call, kind);
    char *port = strrchr(event.caller_address, ':');
    if (event.has.caller_address && port != NULL)
        *port = '\0';
    aluno__codec_encode(&aluno_audit_event_type, &event, ALUNO_KEYS_NUMBERED, &outcome->alike);
}

void audit_event_write(struct call *call)
{
    struct audit_kind kind;
    struct audit_students seen;
    read_call(call, &kind, &seen);
    aluno__buffer_reset(&call->outcome->record);
    write_shared(call, &kind);
    call->outcome->record_shared = call->outcome->record.size;
    write_own(call, &seen);
    write_alike(call, &kind, &seen);
}
