/* The feed where several services write: its order, what is held back, and who is notified. Needs PostgreSQL.
 */
#include "gate.h"

#include <sched.h>

#define CPF       INT64_C(52998224725)
#define OTHER_CPF INT64_C(11144477735)

static store_bed other; /* a second service on the same database */

/* ---- reading ---- */

enum { ENTRIES = 16 };

typedef struct entries {
    struct feed_rows rows; /* first: the store returns it */
    struct feed_entry items[ENTRIES];
    size_t count;
} entries;

static bool add_entry(struct feed_rows *rows, const struct feed_entry *entry)
{
    entries *to = (entries *)(void *)rows;
    assert_true(to->count < ENTRIES);
    to->items[to->count++] = *entry;
    return true;
}

static const entries *read_feed(store_bed *bed)
{
    static entries all;
    all = (entries){.rows = {add_entry}};
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(feed_read(session, 0, ENTRIES, &all.rows, NULL), ALUNO_OK);
    store_session_release(bed->store, session);
    return &all;
}

static struct feed_state read_state(store_bed *bed)
{
    struct feed_state state;
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(feed_read_state(session, &state, NULL), ALUNO_OK);
    store_session_release(bed->store, session);
    return state;
}

/* ---- a change that stops at a gate ---- */

static gate held;
static int runs;

static aluno_code insert_and_hold(job *at, struct store_session *session)
{
    static aluno_student out;
    const aluno_student student = bed_student("Ana", 20, CPF);
    assert_int_equal(student_insert(session, &student, 1000, &out, &at->error), ALUNO_OK);
    return gate_hold(at, session);
}

/* A transaction that has a number, and adds nothing to the feed. */
static aluno_code write_and_hold(job *at, struct store_session *session)
{
    const struct store_anchor anchor = {.sequence = 1};
    assert_int_equal(audit_anchor_write(session, STORE_ANCHOR_HEAD, &anchor, &at->error), ALUNO_OK);
    return gate_hold(at, session);
}

static aluno_code insert_hold_and_update(job *at, struct store_session *session)
{
    static aluno_student out;
    const aluno_student_has age = {.age = true};
    const aluno_student changes = {.has = {.age = true}, .age = 30};
    const aluno_student student = bed_student("Ana", 20, CPF);
    runs++;
    assert_int_equal(student_insert(session, &student, 1000, &out, &at->error), ALUNO_OK);
    gate_hold(at, session);
    return student_update(session, 1, &changes, &age, 2000, &out, &at->error);
}

/* ---- tests ---- */

static void an_entry_waits_for_those_before_it(void **state)
{
    store_bed *bed = *state;
    gate_close_in(&held, bed, insert_and_hold);
    bed_insert(&other, "Bia", OTHER_CPF);
    const int64_t committed = bed_number(bed, "SELECT count(*) FROM feed"),
                  last = read_state(&other).last.place;
    const size_t readable = read_feed(&other)->count;
    gate_open(&held); /* before what may fail */
    assert_int_equal(committed, 1);
    assert_int_equal(readable, 0);
    assert_int_equal(last, 0);
    const entries *all = read_feed(&other);
    assert_int_equal(all->count, 2);
    assert_true(all->items[0].place < all->items[1].place);
    assert_int_equal(all->items[0].student_id, 1);
    assert_int_equal(all->items[1].student_id, 2);
    assert_int_equal(read_state(bed).last.place, all->items[1].place);
}

/* The change that began first comes second to the student. */
static void changes_of_a_student_are_in_their_order(void **state)
{
    store_bed *bed = *state;
    static job at;
    bed_insert(bed, "Bia", OTHER_CPF);
    runs = 0;
    gate_close_in(&held, bed, insert_hold_and_update);
    at.id = 1;
    at.student = (aluno_student){.has = {.age = true}, .age = 25};
    assert_int_equal(job_run(&other, &at, job_update), ALUNO_OK);
    gate_open(&held);
    assert_int_equal(runs, 2);
    const entries *all = read_feed(bed);
    int64_t revision = 0;
    assert_int_equal(all->count, 4);
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].student_id == 1)
            assert_int_equal(all->items[i].revision, ++revision);
    assert_int_equal(revision, 3);
}

static atomic_uint notified;

static void note(void *user, size_t count)
{
    (void)user;
    (void)count;
    atomic_fetch_add(&notified, 1);
}

static void wait_for_entries(store_bed *bed, size_t count)
{
    unsigned before;
    do {
        before = atomic_load(&notified);
        if (read_feed(bed)->count == count)
            return;
        while (atomic_load(&notified) == before)
            sched_yield();
    } while (true);
}

/* Nobody else notifies of what was held back, and then was free to be read without a further change. */
static void others_changes_are_observed(void **state)
{
    store_bed *bed = *state;
    static atomic_size_t waiting = 1;
    store_observe_feed(other.store, note, NULL, &waiting);
    atomic_store(&notified, 0);
    bed_insert(bed, "Ana", CPF);
    wait_for_entries(&other, 1);
    gate_close_in(&held, bed, write_and_hold);
    bed_insert(bed, "Bia", OTHER_CPF);
    const size_t readable = read_feed(&other)->count;
    gate_open(&held);
    assert_int_equal(readable, 1);
    wait_for_entries(&other, 2);
}

static void a_snapshot_stays_as_it_is(void **state)
{
    store_bed *bed = *state;
    static aluno_list_students_reply page;
    const struct store_search search = STORE_SEARCH_ALL;
    const struct store_position nowhere = {.id = 0};
    struct store_position last;
    struct feed_state feed;
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(store_snapshot_open(session, NULL), ALUNO_OK);
    bed_insert(&other, "Ana", CPF);
    assert_int_equal(bed_search(session, &search, &nowhere, 10, &page, &last, NULL), ALUNO_OK);
    assert_int_equal(page.total_size, 0);
    assert_int_equal(feed_read_state(session, &feed, NULL), ALUNO_OK);
    assert_int_equal(feed.last.place, 0);
    assert_int_equal(store_snapshot_close(session, NULL), ALUNO_OK);
    assert_int_equal(feed_read_state(session, &feed, NULL), ALUNO_OK);
    assert_int_equal(feed.last.student_id, 1);
    store_session_release(bed->store, session);
}

/* A dump was loaded into a PostgreSQL that has made fewer transactions. */
static void places_of_the_future_begin_another_feed(void **state)
{
    store_bed *bed = *state;
    bed_insert(bed, "Ana", CPF);
    const struct feed_state before = read_state(bed);
    bed_close(bed);
    bed_open(bed);
    assert_int_equal(read_state(bed).feed, before.feed);
    bed_close(bed);
    postgres_bed_run("UPDATE feed SET place = place + (CAST(1 AS bigint) << 50)");
    bed_open(bed);
    const struct feed_state after = read_state(bed);
    assert_int_not_equal(after.feed, before.feed);
    assert_int_equal(after.last.place, 0);
}

/* ---- the beds ---- */

static int set_up(void **state)
{
    bed_make_folder(state);
    store_bed *bed = *state;
    bed_open(bed);
    assert_true(snprintf(other.path, sizeof other.path, "%s&application_name=other", bed->path) <
                (int)sizeof other.path);
    bed_open(&other);
    return 0;
}

static int tear_down(void **state)
{
    bed_close(&other);
    return bed_tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_waits_for_those_before_it),
        TEST(changes_of_a_student_are_in_their_order),
        TEST(others_changes_are_observed),
        TEST(a_snapshot_stays_as_it_is),
        TEST(places_of_the_future_begin_another_feed),
    };
    return postgres_bed() != NULL ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
