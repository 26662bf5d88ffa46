/* sdk/protocol/codec.c when memory runs out: the buffer says so, and nothing is written beyond it. */
#include "sample.h"
#include "unit.h"

#include "protocol/codec.h"

#include <aluno/memory.h>

static aluno_any_message message; /* large */

static void *refuse(void *user, void *at, size_t size)
{
    (void)user;
    (void)at;
    (void)size;
    return NULL;
}

static void test_every_message_without_memory(void **state)
{
    (void)state;
    static const aluno_allocator refusing = {.reallocate = refuse};
    uint64_t seed = 13;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    aluno_set_allocator(&refusing);
    for (size_t i = 0; i < count; i++) {
        aluno__buffer out = {0};
        aluno_clear(all[i], &message);
        sample_fill(all[i], &message, 3, &seed);
        aluno__codec_encode(all[i], &message, ALUNO_KEYS_NUMBERED, &out);
        assert_true(out.failed);
        assert_int_equal(out.size, 0);
    }
    aluno_set_allocator(NULL);
}

/* The elements in the message were never set, and are not read. */
static void test_lost_elements_are_a_failure(void **state)
{
    (void)state;
    static aluno_list_students_reply page = {.has.students = true, .students.count = 1};
    const aluno__buffer items = {.failed = true};
    aluno__buffer out = {0};
    memset(&page.students.items[0], 0xbe, sizeof page.students.items[0]);
    aluno__codec_encode_list(&aluno_list_students_reply_type, &page, ALUNO_KEYS_NAMED, &items, &out);
    assert_true(out.failed);
    assert_true(out.size < 16);
    aluno__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_message_without_memory),
        cmocka_unit_test(test_lost_elements_are_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
