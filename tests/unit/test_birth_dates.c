/* Ages and birth dates: what is stored of them, what follows, what is refused; and the service's policy for
 * CPFs and e-mail addresses. */
#include "call_bed.h"

#include "school_day.h"

#include "base/clock.h"
#include "protocol/day.h"

#include <time.h>

static int64_t today(void)
{
    return school_day(aluno__clock_unix_ms());
}

/* 1 January, so that the age is that many years on every day of this year. */
static const char *born(int64_t years)
{
    static char text[ALUNO_DAY_SIZE];
    aluno__day_write(aluno__day_make(aluno__day_year(today()) - years, 1, 1), text);
    return text;
}

static aluno_student student_born(const char *birth_date)
{
    aluno_student student = bed_student("Ana", 0, 52998224725);
    student.has.age = false;
    ALUNO_SET_TEXT(student, birth_date, birth_date);
    return student;
}

static aluno_code create(call_bed *bed, const aluno_student *student)
{
    const aluno_create_student_request request = {.has.student = true, .student = *student};
    return bed_call(bed, ALUNO_METHOD_create_student, &request);
}

/* Updates student 1. */
static aluno_code update(call_bed *bed, const aluno_student *changes, const char *mask)
{
    aluno_update_student_request request = {
        .has = {.id = true, .student = true}, .id = 1, .student = *changes};
    if (mask != NULL)
        ALUNO_SET_TEXT(request, update_mask, mask);
    return bed_call(bed, ALUNO_METHOD_update_student, &request);
}

static void check_ages(const aluno_student *student, int64_t age, const char *birth_date)
{
    assert_int_equal(student->age, age);
    assert_int_equal(student->has.birth_date, birth_date != NULL);
    assert_int_equal(student->has.age_year, birth_date == NULL);
    if (birth_date != NULL)
        assert_string_equal(student->birth_date, birth_date);
    else
        assert_int_equal(student->age_year, aluno__day_year(today()));
}

/* In the last reply, by get, and by a list of that age alone. */
static void check_student(call_bed *bed, int64_t age, const char *birth_date)
{
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    aluno_list_students_request list = {.has = {.none = false}};
    check_ages(&bed->reply.student, age, birth_date);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &get), ALUNO_OK);
    check_ages(&bed->reply.student, age, birth_date);
    snprintf(list.query, sizeof list.query, "age=%d", (int)age);
    list.has.query = true;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &list), ALUNO_OK);
    assert_int_equal(bed->reply.list_students_reply.total_size, 1);
    check_ages(&bed->reply.list_students_reply.students.items[0], age, birth_date);
}

static void test_the_age_follows_from_the_birth_date(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born(born(16));
    assert_int_equal(create(bed, &student), ALUNO_OK);
    check_student(bed, 16, born(16));
    ALUNO_SET_TEXT(student, birth_date, born(17));
    assert_int_equal(update(bed, &student, NULL), ALUNO_OK);
    check_student(bed, 17, born(17));
    ALUNO_SET(student, age, 18); /* both, and they agree */
    ALUNO_SET_TEXT(student, birth_date, born(18));
    assert_int_equal(update(bed, &student, "*"), ALUNO_OK);
    check_student(bed, 18, born(18));
}

static void test_a_typed_age_has_its_year(void **state)
{
    call_bed *bed = *state;
    aluno_student student = bed_student("Ana", 16, 52998224725);
    assert_int_equal(create(bed, &student), ALUNO_OK);
    check_student(bed, 16, NULL);
    assert_int_equal(update(bed, &(aluno_student){.has.age = true, .age = 17}, NULL), ALUNO_OK);
    check_student(bed, 17, NULL);
}

static void test_from_one_to_the_other(void **state)
{
    call_bed *bed = *state;
    const aluno_student typed = bed_student("Ana", 16, 52998224725);
    aluno_student born_then = student_born(born(12));
    assert_int_equal(create(bed, &typed), ALUNO_OK);
    assert_int_equal(update(bed, &born_then, "birth_date"), ALUNO_OK);
    check_student(bed, 12, born(12));
    assert_int_equal(update(bed, &typed, "age,birth_date"), ALUNO_OK); /* clears the birth date */
    check_student(bed, 16, NULL);
    assert_int_equal(update(bed, &typed, "birth_date"), ALUNO_OK); /* it has none */
    check_student(bed, 16, NULL);
}

