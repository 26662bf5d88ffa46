/* Collects ids and fields while a page is made. */
#include "students.h"

#include "words.h"

#include <stdlib.h>

_Static_assert(sizeof((aluno_list_students_reply *)0)->students.items / sizeof(aluno_student) <=
                   AUDIT_STUDENTS_MAX,
               "a page fits");

void audit_students_clear(struct audit_students *students)
{
    students->count = 0;
    students->fields = 0;
}

/* Fields whose values clients set; the others say nothing of a person. */
void audit_students_add_fields(struct audit_students *students, const aluno_student *student)
{
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        if (field->presence != ALUNO_OUTPUT && *aluno_has(field, student))
            students->fields |= UINT32_C(1) << i;
    }
}

void audit_students_add(struct audit_students *students, const aluno_student *student)
{
    if (student->has.id && students->count < AUDIT_STUDENTS_MAX)
        students->ids[students->count++] = student->id;
    audit_students_add_fields(students, student);
}

static int compare(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

/* Writes a number, which is not negative, and returns its end. Every call has one, and printf takes longer
 * than all else of the record. */
static char *put_number(char *at, int64_t number)
{
    char digits[20];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        *at++ = digits[--count];
    *at = '\0';
    return at;
}

void audit_students_write_ids(struct audit_students *students, aluno_audit_event *event)
{
    char word[48];
    int64_t *ids = students->ids;
    if (students->count > 1)
        qsort(ids, students->count, sizeof *ids, compare);
    for (size_t at = 0, end; at < students->count; at = end) {
        for (end = at + 1; end < students->count && ids[end] <= ids[end - 1] + 1;)
            end++;
        char *to = put_number(word, ids[at]);
        if (ids[end - 1] != ids[at]) {
            *to++ = '-';
            put_number(to, ids[end - 1]);
        }
        ADD_WORD(event, student_ids, word);
    }
}
