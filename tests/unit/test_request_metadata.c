/* The metadata of a call's requests: what the options and the settings make of it. */
#include "unit.h"

#include "client/metadata.h"

static const aluno__settings settings = {.timeout_ms = 5000};

static aluno_request_metadata metadata_of(aluno_method_id method, const char *request_id)
{
    aluno_request_metadata metadata = {0};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.request_id = request_id;
    assert_int_equal(aluno__metadata_init(&metadata, &settings, aluno_method_of(method), &options, NULL),
                     ALUNO_OK);
    return metadata;
}

/* The attempts of earlier calls are counted, so that the reply holds for them, too. */
static void a_given_request_id_repeats_a_call(void **state)
{
    (void)state;
    static const char request_id[] = "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d";
    const aluno_request_metadata first = metadata_of(ALUNO_METHOD_create_student, NULL),
                                 again = metadata_of(ALUNO_METHOD_create_student, request_id);
    assert_int_equal(strlen(first.request_id), sizeof request_id - 1);
    assert_int_equal(first.attempt, 0);
    assert_string_equal(again.request_id, request_id);
    assert_int_equal(again.attempt, 1);
}

static void a_read_has_no_request_id(void **state)
{
    (void)state;
    const aluno_request_metadata read = metadata_of(ALUNO_METHOD_get_student, NULL);
    assert_false(read.has.request_id);
    assert_int_equal(read.attempt, 0);
    assert_int_equal(read.timeout_ms, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_given_request_id_repeats_a_call),
        cmocka_unit_test(a_read_has_no_request_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