static void test_ages_that_do_not_follow(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born(born(16));
    ALUNO_SET(student, age, 15);
    assert_int_equal(create(bed, &student), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.age", ALUNO_REASON_AGE_DISAGREES);
    assert_string_equal(bed->error.violations.items[0].detail, "16");

    student.has.age = false;
    assert_int_equal(create(bed, &student), ALUNO_OK);
    assert_int_equal(update(bed, &(aluno_student){.has.age = true, .age = 20}, NULL), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.age", ALUNO_REASON_AGE_FOLLOWS);
    assert_string_equal(bed->error.violations.items[0].detail, "16");
    assert_int_equal(update(bed, &(aluno_student){.has.age = true, .age = 16}, NULL), ALUNO_OK);
    check_student(bed, 16, born(16));
}

static void test_one_of_them_stays(void **state)
{
    call_bed *bed = *state;
    const aluno_student nothing = {.has = {.none = false}}, typed = bed_student("Ana", 16, 52998224725);
    aluno_student student = student_born(born(16));
    student.has.birth_date = false;
    assert_int_equal(create(bed, &student), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.age", ALUNO_REASON_FIELD_REQUIRED);
    assert_string_equal(bed->error.violations.items[0].detail, "age | birth_date");

    assert_int_equal(create(bed, &typed), ALUNO_OK);
    assert_int_equal(update(bed, &nothing, "age"), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.age", ALUNO_REASON_FIELD_REQUIRED);
    student = student_born(born(16));
    assert_int_equal(update(bed, &student, "birth_date"), ALUNO_OK);
    assert_int_equal(update(bed, &nothing, "birth_date"), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.age", ALUNO_REASON_FIELD_REQUIRED);
    assert_int_equal(update(bed, &nothing, "age"), ALUNO_OK); /* it follows all the same */
    check_student(bed, 16, born(16));
}

static void test_birth_dates_are_plausible(void **state)
{
    call_bed *bed = *state;
    char text[ALUNO_DAY_SIZE];
    const int this_year = aluno__day_year(today()), years[] = {this_year + 1, 3000, this_year - 151, 1200};
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        aluno__day_write(aluno__day_make(years[i], 1, 1), text);
        aluno_student student = student_born(text);
        assert_int_equal(create(bed, &student), ALUNO_INVALID_ARGUMENT);
        check_violation(bed, "student.birth_date", ALUNO_REASON_BIRTH_DATE_RANGE);
    }
}

/* All pages of a list have the ages of the day on which it began; so a token holds that day. */
static void test_pages_keep_the_day(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born(born(16));
    assert_int_equal(create(bed, &student), ALUNO_OK);
    bed_add(bed, "Bia", 17, 1);
    aluno_list_students_request request = {.has = {.page_size = true, .order_by = true}, .page_size = 1};
    ALUNO_SET_TEXT(request, order_by, "age desc");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &request), ALUNO_OK);
    assert_int_equal(bed->reply.list_students_reply.students.items[0].age, 17);
    char day[16];
    snprintf(day, sizeof day, "-%llx", (unsigned long long)today());
    assert_non_null(strstr(bed->reply.list_students_reply.next_page_token, day));
    ALUNO_SET_TEXT(request, page_token, bed->reply.list_students_reply.next_page_token);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &request), ALUNO_OK);
    assert_int_equal(bed->reply.list_students_reply.students.items[0].age, 16);
}

/* ---- days ---- */

