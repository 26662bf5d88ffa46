/* --status when the system refuses it memory or a thread, once each: it does not start, or a reply does not
 * come; half of one never does. */
#include "call_bed.h"
#include "shortage.h"

#include "status/status.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum { PORT = 9300 };

/* An address of the loopback that no other process has. */
static struct in_addr own_address(void)
{
    const unsigned pid = (unsigned)getpid();
    return (struct in_addr){.s_addr = htonl(0x7f800001 | (pid & 0x7fff) << 8)};
}

/* Returns how many bytes of the reply came. */
static size_t ask(const char *path)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = own_address()};
    char request[64], reply[4096];
    size_t size = 0;
    ssize_t got;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
    assert_int_equal(send(fd, request, (size_t)length, MSG_NOSIGNAL), length);
    while ((got = recv(fd, reply, sizeof reply, 0)) > 0)
        size += (size_t)got;
    close(fd);
    return size;
}

static void a_reply_is_whole_or_none(void **state)
{
    call_bed *bed = *state;
    struct status *status;
    char address[64];
    size_t page = 0, metrics = 0;
    aluno_error error;
    snprintf(address, sizeof address, "%s:%d", inet_ntoa(own_address()), PORT);
    for (int n = 1, runs = true; runs; n++) {
        shortage_begin(n);
        const aluno_code code = status_start(&status, address, &bed->service, &error);
        if (code == ALUNO_OK) {
            page = ask("/");
            metrics = ask("/metrics");
            status_stop(status);
        }
        runs = shortage_end();
        assert_true(code == ALUNO_OK || aluno_error_is(&error, ALUNO_REASON_OUT_OF_MEMORY));
        assert_true((page == 0 || page > 5000) && (metrics == 0 || metrics > 5000));
        assert_in_range(n, 1, 1000);
    }
    assert_true(page > 0 && metrics > 0);
}

static void an_address_of_another_machine(void **state)
{
    call_bed *bed = *state;
    struct status *status;
    aluno_error error;
    assert_int_equal(status_start(&status, "192.0.2.1:9300", &bed->service, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "--status 192.0.2.1:9300: this machine does not have that address"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reply_is_whole_or_none, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(an_address_of_another_machine, call_bed_set_up, call_bed_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
