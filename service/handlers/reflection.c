/* aluno.v1.ServerService: facts of the service, and a description of the contract. */
#include "handlers.h"

#include "base/clock.h"

#include "protocol/error.h"

#include <stdio.h>

/* The names of the fields that the policy requires, divided by commas. */
static void write_required(const aluno_student_has *required, aluno_server_info *out)
{
    size_t length = 0;
    out->has.required = true;
    out->required[0] = '\0';
    for (const aluno_field_desc *field = aluno_student_type.fields; field->name != NULL; field++)
        if (field->presence == ALUNO_EXPECTED && *aluno_has(field, required))
            length += (size_t)snprintf(out->required + length, sizeof out->required - length, "%s%s",
                                       length > 0 ? "," : "", field->name);
}

aluno_code handle_get_server_info(struct call *call, struct store_session *session,
                                  const aluno_get_server_info_request *request, aluno_server_info *reply,
                                  aluno_error *error)
{
    (void)session, (void)request, (void)error;
    const struct service *service = call->service;
    ALUNO_SET_TEXT(*reply, version, ALUNO_VERSION);
    ALUNO_SET_TEXT(*reply, store, service->is_remote ? "PostgreSQL" : "SQLite");
    ALUNO_SET(*reply, schema_version, store_schema_version(service->store));
    ALUNO_SET(*reply, start_time, service->start_ms);
    ALUNO_SET(*reply, server_time, aluno__clock_unix_ms());
    ALUNO_SET_TEXT(*reply, cpf_check, service->cpf_strict ? "strict" : "warn");
    write_required(&service->required, reply);
    ALUNO_SET_TEXT(*reply, caller_name, call->caller.name);
    ALUNO_SET_TEXT(*reply, caller_role, aluno_role_name(call->caller.role));
    ALUNO_SET(*reply, caller_not_after, call->caller.not_after_ms);
    return ALUNO_OK;
}

static void describe_method(const aluno_method_desc *method, aluno_language language,
                            aluno_method_description *out)
{
    aluno_clear(&aluno_method_description_type, out);
    ALUNO_SET_TEXT(*out, name, method->name);
    ALUNO_SET_TEXT(*out, request, method->request->name);
    ALUNO_SET_TEXT(*out, reply, method->reply->name);
    ALUNO_SET(*out, mutates, method->effect == ALUNO_MUTATES);
    ALUNO_SET_TEXT(*out, role, aluno_role_name(method->role));
    ALUNO_SET_TEXT(*out, doc, method->doc[language]);
}

static void describe_field(const aluno_message_desc *type, const aluno_field_desc *field,
                           aluno_language language, aluno_field_description *out)
{
    aluno_clear(&aluno_field_description_type, out);
    ALUNO_SET_TEXT(*out, message, type->name);
    ALUNO_SET_TEXT(*out, name, field->name);
    ALUNO_SET_TEXT(*out, kind, aluno_kind_name(field->kind));
    ALUNO_SET_TEXT(*out, presence, aluno_presence_name(field->presence));
    if (field->type != NULL)
        ALUNO_SET_TEXT(*out, type, field->type->name);
    if (field->kind == ALUNO_KIND_INT)
        ALUNO_SET(*out, min, field->min);
    if (field->kind == ALUNO_KIND_INT || field->kind == ALUNO_KIND_TEXT || field->kind == ALUNO_KIND_LIST)
        ALUNO_SET(*out, max, field->max);
    if (field->rule != ALUNO_RULE_any)
        ALUNO_SET_TEXT(*out, rule, aluno_rule_text(field->rule, language));
    ALUNO_SET_TEXT(*out, doc, field->label[language]);
    if (field->mask != ALUNO_MASK_none)
        ALUNO_SET_TEXT(*out, sensitive, aluno_mask_name(field->mask));
    if (field->role != ALUNO_ROLE_none)
        ALUNO_SET_TEXT(*out, role, aluno_role_name(field->role));
}

static bool is_described(const aluno_describe_reply *reply, const aluno_message_desc *type)
{
    for (size_t i = 0; i < reply->fields.count; i++)
        if (strcmp(reply->fields.items[i].message, type->name) == 0)
            return true;
    return false;
}

/* The fields of a message and of those nested in it, each message once. */
static void describe_message(const aluno_message_desc *type, aluno_language language,
                             aluno_describe_reply *reply)
{
    const size_t capacity = sizeof reply->fields.items / sizeof *reply->fields.items;
    if (is_described(reply, type))
        return;
    for (size_t i = 0; i < type->field_count && reply->fields.count < capacity; i++)
        describe_field(type, &type->fields[i], language, &reply->fields.items[reply->fields.count++]);
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].type != NULL)
            describe_message(type->fields[i].type, language, reply);
}

aluno_code handle_describe(struct call *call, struct store_session *session,
                           const aluno_describe_request *request, aluno_describe_reply *reply,
                           aluno_error *error)
{
    (void)session;
    reply->methods.count = reply->fields.count = 0;
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        if (request->has.method && strcmp(request->method, method->name) != 0)
            continue;
        describe_method(method, call->language, &reply->methods.items[reply->methods.count++]);
        describe_message(method->request, call->language, reply);
        describe_message(method->reply, call->language, reply);
    }
    if (reply->methods.count == 0)
        return aluno__error_set(error, ALUNO_REASON_METHOD_UNKNOWN, NULL);
    reply->has.methods = reply->has.fields = true;
    return ALUNO_OK;
}