static void test_days_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected; /* NULL: no date; "": no such day */
    } cases[] = {
        {"05/03/2010", "2010-03-05"},
        {"5/3/2010", "2010-03-05"},
        {"2010-03-05", "2010-03-05"},
        {"2010-3-5", "2010-03-05"},
        {" 05.03.2010\t", "2010-03-05"},
        {"29/02/2008", "2008-02-29"},
        {"29/02/2000", "2000-02-29"},
        {"29/02/1900", ""},
        {"29/02/2010", ""},
        {"31/04/2010", ""},
        {"0/4/2010", ""},
        {"1/13/2010", ""},
        {"1/0/2010", ""},
        {"05/03/10", NULL},
        {"10-03-05", NULL},
        {"05/2010", NULL},
        {"2010", NULL},
        {"", NULL},
        {"05/03/20100", NULL},
        {"+5/3/2010", NULL},
        {"5/ 3/2010", NULL},
        {"5/mar/2010", NULL},
        {"2010-03-05T00:00", NULL},
        {"1/2/3/2010", NULL},
        {"//2010", NULL},
        {"2010-03-2010", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool exists = false;
        char text[ALUNO_DAY_SIZE] = "";
        const int64_t day = aluno__day_read(cases[i].text, &exists);
        if (exists)
            aluno__day_write(day, text);
        if ((day != 0) != (cases[i].expected != NULL) ||
            (cases[i].expected != NULL && strcmp(text, cases[i].expected) != 0))
            fail_msg("\"%s\": %s", cases[i].text, text);
        if (exists)
            assert_int_equal(aluno__day_of(text), day);
    }
}

static void test_years_are_counted_by_birthdays(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *day;
        int64_t age;
    } cases[] = {
        {"2010-03-05", "2026-03-04", 15}, {"2010-03-05", "2026-03-05", 16}, {"2010-03-05", "2026-12-31", 16},
        {"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, {"2008-02-29", "2028-02-29", 20},
        {"2010-12-31", "2011-01-01", 0},  {"2010-03-05", "2010-03-04", 0},  {"1800-01-01", "2026-01-01", 150},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(aluno__day_age(aluno__day_of(cases[i].birth), aluno__day_of(cases[i].day)),
                         cases[i].age);
}

/* The day is that of the service's time zone. */
static void test_the_day_is_the_schools(void **state)
{
    (void)state;
    const int64_t moment = INT64_C(1772330400000); /* 2026-03-01T02:00Z */
    static const struct {
        const char *zone, *day;
    } cases[] = {{"UTC0", "2026-03-01"}, {"<-03>3", "2026-02-28"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("TZ", cases[i].zone, 1);
        tzset();
        assert_int_equal(school_day(moment), aluno__day_of(cases[i].day));
    }
    unsetenv("TZ");
    tzset();
}

/* ---- policy ---- */

static void test_the_policy_may_do_without_cpf_and_email(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born(born(16));
    student.has.br_document = student.has.email = false;
    assert_int_equal(create(bed, &student), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 2);
    check_violation_at(bed, 0, "student.br_document", ALUNO_REASON_FIELD_REQUIRED);
    check_violation_at(bed, 1, "student.email", ALUNO_REASON_FIELD_REQUIRED);

    bed->service.required = (aluno_student_has){.email = true};
    ALUNO_SET_TEXT(student, email, "a@example.com");
    assert_int_equal(create(bed, &student), ALUNO_OK);
    assert_int_equal(create(bed, &student), ALUNO_OK); /* no CPF is no CPF that is taken */
    assert_false(bed->reply.student.has.br_document);
    assert_int_equal(update(bed, &(aluno_student){.has = {.none = false}}, "email"), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.email", ALUNO_REASON_FIELD_REQUIRED);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_server_info, &(aluno_get_server_info_request){0}),
                     ALUNO_OK);
    assert_string_equal(bed->reply.server_info.required, "email");
    bed->service.required.email = false;
    assert_int_equal(update(bed, &(aluno_student){.has = {.none = false}}, "email"), ALUNO_OK);
    assert_false(bed->reply.student.has.email);
    check_ages(&bed->reply.student, 16, born(16));
}

/* ---- students who may be the same ---- */

static void check_warnings(call_bed *bed, const aluno_student *student, const char *expected)
{
    char found[512] = "";
    aluno_create_student_request request = {.has.student = true, .student = *student};
    ALUNO_SET(request, validate_only, true);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_OK);
    const size_t count = bed->reply_metadata.has.warnings ? bed->reply_metadata.warnings.count : 0;
    for (size_t i = 0; i < count; i++) {
        const aluno_violation *warning = &bed->reply_metadata.warnings.items[i];
        const size_t length = strlen(found);
        snprintf(found + length, sizeof found - length, "%s %s: %s; ", warning->field, warning->reason,
                 warning->has.detail ? warning->detail : "");
    }
    assert_string_equal(found, expected);
}

static void test_a_dry_run_warns_of_who_may_be_the_same(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born("2010-01-01");
    ALUNO_SET_TEXT(student, name, "João da Silva");
    assert_int_equal(create(bed, &student), ALUNO_OK);
    const int64_t age = bed->reply.student.age;

    ALUNO_SET_TEXT(student, name, "JOAO DA SILVA");
    ALUNO_SET_TEXT(student, br_document, "11144477735");
    check_warnings(bed, &student, "student.name NAME_KNOWN: 1, João da Silva; ");
    ALUNO_SET_TEXT(student, birth_date, "2010-01-02");
    check_warnings(bed, &student, "");
    student.has.birth_date = false;
    ALUNO_SET(student, age, age + 1); /* typed, so it may be a year off */
    check_warnings(bed, &student, "student.name NAME_KNOWN: 1, João da Silva; ");
    ALUNO_SET(student, age, age + 2);
    check_warnings(bed, &student, "");

    ALUNO_SET_TEXT(student, br_document, "52998224752"); /* the last two digits swapped */
    check_warnings(
        bed, &student,
        "student.br_document CPF_CHECK_DIGIT: ; student.br_document CPF_SWAPPED: 1, João da Silva; ");
    assert_int_equal(create(bed, &student), ALUNO_OK); /* only a dry run asks */
    assert_int_equal(bed->reply_metadata.warnings.count, 1);
}

static void test_removed_students_are_not_the_same(void **state)
{
    call_bed *bed = *state;
    aluno_student student = student_born("2010-03-05");
    assert_int_equal(create(bed, &student), ALUNO_OK);
    const aluno_delete_student_request removal = {.has.id = true, .id = 1};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_OK);
    check_warnings(bed, &student, "");
    bed->service.required = (aluno_student_has){.email = true};
    student.has.br_document = false;
    assert_int_equal(create(bed, &student), ALUNO_OK);
    check_warnings(bed, &student, "student.name NAME_KNOWN: 2, Ana; ");
}

