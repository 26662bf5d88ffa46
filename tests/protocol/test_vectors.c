/* Replays the examples of sdk/PROTOCOL.md: the document is right as long as this test passes. The document's
 * beginning says how an example is written. */
#include "unit.h"
#include "whole_reply.h"

#include "protocol/error.h"

#include <aluno/json.h>
#include <aluno/validate.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* Far fewer than this: the document's form changed and its examples are no longer found. */
enum { VECTORS_LEAST = 60 };

enum { MSGID = 1, TEXT_MAX = 4096 };

typedef struct vector {
    char title[128], kind[128], keys[16], hex[TEXT_MAX];
    char message[TEXT_MAX], metadata[TEXT_MAX], error[TEXT_MAX];
    char canonical[8], result[TEXT_MAX];
} vector;

/* ---- checking one example ---- */

static aluno_any_message message; /* large, and used by one example at a time */
static aluno_request_metadata asked;
static aluno_reply_metadata answered;
static aluno_error error;

static void check_text(const vector *v, const char *what, const char *found, const char *expected)
{
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s\n  found:    %s\n  expected: %s", v->title, what, found, expected);
}

/* Compares a message with the JSON that the example shows, if it does. */
static void check_json(const vector *v, const char *what, const aluno_message_desc *type, const void *value,
                       const char *expected)
{
    static char json[TEXT_MAX];
    assert_true(aluno_to_json(type, value, ALUNO_WHOLE, json, sizeof json) < sizeof json);
    if (*expected != '\0')
        check_text(v, what, json, expected);
}

/* The kind of keys in the example's bytes: names, unless it says numbers. */
static aluno__codec_keys keys_of(const vector *v)
{
    return strcmp(v->keys, "numbers") == 0 ? ALUNO_KEYS_NUMBERED : ALUNO_KEYS_NAMED;
}

static void check_bytes(const vector *v, const aluno__buffer *again, const uint8_t *bytes, size_t size)
{
    if (strcmp(v->canonical, "no") == 0)
        return;
    if (again->size != size || memcmp(again->data, bytes, size) != 0)
        fail_msg("%s: other bytes when it is written again", v->title);
}

/* How an example words a refusal: the reason, then the byte or the fields. */
static void put_result(aluno_code code, char *text, size_t size)
{
    if (code == ALUNO_OK) {
        snprintf(text, size, "OK");
        return;
    }
    assert_int_equal(code, error.code);
    size_t at = (size_t)snprintf(text, size, "%s", error.reason);
    if (error.has.detail && strncmp(error.detail, "byte ", 5) == 0)
        at += (size_t)snprintf(text + at, size - at, "; %.*s", (int)strcspn(error.detail, ":"), error.detail);
    for (size_t i = 0; error.has.violations && i < error.violations.count; i++) {
        const aluno_violation *each = &error.violations.items[i];
        at += (size_t)snprintf(text + at, size - at, "; %s %s", each->field, each->reason);
    }
    assert_true(at < size);
}

static aluno_code decode_message(const vector *v, const aluno_message_desc *type, aluno__reader *in)
{
    const aluno_code code = aluno__codec_decode(type, &message, in, ALUNO_UNKNOWN_REFUSED, &error);
    if (code != ALUNO_OK)
        return code;
    check_json(v, "message", type, &message, v->message);
    return ALUNO_OK;
}

static aluno_code decode_request(const vector *v, const uint8_t *bytes, size_t size)
{
    aluno__request request;
    aluno_code code = aluno__envelope_read_request(bytes, size, &request, &error);
    if (code != ALUNO_OK)
        return code;
    assert_int_equal(request.msgid, MSGID);
    const aluno_method_desc *method = request.method;
    if (method == NULL)
        return aluno__error_set(&error, ALUNO_REASON_METHOD_UNKNOWN, NULL);
    check_json(v, "metadata", &aluno_request_metadata_type, &request.metadata, v->metadata);
    asked = request.metadata;
    code = aluno_validate(&aluno_request_metadata_type, &asked, false, &error);
    if (code == ALUNO_OK)
        code = decode_message(v, method->request, &request.message);
    if (code != ALUNO_OK)
        return code;
    aluno__buffer again = {0};
    aluno__envelope_begin_request(&again, MSGID, method, keys_of(v));
    aluno__codec_encode(method->request, &message, keys_of(v), &again);
    aluno__envelope_end_request(&again, &request.metadata, keys_of(v));
    check_bytes(v, &again, bytes, size);
    aluno__buffer_free(&again);
    return aluno_validate(method->request, &message, false, &error);
}

