/* An entry's bytes are the reply's metadata, for the warnings; before it, the reply's message where that is
 * kept whole. Both have numbered keys. */
#include "entry.h"

#include "handlers/age.h"
#include "hash.h"
#include "school_day.h"

#include "protocol/error.h"

#include <stdio.h>

/* The students of a reply; none: another type of reply. */
struct students {
    aluno_student *items;
    size_t count, most;
};

static struct students students_of(const aluno_message_desc *type, void *reply)
{
    aluno_batch_create_students_reply *batch = reply;
    if (type == &aluno_student_type)
        return (struct students){reply, 1, 1};
    if (type == &aluno_batch_create_students_reply_type)
        return (struct students){batch->students.items, batch->students.count,
                                 sizeof batch->students.items / sizeof *batch->students.items};
    return (struct students){NULL, 0, 0};
}

static void set_count(const aluno_message_desc *type, void *reply, size_t count)
{
    aluno_batch_create_students_reply *batch = reply;
    if (type != &aluno_batch_create_students_reply_type)
        return;
    batch->students.count = count;
    batch->has.students = true;
}

/* A batch's ids are, since changes are serialized. */
static bool are_consecutive(const struct students *students)
{
    for (size_t i = 0; i < students->count; i++)
        if (students->items[i].id != students->items[0].id + (int64_t)i)
            return false;
    return students->count > 0;
}

/* ---- writing ---- */

static uint64_t encode_students(const struct students *students, aluno__buffer *out)
{
    const size_t from = out->size;
    for (size_t i = 0; i < students->count; i++)
        aluno__codec_encode(&aluno_student_type, &students->items[i], ALUNO_KEYS_NUMBERED, out);
    return out->failed ? 0 : hash_bytes(HASH_START, out->data + from, out->size - from);
}

/* A list's elements are encoded where the reply takes them from, if it has numbered keys, too. */
static aluno__buffer *place_of(const struct call *call)
{
    const bool is_list = call->method->reply != &aluno_student_type;
    return is_list && call->envelope.keys == ALUNO_KEYS_NUMBERED ? call->items : &call->outcome->entry;
}

aluno_code entry_write(struct call *call, struct store_reply *entry, size_t *message_size, aluno_error *error)
{
    const struct students students = students_of(call->method->reply, call->reply);
    aluno__buffer *bytes = &call->outcome->entry;
    const bool names_students = are_consecutive(&students);
    *entry = (struct store_reply){0};
    if (names_students) {
        entry->student = students.items[0].id;
        entry->count = (int64_t)students.count;
        entry->hash = encode_students(&students, place_of(call));
    } else {
        aluno__codec_encode(call->method->reply, call->reply, ALUNO_KEYS_NUMBERED, bytes);
    }
    *message_size = bytes->size;
    aluno__codec_encode(&aluno_reply_metadata_type, &call->outcome->metadata, ALUNO_KEYS_NUMBERED, bytes);
    if (bytes->failed || call->items->failed)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const size_t from = names_students ? *message_size : 0;
    entry->bytes = bytes->data + from;
    entry->size = bytes->size - from;
    return ALUNO_OK;
}

/* ---- reading ---- */

static void warn(aluno_reply_metadata *metadata, const char *field, aluno_reason reason)
{
    const size_t most = sizeof metadata->warnings.items / sizeof *metadata->warnings.items;
    aluno__violation_add(metadata->warnings.items, most, &metadata->warnings.count, field, reason, NULL);
    metadata->has.warnings = true;
}

static void leave_id(aluno_student *student, int64_t id)
{
    aluno_clear(&aluno_student_type, student);
    ALUNO_SET(*student, id, id);
}

/* Reads a student; *erased receives whether there is none any more. An age that follows from a birth date is
 * that of the reply's day. */
static aluno_code read_student(struct store_session *session, int64_t id, int64_t day, aluno_student *out,
                               bool *erased, aluno_error *error)
{
    const aluno_code code = student_by_id(session, id, STORE_WITH_REMOVED, out, error);
    *erased = code == ALUNO_NOT_FOUND;
    if (*erased)
        leave_id(out, id);
    else if (code == ALUNO_OK)
        age_complete(out, day);
    return *erased ? ALUNO_OK : code;
}

/* Whether what was replied is what the students are now. */
static bool are_as_replied(const struct store_record *record, const struct students *students)
{
    aluno__buffer bytes = {0};
    const bool same = encode_students(students, &bytes) == record->hash && !bytes.failed;
    aluno__buffer_free(&bytes);
    return same;
}

static aluno_code read_students(struct store_session *session, const struct store_record *record,
                                struct students students, aluno_reply_metadata *metadata, aluno_error *error)
{
    const bool is_list = students.most > 1;
    const int64_t day = school_day(record->create_time);
    char field[32] = "student";
    bool erased;
    students.count = (size_t)record->count;
    for (size_t i = 0; i < students.count; i++) {
        const aluno_code code =
            read_student(session, record->student + (int64_t)i, day, &students.items[i], &erased, error);
        if (code != ALUNO_OK)
            return code;
        if (is_list)
            snprintf(field, sizeof field, "students[%zu]", i);
        if (erased)
            warn(metadata, field, ALUNO_REASON_STUDENT_ERASED);
    }
    if (!are_as_replied(record, &students))
        warn(metadata, is_list ? "students" : "student", ALUNO_REASON_REPLY_SUPERSEDED);
    return ALUNO_OK;
}

static aluno_code refuse(const struct store_record *record, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "operation %s", record->method);
}

aluno_code entry_read(struct store_session *session, const struct store_record *record,
                      const aluno_message_desc *type, void *reply, aluno_reply_metadata *metadata,
                      aluno_error *error)
{
    const bool is_whole = record->student == 0;
    const struct students students = students_of(type, reply);
    aluno__reader bytes = {record->bytes.data, record->bytes.size, 0};
    if (!is_whole && (record->count < 1 || (size_t)record->count > students.most))
        return refuse(record, error);
    if (is_whole && aluno__codec_decode(type, reply, &bytes, ALUNO_UNKNOWN_IGNORED, NULL) != ALUNO_OK)
        return refuse(record, error);
    if (aluno__codec_decode(&aluno_reply_metadata_type, metadata, &bytes, ALUNO_UNKNOWN_IGNORED, NULL) !=
        ALUNO_OK)
        return refuse(record, error);
    if (is_whole)
        return ALUNO_OK;
    if (!metadata->has.warnings)
        metadata->warnings.count = 0;
    aluno_clear(type, reply);
    set_count(type, reply, (size_t)record->count);
    return read_students(session, record, students, metadata, error);
}
