/* The largest request that the SDK sends, and one byte more. No request of the contract comes near the limit
 * (unit/test_schema.c), so the test defines a method of its own. The service replies UNIMPLEMENTED, which
 * shows that it received the whole request. */
#include "school.h"

#include <stdio.h>
#include <string.h>

enum { LIMIT = 1 << 18, CALL_MS = 60000 };

struct large {
    bool has_text;
    char text[LIMIT + 1];
};

static const aluno_field_desc fields[] = {
    {.name = "text",
     .kind = ALUNO_KIND_TEXT,
     .max = LIMIT,
     .rule = ALUNO_RULE_any,
     .has = offsetof(struct large, has_text),
     .offset = offsetof(struct large, text)},
    {.name = NULL},
};

static const aluno_message_desc large_type = {.id = "large",
                                              .name = "Large",
                                              .size = sizeof(struct large),
                                              .has_size = sizeof(bool),
                                              .fields = fields,
                                              .field_count = 1};

static const aluno_method_desc send_large = {.name = "aluno.v1.TestService/SendLarge",
                                             .request = &large_type,
                                             .reply = &aluno_health_check_reply_type};

static struct school school;

/* Makes the call with a text of that length. It always fails; returns the error. */
static aluno_error send(aluno_client *client, size_t length)
{
    static struct large request;
    const aluno_call_options options = {.size = sizeof options, .timeout_ms = CALL_MS};
    aluno_health_check_reply reply;
    aluno_error error = {0};
    request.has_text = true;
    memset(request.text, 'a', length);
    request.text[length] = '\0';
    assert_int_not_equal(aluno_call(client, &send_large, &request, &reply, &options, &error), ALUNO_OK);
    return error;
}

static void expect_too_large(const aluno_error *error, size_t size)
{
    size_t reported = 0, limit = 0;
    assert_string_equal(error->reason, "MESSAGE_TOO_LARGE");
    assert_int_equal(error->code, ALUNO_RESOURCE_EXHAUSTED);
    assert_int_equal(sscanf(error->detail, "%zu > %zu bytes", &reported, &limit), 2);
    assert_int_equal(reported, size);
    assert_int_equal(limit, LIMIT);
}

static void expect_service(aluno_client *client)
{
    const aluno_health_check_request check = {0};
    aluno_health_check_reply health;
    aluno_error error = {0};
    if (aluno_health_check(client, &check, &health, NULL, &error) != ALUNO_OK)
        fail_msg("%s: %s", error.reason, error.detail);
}

/* The refusal of a text as large as the limit has the message's size, hence the size of the rest. */
static void test_largest_and_one_byte_more(void **state)
{
    (void)state;
    size_t size = 0;
    aluno_client *client = school_client(&school);
    aluno_error error = send(client, LIMIT);
    assert_int_equal(sscanf(error.detail, "%zu", &size), 1);
    expect_too_large(&error, size);
    expect_service(client);
    const size_t length = LIMIT - (size - LIMIT);

    error = send(client, length);
    assert_string_equal(error.reason, "METHOD_UNKNOWN");
    expect_service(client);

    error = send(client, length + 1);
    expect_too_large(&error, LIMIT + 1);
    expect_service(client);
    aluno_client_close(client);
    assert_int_equal(school_count_in_log(&school, "METHOD_UNKNOWN"), 1);
    assert_int_equal(school_count_in_log(&school, "MESSAGE_TOO_LARGE"), 0);
    assert_int_equal(school_count_in_log(&school, "Connection accepted."), 2); /* one is school_start's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_largest_and_one_byte_more, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
