/* The service's log of a call: enough to find the call, and no personal data. */
#include "stderr_capture.h"
#include "call_bed.h"
#include "unit.h"

#include "refusals.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"

/* Creates a student with bed->metadata as it is, and returns the log's line without its time. */
static const char *logged_creation(call_bed *bed, int64_t cpf)
{
    const aluno_create_student_request request = {.has.student = true,
                                                  .student = bed_student("Ana", 20, cpf)};
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    refusals_tick(); /* another second: refusals before it do not count */
    log_set_level(LOG_INFO);
    stderr_capture();
    bed_send(bed, ALUNO_METHOD_create_student);
    const char *line = strchr(stderr_captured(), ' ');
    log_set_level(LOG_ERROR);
    assert_non_null(line);
    return line + 1;
}

/* Cuts the line at `ms=`: the number varies. */
static void check_line(const char *line, const char *expected)
{
    char text[1024];
    const char *ms = strstr(line, "ms=");
    assert_non_null(ms);
    ms += strlen("ms=");
    snprintf(text, sizeof text, "%.*s%s", (int)(ms - line), line, ms + strspn(ms, "0123456789"));
    assert_string_equal(text, expected);
}

static void test_the_log_says_how_to_find_a_call(void **state)
{
    call_bed *bed = *state;
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190A0E6-5F3C-7B1A-9C2D-3E4F5A6B7C8D");
    ALUNO_SET_TEXT(bed->metadata, traceparent, "00-" TRACE "-00f067aa0ba902b7-01");
    check_line(
        logged_creation(bed, 52998224725),
        "info msg=\"Ação criar executada.\" method=aluno.v1.StudentService/CreateStudent caller=secretaria "
        "code=OK ms= request_id=0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d trace=" TRACE "\n");
    bed->metadata.has.traceparent = false;
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8e");
    check_line(logged_creation(bed, 52998224725),
               "info msg=\"Call refused.\" method=aluno.v1.StudentService/CreateStudent caller=secretaria "
               "code=ALREADY_EXISTS reason=CPF_TAKEN ms= request_id=0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8e\n");
}

/* The role is checked before the metadata. The log has the trace of such a call too. */
static void test_the_log_has_the_trace_of_any_refusal(void **state)
{
    call_bed *bed = *state;
    bed_call_as(bed, "leitor", ALUNO_ROLE_reader);
    ALUNO_SET_TEXT(bed->metadata, traceparent, "00-" TRACE "-00f067aa0ba902b7-01");
    check_line(logged_creation(bed, 52998224725),
               "info msg=\"Call refused.\" method=aluno.v1.StudentService/CreateStudent caller=leitor "
               "code=PERMISSION_DENIED reason=ROLE_MISSING ms= trace=" TRACE "\n");
}

/* An invalid id is refused and stays out of the log: it may be a CPF. */
static void test_what_is_no_id_is_not_logged(void **state)
{
    call_bed *bed = *state;
    ALUNO_SET_TEXT(bed->metadata, request_id, "529.982.247-25");
    ALUNO_SET_TEXT(bed->metadata, traceparent, "ana@example.com");
    check_line(logged_creation(bed, 52998224725),
               "info msg=\"Call refused.\" method=aluno.v1.StudentService/CreateStudent caller=secretaria "
               "code=INVALID_ARGUMENT reason=FIELDS_INVALID ms=\n");
    assert_int_equal(bed->error.violations.count, 2);
    assert_string_equal(bed->error.violations.items[1].field, "traceparent");
    assert_string_equal(bed->error.violations.items[1].reason, "TRACEPARENT_SYNTAX");
}

/* The log has the program's name without digits that may be a CPF and without control characters. */
static void test_the_log_names_the_program(void **state)
{
    static const struct {
        const char *user_agent, *logged;
    } rows[] = {
        {"aluno-lua/0.1.0", "aluno-lua/0.1.0"},
        {"relat\xc3\xb3rio de turmas 20261128", "\"relat\xc3\xb3rio de turmas 20261128\""},
        {"a\nb\x1b[31m\x7f", "a_b_[31m_"},
        {"x caller=root", "\"x caller=root\""},
        {"cpf 529.982.247-25", "\"cpf ###.###.###-##\""},
        {"ana@example.com", "ana_example.com"},
    };
    call_bed *bed = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "CreateStudent user_agent=%s caller=secretaria ", rows[i].logged);
        ALUNO_SET_TEXT(bed->metadata, user_agent, rows[i].user_agent);
        const char *const line = logged_creation(bed, 52998224725);
        if (strstr(line, expected) == NULL)
            fail_msg("%s", line);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_log_says_how_to_find_a_call),
        TEST(test_the_log_has_the_trace_of_any_refusal),
        TEST(test_what_is_no_id_is_not_logged),
        TEST(test_the_log_names_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
