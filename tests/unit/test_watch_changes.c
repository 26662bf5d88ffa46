/* WatchStudents: what the feed of changes has, which changes a watch receives, and its tokens. */
#include "watch_bed.h"

#include "purge.h"

#include <sched.h>

#define LAST_PLACE "(SELECT max(place) FROM feed)"

static void update(call_bed *bed, int64_t id, const aluno_student *values)
{
    aluno_update_student_request change = {.has.id = true, .id = id};
    ALUNO_SET(change, student, *values);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &change), ALUNO_OK);
}

static void rename_to(call_bed *bed, int64_t id, const char *name)
{
    aluno_student values = {.has = {.none = false}};
    ALUNO_SET_TEXT(values, name, name);
    update(bed, id, &values);
}

static void set_age(call_bed *bed, int64_t id, int64_t age)
{
    aluno_student values = {.has = {.none = false}};
    ALUNO_SET(values, age, age);
    update(bed, id, &values);
}

static void restore(call_bed *bed, int64_t id)
{
    const aluno_undelete_student_request undo = {.has.id = true, .id = id};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_undelete_student, &undo), ALUNO_OK);
}

static void erase(call_bed *bed, int64_t id)
{
    aluno_erase_student_request how = {.has.id = true, .id = id};
    bed->caller.role = ALUNO_ROLE_admin;
    ALUNO_SET(how, validate_only, true);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_erase_student, &how), ALUNO_OK);
    ALUNO_SET_TEXT(how, confirmation, bed->reply.erasure.confirmation);
    ALUNO_SET_TEXT(how, reason, "pedido");
    how.has.validate_only = false;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_erase_student, &how), ALUNO_OK);
    bed->caller.role = ALUNO_ROLE_registrar;
}

/* ---- the store, by hand ---- */

static bool run_sql(struct store_change *change, struct store_session *session)
{
    job *at = (job *)(void *)change;
    return bed_sql(session, at->student.name) == ALUNO_OK;
}

static void change_by_sql(call_bed *bed, const char *sql)
{
    static job at;
    job_prepare(&at, NULL);
    at.change.apply = run_sql;
    assert_true(ALUNO_SET_TEXT(at.student, name, sql));
    assert_int_equal(store_submit(bed->store.store, &at.change, NULL), ALUNO_OK);
    job_wait(&at);
    assert_true(at.is_committed);
}

/* ---- which changes ---- */

static void each_change_has_its_place(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    bed_add(bed, "Ana", 20, CPF);
    assert_string_equal(next(bed), "CREATED 1 Ana");
    const aluno_student_change first = reply_of(bed)->changes.items[0];
    assert_string_equal(first.etag, "1");
    assert_string_equal(first.token, token);
    assert_string_equal(next(bed), "");
    rename_to(bed, 1, "Ana Souza");
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    restore(bed, 1);
    /* the student as it is now, with each of its changes */
    assert_string_equal(next(bed), "UPDATED 1 Ana Souza, REMOVED 1 Ana Souza, RESTORED 1 Ana Souza");
    for (int64_t i = 0, place = first.place; i < 3; i++) {
        assert_true(reply_of(bed)->changes.items[i].place > place);
        place = reply_of(bed)->changes.items[i].place;
    }
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    assert_string_equal(next(bed), "REMOVED 1");
    erase(bed, 1);
    assert_string_equal(next(bed), "ERASED 1");
    assert_false(reply_of(bed)->changes.items[0].has.etag);
}

static void what_was_undone_has_none(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    bed_add(bed, "Ana", 20, CPF);
    assert_int_equal(bed_create(bed, "Bia", 20, CPF), ALUNO_ALREADY_EXISTS);
    aluno_create_student_request dry = {.has.validate_only = true, .validate_only = true};
    ALUNO_SET(dry, student, bed_student("Caio", 20, OTHER_CPF));
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &dry), ALUNO_OK);
    set_age(bed, 1, 20); /* as it is already */
    assert_string_equal(next(bed), "CREATED 1 Ana");
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM feed"), 1);
}

static void pages_go_on(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    bed_add(bed, "Ana", 20, CPF);
    bed_add(bed, "Bia", 20, OTHER_CPF);
    bed_add(bed, "Caio", 20, THIRD_CPF);
    ALUNO_SET(request, page_size, 2);
    assert_string_equal(next(bed), "CREATED 1 Ana, CREATED 2 Bia");
    assert_string_equal(next(bed), "CREATED 3 Caio");
}

