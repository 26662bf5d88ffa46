/* The contract's rows as constant tables, and look-ups over them. */
#include <aluno/schema.h>

/* ---- one table of fields a message, ended by a row without a name; so is the one before the first ---- */

/* A row ends where the next one begins, because ALUNO_SENSITIVE and ALUNO_NEEDS add to it. */
#define ALUNO_MESSAGE(id, ...) static const aluno_field_desc fields_of_##id[] = {{.name = NULL
#define ROW(message, field, wire_number, pt, level, ...)                                                     \
    }                                                                                                        \
    ,                                                                                                        \
    {                                                                                                        \
        .name = #field, .number = (wire_number), .name_pt = (pt), .presence = ALUNO_##level,                 \
        .has = offsetof(aluno_##message, has.field), __VA_ARGS__
#define ALUNO_SENSITIVE(message, field, how) , .mask = ALUNO_MASK_##how
#define ALUNO_NEEDS(message, field, least)   , .role = ALUNO_ROLE_##least
#define ALUNO_INT(message, field, number, pt, level, low, high, check, en, label_pt)                         \
    ROW(message, field, number, pt, level, .kind = ALUNO_KIND_INT, .min = (low), .max = (high),              \
        .rule = ALUNO_RULE_##check, .offset = offsetof(aluno_##message, field), .label = {en, label_pt})
#define ALUNO_BOOL(message, field, number, pt, level, en, label_pt)                                          \
    ROW(message, field, number, pt, level, .kind = ALUNO_KIND_BOOL,                                          \
        .offset = offsetof(aluno_##message, field), .label = {en, label_pt})
#define ALUNO_TEXT(message, field, number, pt, level, bytes, check, en, label_pt)                            \
    ROW(message, field, number, pt, level, .kind = ALUNO_KIND_TEXT, .max = (bytes),                          \
        .rule = ALUNO_RULE_##check, .offset = offsetof(aluno_##message, field), .label = {en, label_pt})
#define ALUNO_ONE(message, field, number, pt, level, of, en, label_pt)                                       \
    ROW(message, field, number, pt, level, .kind = ALUNO_KIND_ONE, .type = &aluno_##of##_type,               \
        .offset = offsetof(aluno_##message, field), .label = {en, label_pt})
#define ALUNO_LIST(message, field, number, pt, level, of, most, en, label_pt)                                \
    ROW(message, field, number, pt, level, .kind = ALUNO_KIND_LIST, .max = (most),                           \
        .type = &aluno_##of##_type, .offset = offsetof(aluno_##message, field.count),                        \
        .items = offsetof(aluno_##message, field.items), .label = {en, label_pt})
#define ALUNO_END(id)                                                                                        \
    }                                                                                                        \
    ,                                                                                                        \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }                                                                                                        \
    }                                                                                                        \
    ;
#include <aluno/contract.def>
#undef ROW

/* ---- messages ---- */

#define ALUNO_MESSAGE(message_id, wire, text)                                                                \
    const aluno_message_desc aluno_##message_id##_type = {                                                   \
        .id = #message_id,                                                                                   \
        .name = (wire),                                                                                      \
        .size = sizeof(aluno_##message_id),                                                                  \
        .has_size = sizeof(aluno_##message_id##_has),                                                        \
        .fields = fields_of_##message_id + 1,                                                                \
        .field_count = sizeof fields_of_##message_id / sizeof *fields_of_##message_id - 2,                   \
        .doc = (text),                                                                                       \
    };
#include <aluno/contract.def>

static const aluno_message_desc *const messages[] = {
#define ALUNO_MESSAGE(id, ...) &aluno_##id##_type,
#include <aluno/contract.def>
};

const aluno_message_desc *const *aluno_messages(size_t *count)
{
    *count = sizeof messages / sizeof *messages;
    return messages;
}

const aluno_field_desc *aluno_field_named(const aluno_message_desc *type, const char *name, size_t length)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (strlen(field->name) == length && memcmp(field->name, name, length) == 0)
            return field;
    return NULL;
}

const aluno_field_desc *aluno_field_numbered(const aluno_message_desc *type, int64_t number)
{
    /* As long as no row was removed, the numbers are those of the rows. */
    if (number >= 1 && (uint64_t)number <= type->field_count && type->fields[number - 1].number == number)
        return &type->fields[number - 1];
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (field->number == number)
            return field;
    return NULL;
}

/* Copies a count beyond the list's capacity as it is, so that validation of the copy refuses it; there are no
 * such items. */
static void copy_list(const aluno_field_desc *field, void *to, const void *from)
{
    const size_t count = *aluno_count(field, from), capacity = (size_t)field->max;
    *aluno_count(field, to) = count;
    for (size_t i = 0; i < count && i < capacity; i++)
        aluno_copy(field->type, aluno_item(field, to, i), aluno_item(field, from, i));
}

static void copy_field(const aluno_field_desc *field, void *to, const void *from)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        memcpy(aluno_value(field, to), aluno_value(field, from), sizeof(int64_t));
        break;
    case ALUNO_KIND_BOOL:
        memcpy(aluno_value(field, to), aluno_value(field, from), sizeof(bool));
        break;
    case ALUNO_KIND_TEXT:
        memcpy(aluno_value(field, to), aluno_value(field, from), strlen(aluno_value(field, from)) + 1);
        break;
    case ALUNO_KIND_ONE:
        aluno_copy(field->type, aluno_value(field, to), aluno_value(field, from));
        break;
    case ALUNO_KIND_LIST:
        copy_list(field, to, from);
        break;
    }
}

void aluno_copy(const aluno_message_desc *type, void *to, const void *from)
{
    memcpy(to, from, type->has_size);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (*aluno_has(field, from))
            copy_field(field, to, from);
        else if (field->kind == ALUNO_KIND_LIST)
            *aluno_count(field, to) = 0;
}

/* ---- methods ---- */

static const aluno_method_desc methods[] = {
#define ALUNO_METHOD(method_id, wire_number, wire, in, out, what, who, verb_en, verb_pt, en, pt)             \
    [ALUNO_METHOD_##method_id] = {.id = ALUNO_METHOD_##method_id,                                            \
                                  .number = (wire_number),                                                   \
                                  .name = (wire),                                                            \
                                  .request = &aluno_##in##_type,                                             \
                                  .reply = &aluno_##out##_type,                                              \
                                  .effect = ALUNO_##what,                                                    \
                                  .role = ALUNO_ROLE_##who,                                                  \
                                  .verb = {verb_en, verb_pt},                                                \
                                  .doc = {en, pt}},
#include <aluno/contract.def>
};

const aluno_method_desc *aluno_method_of(aluno_method_id id)
{
    return &methods[id];
}

const aluno_method_desc *aluno_method_named(const char *name, size_t length)
{
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++)
        if (strlen(methods[i].name) == length && memcmp(methods[i].name, name, length) == 0)
            return &methods[i];
    return NULL;
}

const aluno_method_desc *aluno_method_numbered(int64_t number)
{
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++)
        if (methods[i].number == number)
            return &methods[i];
    return NULL;
}

/* ---- codes, roles, rules, masks, kinds ---- */

const char *aluno_code_name(int64_t code)
{
    switch (code) {
#define ALUNO_CODE(name, number)                                                                             \
    case number:                                                                                             \
        return #name;
#include <aluno/contract.def>
    default:
        return "UNKNOWN";
    }
}

static const char *const roles[] = {
#define ALUNO_ROLE(name, ...) #name,
#include <aluno/contract.def>
};

const char *aluno_role_name(aluno_role role)
{
    return roles[role];
}

aluno_role aluno_role_named(const char *name)
{
    for (size_t i = 0; i < ALUNO_ROLE_COUNT; i++)
        if (strcmp(roles[i], name) == 0)
            return (aluno_role)i;
    return ALUNO_ROLE_none;
}

/* Whether the role has an ALUNO_ALSO row for the method. */
static bool has_also(aluno_role role, aluno_method_id method)
{
    static const struct {
        aluno_role role;
        aluno_method_id method;
    } rows[] = {
#define ALUNO_ALSO(role, method) {ALUNO_ROLE_##role, ALUNO_METHOD_##method},
#include <aluno/contract.def>
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].role == role && rows[i].method == method)
            return true;
    return false;
}

bool aluno_role_may(aluno_role role, const aluno_method_desc *method)
{
    if (role != ALUNO_ROLE_auditor && method->role != ALUNO_ROLE_auditor)
        return role >= method->role;
    return role == method->role || method->role == ALUNO_ROLE_none || has_also(role, method->id);
}

const char *aluno_rule_text(aluno_rule rule, aluno_language language)
{
    static const char *const texts[][2] = {
#define ALUNO_RULE(name, en, pt) {en, pt},
#include <aluno/contract.def>
    };
    return texts[rule][language];
}

const char *aluno_mask_name(aluno_mask mask)
{
    static const char *const names[] = {
#define ALUNO_MASK(name, ...) #name,
#include <aluno/contract.def>
    };
    return names[mask];
}

const char *aluno_mask_form(aluno_mask mask, aluno_language language)
{
    static const char *const forms[][2] = {
#define ALUNO_MASK(name, en, pt) {en, pt},
#include <aluno/contract.def>
    };
    return forms[mask][language];
}

const char *aluno_kind_name(aluno_kind kind)
{
    static const char *const names[] = {"int", "bool", "text", "message", "list"};
    return names[kind];
}

const char *aluno_presence_name(aluno_presence presence)
{
    static const char *const names[] = {"optional", "required", "output",  "key",
                                        "partial",  "either",   "expected"};
    return names[presence];
}

/* ---- reasons ---- */

static const aluno_reason_desc reasons[] = {
#define ALUNO_REASON(reason, status, en, pt, remedy_en, remedy_pt)                                           \
    {.name = #reason, .code = ALUNO_##status, .text = {en, pt}, .remedy = {remedy_en, remedy_pt}},
#include <aluno/contract.def>
};

const aluno_reason_desc *aluno_reason_of(aluno_reason reason)
{
    return &reasons[reason];
}

const aluno_reason_desc *aluno_reason_named(const char *name)
{
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++)
        if (strcmp(reasons[i].name, name) == 0)
            return &reasons[i];
    return NULL;
}