static void test_a_warning_names_whom_it_can(void **state)
{
    call_bed *bed = *state;
    aluno_batch_create_students_request *batch = calloc(1, sizeof *batch);
    assert_non_null(batch);
    char name[481] = "";
    for (int i = 0; i < 120; i++)
        strcat(name, "ç");
    for (int64_t i = 1; i <= 7; i++) /* more than are named */
        bed_add(bed, name, 10, i);
    ALUNO_SET(*batch, validate_only, true);
    batch->has.students = true;
    batch->students.count = 1;
    batch->students.items[0] = bed_student(name, 11, 52998224725);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, batch), ALUNO_OK);
    assert_int_equal(bed->reply_metadata.warnings.count, 5);
    assert_string_equal(bed->reply_metadata.warnings.items[4].field, "students[0].name");
    assert_memory_equal(bed->reply_metadata.warnings.items[4].detail, "5, ç", 5);
    free(batch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_age_follows_from_the_birth_date),
        TEST(test_a_typed_age_has_its_year),
        TEST(test_from_one_to_the_other),
        TEST(test_ages_that_do_not_follow),
        TEST(test_one_of_them_stays),
        TEST(test_birth_dates_are_plausible),
        TEST(test_pages_keep_the_day),
        cmocka_unit_test(test_days_are_read),
        cmocka_unit_test(test_years_are_counted_by_birthdays),
        cmocka_unit_test(test_the_day_is_the_schools),
        TEST(test_the_policy_may_do_without_cpf_and_email),
        TEST(test_a_dry_run_warns_of_who_may_be_the_same),
        TEST(test_removed_students_are_not_the_same),
        TEST(test_a_warning_names_whom_it_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
