/* Writes what fuzzing begins with, for the targets that read messages: seeds FOLDER. Every message, request
 * and reply of the contract is in it, with all its fields and with values that the rules accept, so that
 * what is added to the contract is fuzzed from the next run on. */
#include "fuzz.h"

#include "protocol/envelope.h"

#include <aluno/json.h>
#include <aluno/validate.h>

#include <stdio.h>
#include <sys/stat.h>

enum { MSGID = 1 /* as in fuzz_reply.c */, ITEMS = 2, ALTERNATIVES = 2, TEXT_SIZE = 1 << 17 };

static aluno_any_message message; /* large */
static aluno__buffer bytes;
static const char *folder;

/* A value that each rule accepts. */
static const char *const texts[ALUNO_RULE_COUNT] = {
    [ALUNO_RULE_any] = "a",
    [ALUNO_RULE_name] = "João",
    [ALUNO_RULE_birth_date] = "29/02/2012",
    [ALUNO_RULE_cpf] = "529.982.247-25",
    [ALUNO_RULE_email] = "ana@example.com",
    [ALUNO_RULE_uuid] = "018f4b2e-7d5a-7c3e-9a1b-2c3d4e5f6a7b",
    [ALUNO_RULE_traceparent] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    [ALUNO_RULE_purpose] = "enrolment 2027",
};

static void fill(const aluno_message_desc *type, void *to, int alternative);

static void fill_value(const aluno_field_desc *field, void *to, int alternative)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        memcpy(aluno_value(field, to), &field->min, sizeof field->min);
        break;
    case ALUNO_KIND_BOOL:
        *(bool *)aluno_value(field, to) = true;
        break;
    case ALUNO_KIND_TEXT:
        fuzz_check(texts[field->rule] != NULL);
        snprintf(aluno_value(field, to), (size_t)field->max + 1, "%s", texts[field->rule]);
        break;
    case ALUNO_KIND_ONE:
        fill(field->type, aluno_value(field, to), alternative);
        break;
    case ALUNO_KIND_LIST:
        *aluno_count(field, to) = field->max < ITEMS ? (size_t)field->max : ITEMS;
        for (size_t i = 0; i < *aluno_count(field, to); i++)
            fill(field->type, aluno_item(field, to, i), alternative);
        break;
    }
}

/* Sets all fields; of those that exclude each other the one that the alternative numbers. */
static void fill(const aluno_message_desc *type, void *to, int alternative)
{
    int keys = 0;
    aluno_clear(type, to);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (field->presence == ALUNO_KEY && keys++ != alternative)
            continue;
        *aluno_has(field, to) = true;
        fill_value(field, to, alternative);
    }
}

/* Writes the buffer as FOLDER/TARGET/NAME_KEYS_ALTERNATIVE. */
static void put_seed(const char *target, const char *name, int keys, int alternative)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s_%d_%d", folder, target, name, keys, alternative);
    FILE *file = fopen(path, "wb");
    fuzz_check(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    fuzz_check(fclose(file) == 0);
}

/* Begins a seed with the byte that chooses its message or method. */
static void choose(size_t number)
{
    const uint8_t byte = (uint8_t)number;
    aluno__buffer_reset(&bytes);
    aluno__buffer_append(&bytes, &byte, 1);
}

static void put_json(const aluno_message_desc *type, size_t number, int alternative)
{
    static char text[TEXT_SIZE];
    fill(type, &message, alternative);
    aluno_to_json(type, &message, ALUNO_WHOLE, text, sizeof text);
    choose(number);
    aluno__buffer_append(&bytes, text, strlen(text));
    put_seed("json", type->id, 0, alternative);
}

static void put_metadata(aluno__codec_keys keys)
{
    fill(&aluno_request_metadata_type, &message, 0);
    aluno__buffer_reset(&bytes);
    aluno__codec_encode(&aluno_request_metadata_type, &message, keys, &bytes);
    put_seed("metadata", "all", (int)keys, 0);
}

static void put_request(const aluno_method_desc *method, aluno__codec_keys keys, int alternative)
{
    aluno_request_metadata metadata;
    aluno_error error;
    fill(&aluno_request_metadata_type, &metadata, 0);
    fill(method->request, &message, alternative);
    aluno__buffer_reset(&bytes);
    aluno__envelope_begin_request(&bytes, MSGID, method, keys);
    aluno__codec_encode(method->request, &message, keys, &bytes);
    aluno__envelope_end_request(&bytes, &metadata, keys);
    put_seed("request", method->request->id, (int)keys, alternative);
    fuzz_check(aluno_validate(method->request, &message, false, &error) == ALUNO_OK);
}

static void put_success(const aluno_method_desc *method, aluno__codec_keys keys)
{
    aluno_reply_metadata metadata;
    fill(&aluno_reply_metadata_type, &metadata, 0);
    fill(method->reply, &message, 0);
    choose(method->id);
    aluno__envelope_begin_success(&bytes, MSGID);
    aluno__codec_encode(method->reply, &message, keys, &bytes);
    aluno__envelope_end_success(&bytes, &metadata, keys);
    put_seed("reply", method->reply->id, (int)keys, 0);
}

static void put_failure(aluno__codec_keys keys)
{
    aluno_error error;
    fill(&aluno_error_type, &error, 0);
    error.code = ALUNO_INVALID_ARGUMENT;
    choose(0);
    aluno__envelope_write_failure(&bytes, MSGID, &error, keys);
    put_seed("reply", "failure", (int)keys, 0);
}

static void put_calls(aluno__codec_keys keys)
{
    put_metadata(keys);
    put_failure(keys);
    for (int id = 0; id < ALUNO_METHOD_COUNT; id++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)id);
        put_success(method, keys);
        for (int alternative = 0; alternative < ALTERNATIVES; alternative++)
            put_request(method, keys, alternative);
    }
}

int main(int argc, char **argv)
{
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER (that receives a folder a target)\n", argv[0]);
        return 1;
    }
    folder = argv[1];
    for (size_t i = 0; i < count; i++)
        for (int alternative = 0; alternative < ALTERNATIVES; alternative++)
            put_json(types[i], i, alternative);
    put_calls(ALUNO_KEYS_NAMED);
    put_calls(ALUNO_KEYS_NUMBERED);
    aluno__buffer_free(&bytes);
    return 0;
}
