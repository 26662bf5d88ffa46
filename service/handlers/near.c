/* Compares a new student with those of its name, and with those of ten CPFs. */
#include "near.h"

#include "warning.h"

#include "protocol/day.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR_MOST = 5, NAMESAKES_MOST = 100, CPF_DIGITS = 11 };

/* Writes a warning for each student that is near. */
struct finding {
    struct store_page page; /* first: the store returns it */
    struct call *call;
    const aluno_student *student;
    const char *path;
    int64_t day;
    size_t count;
};

static void warn(struct finding *finding, const char *field, aluno_reason reason, const aluno_student *other)
{
    char detail[sizeof other->name + 24]; /* warning_add cuts it between characters */
    snprintf(detail, sizeof detail, "%" PRId64 ", %s", other->id, other->name);
    if (finding->count++ < NEAR_MOST)
        warning_add(finding->call, finding->path, field, reason, detail);
}

/* Of an age that was typed, or is given now, the later of the two years in which the student may be born. */
static int64_t birth_year(const aluno_student *student, int64_t day)
{
    if (student->has.birth_date)
        return aluno__day_year(aluno__day_of(student->birth_date));
    return (student->has.age_year ? student->age_year : aluno__day_year(day)) - student->age;
}

static bool is_about_as_old(const aluno_student *one, const aluno_student *other, int64_t day)
{
    if (one->has.birth_date && other->has.birth_date)
        return strcmp(one->birth_date, other->birth_date) == 0;
    return llabs(birth_year(one, day) - birth_year(other, day)) <= 1;
}

static void add_namesake(struct store_page *page, aluno_student *other)
{
    struct finding *finding = (struct finding *)(void *)page;
    if (is_about_as_old(finding->student, other, finding->day))
        warn(finding, "name", ALUNO_REASON_NAME_KNOWN, other);
}

static void add_owner(struct store_page *page, aluno_student *other)
{
    warn((struct finding *)(void *)page, "br_document", ALUNO_REASON_CPF_SWAPPED, other);
}

/* The CPFs in which two neighbouring digits have changed places, as a JSON array. */
static void write_swaps(const char digits[CPF_DIGITS + 1], char out[CPF_DIGITS * (CPF_DIGITS + 3)])
{
    size_t length = 0;
    out[length++] = '[';
    for (size_t i = 0; i + 1 < CPF_DIGITS; i++) {
        if (digits[i] == digits[i + 1])
            continue;
        length += (size_t)sprintf(out + length, "%s\"%.*s%c%c%s\"", length > 1 ? "," : "", (int)i, digits,
                                  digits[i + 1], digits[i], digits + i + 2);
    }
    strcpy(out + length, "]");
}

aluno_code near_warn(struct call *call, struct store_session *session, const aluno_student *student,
                     const char *path, int64_t day, aluno_error *error)
{
    struct finding namesakes = {{add_namesake}, call, student, path, day, 0};
    struct finding owners = {{add_owner}, call, student, path, day, 0};
    char swaps[CPF_DIGITS * (CPF_DIGITS + 3)];
    aluno_code code = student_namesakes(session, student->name, NAMESAKES_MOST, &namesakes.page, error);
    if (code != ALUNO_OK || !student->has.br_document)
        return code;
    write_swaps(student->br_document, swaps);
    return student_by_documents(session, swaps, NEAR_MOST, &owners.page, error);
}