/* Watches share the pages that one of them has read, but no longer when a student has been erased. */
static void an_erased_student_is_in_no_page(void **state)
{
    call_bed *bed = *state;
    char first[sizeof token];
    watch_from_now(bed, NULL);
    strcpy(first, token);
    bed_add(bed, "Ana", 20, CPF);
    for (int i = 0; i < 2; i++) {
        strcpy(token, first);
        assert_string_equal(next(bed), "CREATED 1 Ana");
    }
    erase(bed, 1);
    strcpy(token, first);
    assert_string_equal(next(bed), "CREATED 1, ERASED 1");
}

/* Nor when another service has erased the student. */
static void a_student_erased_elsewhere_is_in_no_page(void **state)
{
    call_bed *bed = *state;
    char first[sizeof token];
    if (postgres_bed() == NULL)
        skip();
    watch_from_now(bed, NULL);
    strcpy(first, token);
    bed_add(bed, "Ana", 20, CPF);
    assert_string_equal(next(bed), "CREATED 1 Ana");
    change_by_sql(bed, "DELETE FROM student;"
                       " INSERT INTO feed VALUES (feed_place(1, 0), 1, 5, 0, 1000, 0)");
    strcpy(token, first);
    assert_string_equal(next(bed), "CREATED 1, ERASED 1");
}

/* A watch that has reported a student also reports when the query no longer finds it. It reports no other
 * student. */
static void a_query_tells_who_has_left(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, "souza");
    bed_add(bed, "Ana Souza", 20, CPF);
    bed_add(bed, "Bia Lima", 20, OTHER_CPF);
    assert_string_equal(next(bed), "CREATED 1 Ana Souza");
    set_age(bed, 2, 21);
    assert_string_equal(next(bed), "");
    rename_to(bed, 1, "Ana Lima");
    set_age(bed, 1, 30);
    assert_string_equal(next(bed), "UPDATED 1"); /* the second one changed nothing that it watches */
    set_age(bed, 1, 31);
    assert_string_equal(next(bed), "");
    rename_to(bed, 2, "Bia Souza");
    assert_string_equal(next(bed), "UPDATED 2 Bia Souza");
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    assert_string_equal(next(bed), "");
    assert_int_equal(bed_delete(bed, 2), ALUNO_OK);
    assert_string_equal(next(bed), "REMOVED 2");
    restore(bed, 1);
    restore(bed, 2);
    assert_string_equal(next(bed), "RESTORED 2 Bia Souza");
    erase(bed, 1); /* nobody knows any more whether it was one of them */
    assert_string_equal(next(bed), "ERASED 1");
}

static void a_query_on_ages_and_addresses(void **state)
{
    call_bed *bed = *state;
    aluno_student values = {.has = {.none = false}};
    bed_add(bed, "Ana", 20, CPF);
    bed_add(bed, "Bia", 10, OTHER_CPF);
    watch_from_now(bed, "idade>=18");
    set_age(bed, 1, 17);
    set_age(bed, 2, 11);
    assert_string_equal(next(bed), "UPDATED 1");
    ALUNO_SET_TEXT(values, email, "ana@escola.br");
    update(bed, 1, &values);
    assert_string_equal(next(bed), "");
    watch_from_now(bed, "ana@escola.br");
    rename_to(bed, 2, "Bia Lima");
    assert_string_equal(next(bed), "");
    ALUNO_SET_TEXT(values, email, "ana@outra.br");
    update(bed, 1, &values);
    assert_string_equal(next(bed), "UPDATED 1");
}

/* Former names are forgotten before changes are: then a change is reported that may concern the watch. */
static void what_is_not_known_is_reported(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana Souza", 20, CPF);
    watch_from_now(bed, "souza");
    rename_to(bed, 1, "Ana Lima");
    change_by_sql(bed, "DELETE FROM student_position_history");
    assert_string_equal(next(bed), "");
    rename_to(bed, 1, "Ana Silva");
    change_by_sql(bed, "DELETE FROM student_position_history");
    change_by_sql(bed, "UPDATE feed SET time = time - 49 * 3600000 WHERE place = " LAST_PLACE);
    assert_string_equal(next(bed), "UPDATED 1");
}

static void removed_students_are_shown_who_asks(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, CPF);
    begin(NULL);
    ALUNO_SET(request, show_deleted, true);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &request), ALUNO_OK);
    strcpy(token, reply_of(bed)->token);
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    assert_string_equal(next(bed), "REMOVED 1 Ana");
    assert_true(reply_of(bed)->changes.items[0].student.has.delete_time);
    bed_call_as(bed, "leitor", ALUNO_ROLE_reader);
    assert_int_equal(watch_on(bed), ALUNO_PERMISSION_DENIED);
    check_reason(bed, ALUNO_REASON_ROLE_MISSING);
}