static aluno_code decode_reply(const vector *v, const aluno_method_desc *method, const uint8_t *bytes,
                               size_t size)
{
    aluno__buffer again = {0};
    const aluno_code code = whole_reply_read(bytes, size, MSGID, method->reply, &message, &answered, &error);
    if (code != ALUNO_OK && aluno_error_is(&error, ALUNO_REASON_REPLY_MALFORMED))
        return code;
    if (code == ALUNO_OK) {
        check_json(v, "message", method->reply, &message, v->message);
        check_json(v, "metadata", &aluno_reply_metadata_type, &answered, v->metadata);
        aluno__envelope_begin_success(&again, MSGID);
        aluno__codec_encode(method->reply, &message, keys_of(v), &again);
        aluno__envelope_end_success(&again, &answered, keys_of(v));
    } else {
        check_json(v, "error", &aluno_error_type, &error, v->error);
        aluno__envelope_write_failure(&again, MSGID, &error, keys_of(v));
    }
    check_bytes(v, &again, bytes, size);
    aluno__buffer_free(&again);
    return code;
}

static const aluno_message_desc *type_named(const char *name)
{
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

static aluno_code decode(const vector *v, const uint8_t *bytes, size_t size)
{
    char what[16] = "", name[64] = "";
    sscanf(v->kind, "%15s %63s", what, name);
    if (strcmp(what, "request") == 0)
        return decode_request(v, bytes, size);
    if (strcmp(what, "reply") == 0) {
        const aluno_method_desc *method = aluno_method_named(name, strlen(name));
        assert_non_null(method);
        return decode_reply(v, method, bytes, size);
    }
    const aluno_message_desc *type = type_named(name);
    if (strcmp(what, "message") != 0 || type == NULL)
        fail_msg("%s: unknown kind: %s", v->title, v->kind);
    aluno__reader in = {bytes, size, 0};
    const aluno_code code = decode_message(v, type, &in);
    return code == ALUNO_OK ? aluno_validate(type, &message, false, &error) : code;
}

/* The bytes that hexadecimal digits stand for, in memory of just that size, so that a sanitizer sees a step
 * beyond it. */
static uint8_t *read_hex(const vector *v, size_t *size)
{
    uint8_t *bytes = malloc(strlen(v->hex) / 2 + 1);
    assert_non_null(bytes);
    *size = 0;
    for (const char *at = v->hex; at += strspn(at, " "), *at != '\0'; at += 2) {
        unsigned byte = 0;
        if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]) ||
            sscanf(at, "%2x", &byte) != 1)
            fail_msg("%s: not hexadecimal: %s", v->title, at);
        bytes[(*size)++] = (uint8_t)byte;
    }
    uint8_t *exact = realloc(bytes, *size > 0 ? *size : 1);
    assert_non_null(exact);
    return exact;
}

static void replay(const vector *v)
{
    static char result[TEXT_MAX];
    size_t size;
    uint8_t *bytes = read_hex(v, &size);
    aluno_clear(&aluno_error_type, &error);
    put_result(decode(v, bytes, size), result, sizeof result);
    check_text(v, "result", result, v->result);
    free(bytes);
}

/* ---- finding the examples ---- */

/* Appends a line to a value, after a space; the line's own leading space is dropped. */
static void append(char *value, size_t size, const char *line)
{
    const size_t length = strlen(value);
    line += strspn(line, " ");
    const int more = snprintf(value + length, size - length, "%s%s", length > 0 && *line ? " " : "", line);
    assert_in_range(more, 0, size - length - 1);
}

