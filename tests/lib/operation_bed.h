/* A call bed's change under a request id, and what GetOperation says of it. */
#ifndef OPERATION_BED_H
#define OPERATION_BED_H

#include "call_bed.h"

static const char some_id[] = "01912345-0000-7000-8000-00000000000a";

static inline aluno_create_student_request ana(void)
{
    return (aluno_create_student_request){.has.student = true,
                                          .student = bed_student("Ana", 20, 52998224725)};
}

static inline aluno_operation ask(call_bed *bed, const char *request_id)
{
    aluno_operation reply;
    aluno_get_operation_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, request_id, request_id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &request), ALUNO_OK);
    reply = bed->reply.operation;
    return reply;
}

#endif