static void a_list_has_the_token_of_its_snapshot(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, CPF);
    bed_add(bed, "Bia", 20, OTHER_CPF);
    assert_int_equal(bed_list(bed, 1, NULL), ALUNO_OK);
    const aluno_list_students_reply *page = &bed->reply.list_students_reply;
    assert_true(page->has.watch_token);
    begin(NULL);
    strcpy(token, page->watch_token);
    assert_int_equal(bed_list(bed, 1, page->next_page_token), ALUNO_OK);
    assert_false(page->has.watch_token);
    assert_string_equal(next(bed), "");
    bed_add(bed, "Caio", 20, THIRD_CPF);
    assert_string_equal(next(bed), "CREATED 3 Caio");
}

/* ---- tokens ---- */

static void check_refused(call_bed *bed, aluno_reason reason)
{
    assert_int_not_equal(watch_on(bed), ALUNO_OK);
    if (aluno_reason_of(reason)->code == ALUNO_INVALID_ARGUMENT)
        check_violation(bed, "after", reason);
    else
        check_reason(bed, reason);
}

static void a_bad_token_is_refused(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, CPF);
    watch_from_now(bed, "ana");
    char good[sizeof token];
    strcpy(good, token);
    for (size_t i = 0; i < strlen(good); i++) {
        strcpy(token, good);
        token[i] = token[i] == '1' ? '2' : '1';
        check_refused(bed, ALUNO_REASON_WATCH_TOKEN_INVALID);
    }
    strcpy(token, "");
    check_refused(bed, ALUNO_REASON_WATCH_TOKEN_INVALID);
    strcpy(token, good);
    ALUNO_SET_TEXT(request, query, "bia");
    check_refused(bed, ALUNO_REASON_WATCH_QUERY_CHANGED);
    ALUNO_SET_TEXT(request, query, "ana");
    ALUNO_SET(request, show_deleted, true);
    check_refused(bed, ALUNO_REASON_WATCH_QUERY_CHANGED);
    request.has.show_deleted = false;
    assert_int_equal(watch_on(bed), ALUNO_OK);
}

static void negative_numbers_are_refused(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    ALUNO_SET(request, wait_ms, -1);
    assert_int_equal(watch_on(bed), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "wait_ms", ALUNO_REASON_NUMBER_RANGE);
}

/* A database that was restored from a backup has given the same place to another change. */
static void a_token_of_another_database_is_refused(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, CPF);
    bed_add(bed, "Bia", 20, OTHER_CPF);
    watch_from_now(bed, NULL);
    change_by_sql(bed, "UPDATE feed SET time = time - 1 WHERE place = " LAST_PLACE);
    check_refused(bed, ALUNO_REASON_WATCH_OTHER_DATABASE);
    watch_from_now(bed, NULL);
    change_by_sql(bed, "DELETE FROM feed WHERE place = " LAST_PLACE);
    check_refused(bed, ALUNO_REASON_WATCH_OTHER_DATABASE);
    watch_from_now(bed, NULL);
    change_by_sql(bed, "UPDATE feed_state SET feed = (feed + 1) % 4294967296");
    check_refused(bed, ALUNO_REASON_WATCH_OTHER_DATABASE);
}

/* Purges, and waits for the end of it. */
static void purge(call_bed *bed)
{
    purge_start(&bed->service);
    while (store_is_changing(bed->store.store))
        sched_yield();
}

static void old_changes_expire(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, CPF);
    watch_from_now(bed, NULL);
    char first[sizeof token];
    strcpy(first, token);
    bed_add(bed, "Bia", 20, OTHER_CPF);
    bed_add(bed, "Caio", 20, THIRD_CPF);
    change_by_sql(bed, "UPDATE feed SET time = 1000 WHERE place < " LAST_PLACE);
    purge(bed);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM feed"), 1);
    check_refused(bed, ALUNO_REASON_WATCH_EXPIRED);
    change_by_sql(bed, "UPDATE feed SET time = 1000");
    purge(bed);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM feed"), 1); /* no place is given twice */
    const int64_t last = bed_number(&bed->store, "SELECT place FROM feed");
    watch_from_now(bed, NULL);
    rename_to(bed, 3, "Caio Lima");
    assert_string_equal(next(bed), "UPDATED 3 Caio Lima");
    assert_true(reply_of(bed)->changes.items[0].place > last);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_change_has_its_place),
        TEST(what_was_undone_has_none),
        TEST(pages_go_on),
        TEST(an_erased_student_is_in_no_page),
        TEST(a_student_erased_elsewhere_is_in_no_page),
        TEST(a_query_tells_who_has_left),
        TEST(a_query_on_ages_and_addresses),
        TEST(what_is_not_known_is_reported),
        TEST(removed_students_are_shown_who_asks),
        TEST(a_list_has_the_token_of_its_snapshot),
        TEST(a_bad_token_is_refused),
        TEST(negative_numbers_are_refused),
        TEST(a_token_of_another_database_is_refused),
        TEST(old_changes_expire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