/* The member that a line "key: value" of a `vector` block begins; NULL for any other line. */
static char *member_of(vector *v, const char *line, size_t *size)
{
    const struct {
        const char *key;
        char *member;
        size_t size;
    } members[] = {
        {"title:", v->title, sizeof v->title},       {"kind:", v->kind, sizeof v->kind},
        {"keys:", v->keys, sizeof v->keys},          {"hex:", v->hex, sizeof v->hex},
        {"message:", v->message, sizeof v->message}, {"metadata:", v->metadata, sizeof v->metadata},
        {"error:", v->error, sizeof v->error},       {"canonical:", v->canonical, sizeof v->canonical},
        {"result:", v->result, sizeof v->result},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strncmp(line, members[i].key, strlen(members[i].key)) == 0) {
            *size = members[i].size;
            return members[i].member;
        }
    }
    return NULL;
}

static bool read_line(FILE *file, char *line, size_t size)
{
    if (fgets(line, (int)size, file) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* "key: value" lines; a line that begins with space goes on with the value before. */
static size_t replay_vector(FILE *file)
{
    static vector v;
    char line[1024], *value = NULL;
    size_t size = 0;
    memset(&v, 0, sizeof v);
    while (read_line(file, line, sizeof line) && strncmp(line, "```", 3) != 0) {
        if (*line != ' ')
            value = member_of(&v, line, &size);
        if (value == NULL)
            fail_msg("%s: not a line of a vector: %s", v.title, line);
        if (value == v.hex)
            line[strcspn(line, "#")] = '\0';
        append(value, size, *line == ' ' ? line : strchr(line, ':') + 1);
    }
    replay(&v);
    return 1;
}

/* Entries of "# title", bytes and "=> result". */
static size_t replay_refused(FILE *file, const char *kind)
{
    static vector v;
    char line[1024];
    size_t count = 0;
    memset(&v, 0, sizeof v);
    while (read_line(file, line, sizeof line) && strncmp(line, "```", 3) != 0) {
        if (*line == '#') {
            append(v.title, sizeof v.title, line + 1);
        } else if (strncmp(line, "=>", 2) == 0) {
            append(v.kind, sizeof v.kind, kind);
            append(v.result, sizeof v.result, line + 2);
            replay(&v);
            memset(&v, 0, sizeof v);
            count++;
        } else {
            append(v.hex, sizeof v.hex, line);
        }
    }
    return count;
}

static FILE *open_document(void)
{
    FILE *file = fopen(ALUNO_SOURCE_DIR "/sdk/PROTOCOL.md", "r");
    assert_non_null(file);
    return file;
}

static void test_examples_hold(void **state)
{
    (void)state;
    static const char refused[] = "```refused ";
    FILE *file = open_document();
    char line[1024];
    size_t count = 0;
    while (read_line(file, line, sizeof line)) {
        if (strcmp(line, "```vector") == 0)
            count += replay_vector(file);
        else if (strncmp(line, refused, sizeof refused - 1) == 0)
            count += replay_refused(file, line + sizeof refused - 1);
    }
    fclose(file);
    assert_in_range(count, VECTORS_LEAST, SIZE_MAX);
}

/* The document's table of codes has each reason of the contract in its code's row. */
static void test_reasons_are_documented(void **state)
{
    (void)state;
    FILE *file = open_document();
    bool found[ALUNO_REASON_COUNT] = {false};
    char line[2048], row[64], name[64];
    while (read_line(file, line, sizeof line)) {
        for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
            const aluno_reason_desc *info = aluno_reason_of((aluno_reason)i);
            snprintf(row, sizeof row, "| %d | %s |", (int)info->code, aluno_code_name(info->code));
            snprintf(name, sizeof name, "`%s`", info->name);
            if (strncmp(line, row, strlen(row)) == 0 && strstr(line, name) != NULL)
                found[i] = true;
        }
    }
    fclose(file);
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++)
        if (!found[i])
            fail_msg("%s is not in PROTOCOL.md", aluno_reason_of((aluno_reason)i)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_hold),
        cmocka_unit_test(test_reasons_are_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
