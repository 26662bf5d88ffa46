/* Reads messages from JSON, by their descriptors. jansson parses the text into a tree. */
#include <aluno/json.h>

#include "error.h"
#include "path.h"
#include "rules.h"

#include <jansson.h>

/* Shared by the functions that read one message. */
typedef struct reading {
    aluno_error *error;
    aluno_code code;
} reading;

static void violate(reading *job, const aluno__path *path, aluno_reason reason, const char *detail)
{
    job->code = aluno__path_violate(path, job->error, reason, detail);
}

static void read_message(reading *job, const json_t *value, const aluno_message_desc *type, void *message,
                         const aluno__path *path);

static void read_int(reading *job, const json_t *value, const aluno_field_desc *field, void *message,
                     const aluno__path *path)
{
    const int64_t number = json_integer_value(value);
    aluno__rule_violation violation;
    if (!aluno__rules_check_int(field, number, &violation)) {
        violate(job, path, violation.reason, violation.detail);
        return;
    }
    memcpy(aluno_value(field, message), &number, sizeof number);
    *aluno_has(field, message) = true;
}

static void read_text(reading *job, const json_t *value, const aluno_field_desc *field, void *message,
                      const aluno__path *path)
{
    const size_t length = json_string_length(value);
    aluno_reason reason;
    if (!aluno__rules_check_bytes(field, json_string_value(value), length, &reason)) {
        violate(job, path, reason, NULL);
        return;
    }
    memcpy(aluno_value(field, message), json_string_value(value), length + 1);
    *aluno_has(field, message) = true;
}

static void read_list(reading *job, const json_t *value, const aluno_field_desc *field, void *message,
                      const aluno__path *path)
{
    const size_t length = json_array_size(value);
    if (length > (size_t)field->max) {
        violate(job, path, ALUNO_REASON_LIST_TOO_LONG, NULL);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        const aluno__path item = aluno__path_item(path, i);
        read_message(job, json_array_get(value, i), field->type, aluno_item(field, message, i), &item);
    }
    *aluno_count(field, message) = length;
    *aluno_has(field, message) = true;
}

static void read_value(reading *job, const json_t *value, const aluno_field_desc *field, void *message,
                       const aluno__path *path)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        if (!json_is_integer(value))
            break;
        read_int(job, value, field, message, path);
        return;
    case ALUNO_KIND_BOOL:
        if (!json_is_boolean(value))
            break;
        *(bool *)aluno_value(field, message) = json_is_true(value);
        *aluno_has(field, message) = true;
        return;
    case ALUNO_KIND_TEXT:
        if (!json_is_string(value))
            break;
        read_text(job, value, field, message, path);
        return;
    case ALUNO_KIND_ONE:
        *aluno_has(field, message) = true;
        read_message(job, value, field->type, aluno_value(field, message), path);
        return;
    case ALUNO_KIND_LIST:
        if (!json_is_array(value))
            break;
        read_list(job, value, field, message, path);
        return;
    }
    violate(job, path, ALUNO_REASON_FIELD_KIND, aluno_kind_name(field->kind));
}

static void read_message(reading *job, const json_t *value, const aluno_message_desc *type, void *message,
                         const aluno__path *path)
{
    aluno_clear(type, message);
    if (!json_is_object(value)) {
        violate(job, path, ALUNO_REASON_FIELD_KIND, aluno_kind_name(ALUNO_KIND_ONE));
        return;
    }
    void *object = (void *)(uintptr_t)value; /* jansson's iterators take no const */
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        const size_t length = strlen(key);
        const aluno_field_desc *field = aluno_field_named(type, key, length);
        if (field == NULL) {
            const aluno__path unknown = aluno__path_unknown(path, key, length);
            violate(job, &unknown, ALUNO_REASON_FIELD_UNKNOWN, NULL);
        } else if (!json_is_null(json_object_iter_value(at))) {
            const aluno__path inner = aluno__path_part(path, key, length);
            read_value(job, json_object_iter_value(at), field, message, &inner);
        }
    }
}

static aluno_code parse_error(const json_error_t *why, aluno_error *error)
{
    if (json_error_code(why) == json_error_unknown || json_error_code(why) == json_error_out_of_memory)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return aluno__error_set(error, ALUNO_REASON_JSON_SYNTAX, "%d:%d", why->line, why->column);
}

aluno_code aluno_from_json(const aluno_message_desc *type, const char *json, void *message,
                           aluno_error *error)
{
    json_error_t why = {.text = ""}; /* jansson sets no code when memory runs out */
    json_t *tree = json_loadb(json, strlen(json), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    aluno_clear(type, message);
    if (tree == NULL)
        return parse_error(&why, error);
    if (!json_is_object(tree)) {
        json_decref(tree);
        return aluno__error_set(error, ALUNO_REASON_JSON_SYNTAX, "1:1");
    }
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    reading job = {error, ALUNO_OK};
    const aluno__path root = {.outer = NULL};
    read_message(&job, tree, type, message, &root);
    json_decref(tree);
    return job.code;
}
