/* A reply kept whole is its message and its metadata, both with numbered keys. */
#include "reply_parts.h"

#include "hash.h"
#include "protocol/codec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct parts {
    int64_t student, count;
    uint64_t hash;
    size_t rest;
};

static bool find_parts(const aluno_student *students, size_t count, struct parts *out)
{
    aluno__buffer bytes = {0};
    bool good = count > 0;
    for (size_t i = 0; i < count; i++) {
        good = good && students[i].id == students[0].id + (int64_t)i;
        aluno__codec_encode(&aluno_student_type, &students[i], ALUNO_KEYS_NUMBERED, &bytes);
    }
    good = good && !bytes.failed;
    if (good) {
        out->student = students[0].id;
        out->count = (int64_t)count;
        out->hash = hash_bytes(HASH_START, bytes.data, bytes.size);
    }
    aluno__buffer_free(&bytes);
    return good;
}

static bool read_parts(const aluno_message_desc *type, aluno_any_message *reply, aluno__reader *bytes,
                       struct parts *out)
{
    if (aluno__codec_decode(type, reply, bytes, ALUNO_UNKNOWN_IGNORED, NULL) != ALUNO_OK)
        return false;
    out->rest = bytes->at;
    if (type == &aluno_student_type)
        return find_parts(&reply->student, 1, out);
    const aluno_batch_create_students_reply *batch = &reply->batch_create_students_reply;
    return find_parts(batch->students.items, batch->has.students ? batch->students.count : 0, out);
}

static void reply_parts(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const char *name = (const char *)sqlite3_value_text(arguments[0]);
    aluno__reader bytes = {sqlite3_value_blob(arguments[1]), (size_t)sqlite3_value_bytes(arguments[1]), 0};
    const aluno_method_desc *method = name == NULL ? NULL : aluno_method_named(name, strlen(name));
    struct parts parts;
    if (method == NULL || bytes.data == NULL ||
        (method->reply != &aluno_student_type && method->reply != &aluno_batch_create_students_reply_type))
        return;
    aluno_any_message *reply = malloc(sizeof *reply);
    if (reply == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    if (read_parts(method->reply, reply, &bytes, &parts)) {
        char *json =
            sqlite3_mprintf("{\"student\":%lld,\"count\":%lld,\"hash\":%lld,\"rest\":%lld}", parts.student,
                            parts.count, (long long)parts.hash, (long long)parts.rest);
        sqlite3_result_text(context, json, -1, sqlite3_free);
    }
    free(reply);
}

int reply_parts_define(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "reply_parts", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      reply_parts, NULL, NULL, NULL);
}
