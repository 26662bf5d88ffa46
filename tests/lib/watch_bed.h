/* Calls of WatchStudents on a call_bed. */
#ifndef ALUNO_TESTS_WATCH_BED_H
#define ALUNO_TESTS_WATCH_BED_H

#include "call_bed.h"

#define CPF       INT64_C(52998224725)
#define OTHER_CPF INT64_C(11144477735)
#define THIRD_CPF INT64_C(93541134780)

static aluno_watch_students_request request;
static char token[sizeof request.after]; /* where the watch stands */

static inline const aluno_watch_students_reply *reply_of(const call_bed *bed)
{
    return &bed->reply.watch_students_reply;
}

static inline void begin(const char *query)
{
    aluno_clear(&aluno_watch_students_request_type, &request);
    if (query != NULL)
        ALUNO_SET_TEXT(request, query, query);
}

/* Asks for what comes after `token`. */
static inline aluno_code watch_on(call_bed *bed)
{
    ALUNO_SET_TEXT(request, after, token);
    const aluno_code code = bed_call(bed, ALUNO_METHOD_watch_students, &request);
    if (code == ALUNO_OK)
        strcpy(token, reply_of(bed)->token);
    return code;
}

static inline void watch_from_now(call_bed *bed, const char *query)
{
    begin(query);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &request), ALUNO_OK);
    assert_int_equal(reply_of(bed)->changes.count, 0);
    strcpy(token, reply_of(bed)->token);
}

/* The next changes as text: "created 1 Ana" with its student, "removed 1" without. */
static inline const char *next(call_bed *bed)
{
    static char text[512];
    size_t length = 0;
    *text = '\0';
    assert_int_equal(watch_on(bed), ALUNO_OK);
    for (size_t i = 0; i < reply_of(bed)->changes.count; i++) {
        const aluno_student_change *change = &reply_of(bed)->changes.items[i];
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s %d%s%s", i > 0 ? ", " : "",
                                   change->kind, (int)change->student_id, change->has.student ? " " : "",
                                   change->has.student ? change->student.name : "");
    }
    return text;
}

#endif
