/* The audit's exchange with the store: it has happened only when its transaction was kept. */
#include "store_bed.h"

#include "audit/settle.h"

static aluno_code lose_anchors(job *at, struct store_session *session)
{
    (void)at;
    return bed_sql(session, "DROP TABLE audit_anchor");
}

static aluno_code record(job *at, struct store_session *session)
{
    return audit_record(session, (const uint8_t *)"record", 6, &at->error);
}

static void test_records_are_handed_over(void **state)
{
    store_bed *bed = *state;
    static job at;
    struct settle settle = {.head = {.sequence = 3}};
    const uint8_t *bytes;
    size_t place = 0, size;
    int64_t id;
    assert_int_equal(job_run(bed, &at, record), ALUNO_OK);
    assert_true(settle_run(&settle, bed->store));
    assert_true(settle_take(&settle, &place, &id, &bytes, &size));
    assert_int_equal(id, 1);
    assert_memory_equal(bytes, "record", size);
    assert_false(settle_take(&settle, &place, &id, &bytes, &size));
    assert_int_equal(bed_number(bed, "SELECT sequence FROM audit_anchor"), 3);
    aluno__buffer_free(&settle.records);
}

/* `apply` asks the store to undo it, which is no failure of the commit. */
static void test_an_exchange_that_fails_within_has_not_happened(void **state)
{
    store_bed *bed = *state;
    static job at;
    struct settle settle = {.head = {.sequence = 3}};
    assert_int_equal(job_run(bed, &at, lose_anchors), ALUNO_OK);
    assert_false(settle_run(&settle, bed->store));
    aluno__buffer_free(&settle.records);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_are_handed_over),
        TEST(an_exchange_that_fails_within_has_not_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
