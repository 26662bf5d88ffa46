/* Fuzzes update masks over a student whose fields the first byte sets. */
#include "fuzz.h"

#include "handlers/mask.h"

static aluno_error error;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aluno_update_student_request request;
    aluno_student_has fields, expected;
    if (size == 0)
        return 0;
    aluno_clear(&aluno_update_student_request_type, &request);
    for (size_t i = 0; i < aluno_student_type.field_count; i++)
        *aluno_has(&aluno_student_type.fields[i], &request.student) = data[0] >> i % 8 & 1;
    memset(&expected, data[0] & 1, sizeof expected);
    fuzz_text(data + 1, size - 1, request.update_mask, sizeof request.update_mask);
    fields = request.student.has;
    aluno_clear(&aluno_error_type, &error);
    const aluno_code code = mask_apply(&request.student, &fields, request.update_mask, &expected, &error);
    for (size_t i = 0; code == ALUNO_OK && i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        fuzz_check(*aluno_has(field, &fields) || !*aluno_has(field, &request.student));
    }
    return 0;
}
