/* Messages too large, and replies that are not read. A request slightly too large gets a reply, one much too
 * large ends its connection, and the service keeps serving. */
#include "peer.h"
#include "registrar.h"

#include <stdlib.h>
#include <string.h>

enum {
    LIMIT = 1 << 18, /* of a message */
    GONE_MS = 20000,
    STUDENTS = 100,
    UNREAD = 1000, /* replies of 50 kB: more than the kernel buffers, and more than the service's contexts */
};

static const unsigned char health_check[] = "\x94\x00\x01\xbbgrpc.health.v1.Health/Check\x92\x80\x80";
static const unsigned char list_students[] = "\x94\x00\x01\xd9\x24"
                                             "aluno.v1.StudentService/ListStudents\x92\x80\x80";

static struct school school;
static size_t descriptors_before;

/* The service serves calls and has freed its descriptors. */
static void expect_unharmed(void)
{
    const struct peer peer = peer_open(&school);
    peer_send_request(&peer, health_check, sizeof health_check - 1);
    peer_expect(&peer, "SERVING");
    peer_close(&peer);
    assert_true(school_wait_descriptors(&school, descriptors_before, GONE_MS));
    school_stop(&school);
}

/* ---- the tests ---- */

static void test_too_large_is_answered(void **state)
{
    (void)state;
    const struct peer peer = peer_open(&school);
    unsigned char *body = calloc(1, 2 * LIMIT);
    memset(body, 0xc0, 2 * LIMIT);
    peer_send_request(&peer, body, LIMIT);
    peer_expect(&peer, "MESSAGE_MALFORMED");
    peer_send_request(&peer, body, LIMIT + 1);
    peer_expect(&peer, "MESSAGE_TOO_LARGE");
    peer_send_request(&peer, body, 2 * LIMIT - 4);
    peer_expect(&peer, "MESSAGE_TOO_LARGE");
    peer_send_request(&peer, health_check, sizeof health_check - 1); /* the connection stays */
    peer_expect(&peer, "SERVING");
    free(body);
    peer_close(&peer);
    expect_unharmed();
}

static void test_much_too_large_ends_the_connection(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {2 * LIMIT + 1,     (uint64_t)1 << 31, (uint64_t)1 << 32,
                                       (uint64_t)1 << 63, UINT64_MAX - 4,    UINT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const struct peer peer = peer_open(&school);
        peer_send_length(&peer, lengths[i]);
        peer_send(&peer, health_check, sizeof health_check - 1);
        peer_expect_end(&peer);
        peer_close(&peer);
    }
    expect_unharmed();
}

/* Without SP's request id there is no reply. */
static void test_too_small_ends_the_connection(void **state)
{
    (void)state;
    for (uint64_t length = 0; length < 4; length++) {
        const struct peer peer = peer_open(&school);
        peer_send_length(&peer, length);
        peer_send(&peer, "\x80\0\0", length);
        peer_expect_end(&peer);
        peer_close(&peer);
    }
    expect_unharmed();
}

static void test_an_empty_request_is_answered(void **state)
{
    (void)state;
    const struct peer peer = peer_open(&school);
    peer_send_request(&peer, "", 0);
    peer_expect(&peer, "MESSAGE_MALFORMED");
    peer_close(&peer);
    expect_unharmed();
}

/* The peer announces a message, sends a part of it and disconnects. */
static void test_part_of_a_message(void **state)
{
    (void)state;
    unsigned char *part = calloc(1, LIMIT / 2);
    for (size_t size = 1; size < LIMIT / 2; size *= 8) {
        const struct peer peer = peer_open(&school);
        peer_send_length(&peer, LIMIT);
        peer_send(&peer, part, size);
        peer_close(&peer);
    }
    free(part);
    expect_unharmed();
}

/* A client sends requests and reads no reply. The service disconnects it before other calls time out. */
static void test_unread_replies(void **state)
{
    (void)state;
    static struct registrar registrar;
    aluno_client *client = school_client(&school);
    school_register_long_names(client, STUDENTS);
    registrar = (struct registrar){.client = client, .first = 1000000};
    registrar_start(&registrar);
    const size_t before = school_settled_descriptors(&school);
    const struct peer peer = peer_open(&school);
    for (size_t i = 0; i < UNREAD; i++)
        peer_send_request(&peer, list_students, sizeof list_students - 1);
    const bool cut_off = school_wait_descriptors(&school, before, GONE_MS);
    peer_close(&peer);
    registrar_stop(&registrar);
    registrar_check_no_failures(&registrar);
    assert_true(cut_off);
    aluno_client_close(client);
    expect_unharmed();
}

static int set_up(void **state)
{
    school_set_up(state);
    aluno_client *client = school_client(&school);
    const aluno_create_student_request create = school_student(900000);
    aluno_student stored;
    assert_int_equal(aluno_create_student(client, &create, &stored, NULL, NULL), ALUNO_OK);
    aluno_client_close(client);
    descriptors_before = school_settled_descriptors(&school);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_too_large_is_answered, set_up),
        SCHOOL_TEST(test_much_too_large_ends_the_connection, set_up),
        SCHOOL_TEST(test_too_small_ends_the_connection, set_up),
        SCHOOL_TEST(test_an_empty_request_is_answered, set_up),
        SCHOOL_TEST(test_part_of_a_message, set_up),
        SCHOOL_TEST(test_unread_replies, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
