/* The libc functions that alunod interposes for nng: see sdk/nng/README.md. */
#include "nng/threads.h"
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* A broken connection is reported as reset, which nng survives. */
static void test_broken_connection_is_reset(void **state)
{
    int ends[2];
    char byte = 0;
    struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
    const struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(sendmsg(ends[0], &message, MSG_NOSIGNAL), 1);
    close(ends[1]);
    assert_int_equal(sendmsg(ends[0], &message, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ECONNRESET);
    close(ends[0]);
}

/* Other errors are unchanged. */
static void test_other_errors_pass(void **state)
{
    const struct msghdr message = {0};
    (void)state;
    assert_int_equal(sendmsg(-1, &message, 0), -1);
    assert_int_equal(errno, EBADF);
}

/* Half of the processors, rounded up, and two threads for each of these. Sanitized builds have libc's
 * sysconf. */
static void test_half_of_the_processors(void **state)
{
    const long all = get_nprocs(), seen = sysconf(_SC_NPROCESSORS_ONLN);
    (void)state;
    assert_int_equal(seen, SANITIZED ? all : (all + 1) / 2);
    assert_int_equal(aluno__nng_threads(), 2 * seen);
    assert_true(sysconf(_SC_PAGESIZE) >= 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_connection_is_reset),
        cmocka_unit_test(test_other_errors_pass),
        cmocka_unit_test(test_half_of_the_processors),
    };
    return cmocka_run_group_tests_name("nng interposers", tests, NULL, NULL);
}
