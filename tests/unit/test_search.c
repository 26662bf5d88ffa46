/* Searches of the store: matches, orders, and pages that stay consistent while students change. */
#include "store_bed.h"

static aluno_list_students_reply page;

static int64_t add(store_bed *bed, const char *name, int64_t age, int64_t cpf)
{
    static job at;
    at.student = bed_student(name, age, cpf);
    assert_int_equal(job_run(bed, &at, job_insert), ALUNO_OK);
    return at.out.id;
}

static void rename_student(store_bed *bed, int64_t id, const char *name)
{
    job at = {.id = id};
    ALUNO_SET_TEXT(at.student, name, name);
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_OK);
}

/* Reads the page after `position` into `page`. Returns the position where it ended. */
static struct store_position read_page(store_bed *bed, const struct store_search *search,
                                       struct store_position position, int64_t limit)
{
    aluno_error error;
    struct store_position last;
    struct store_session *session = store_session_acquire(bed->store);
    const aluno_code code = bed_search(session, search, &position, limit, &page, &last, &error);
    store_session_release(bed->store, session);
    if (code != ALUNO_OK)
        fail_msg("%s", error.message);
    return last;
}

/* Returns all matching names, page after page, separated by commas. */
static const char *names(store_bed *bed, const struct store_search *search, int64_t limit)
{
    static char found[4096];
    struct store_position position = {.id = 0};
    int64_t count = 0;
    *found = '\0';
    do {
        position = read_page(bed, search, position, limit);
        for (size_t i = 0; i < page.students.count; i++, count++) {
            strcat(found, *found ? "," : "");
            strcat(found, page.students.items[i].name);
        }
    } while (position.id != 0);
    assert_int_equal(page.total_size, count);
    return found;
}

static void test_pages_follow_each_other(void **state)
{
    store_bed *bed = *state;
    const struct store_search all = STORE_SEARCH_ALL;
    struct store_position last = read_page(bed, &all, (struct store_position){.id = 0}, 10);
    assert_int_equal(last.id, 0);
    assert_int_equal(page.students.count, 0);
    assert_true(page.has.total_size);
    assert_int_equal(page.total_size, 0);

    for (int i = 1; i <= 25; i++)
        bed_insert(bed, "Ana", i);
    job removal = {.id = 7};
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);

    const int64_t expected[] = {11, 21, 0}; /* 1–11 without 7, 12–21, 22–25 */
    const size_t counts[] = {10, 10, 4};
    for (size_t i = 0; i < 3; i++) {
        last = read_page(bed, &all, last, 10);
        assert_int_equal(page.students.count, counts[i]);
        assert_int_equal(last.id, expected[i]);
        assert_int_equal(page.total_size, 24);
    }
    assert_int_equal(page.students.items[3].id, 25);

    last = read_page(bed, &all, (struct store_position){.id = 15, .revision = 1}, 10);
    assert_int_equal(page.students.count, 10);
    assert_int_equal(last.id, 0); /* the last page may be full */
    read_page(bed, &all, last, 1000);
    assert_int_equal(page.students.count, 24);
}

static void test_orders_are_those_of_people(void **state)
{
    static const struct {
        enum store_order order;
        bool descending;
        const char *names;
    } cases[] = {
        {STORE_BY_ID, false, "Zeca,Ângela,Ana,Álvaro,Angela,ana,Ana"},
        {STORE_BY_ID, true, "Ana,ana,Angela,Álvaro,Ana,Ângela,Zeca"},
        {STORE_BY_NAME, false, "Álvaro,Ana,Ana,ana,Angela,Ângela,Zeca"},
        {STORE_BY_NAME, true, "Zeca,Ângela,Angela,ana,Ana,Ana,Álvaro"},
        {STORE_BY_AGE, false, "ana,Ana,Álvaro,Zeca,Ângela,Ana,Angela"},
        {STORE_BY_AGE, true, "Angela,Ana,Ângela,Zeca,Álvaro,Ana,ana"},
        {STORE_BY_CREATE_TIME, false, "Zeca,Ângela,Ana,Álvaro,Angela,ana,Ana"},
        {STORE_BY_CREATE_TIME, true, "Ana,ana,Angela,Álvaro,Ana,Ângela,Zeca"},
    };
    static const char *const people[] = {"Zeca", "Ângela", "Ana", "Álvaro", "Angela", "ana", "Ana"};
    static const int64_t ages[] = {30, 30, 30, 20, 40, 0, 10};
    store_bed *bed = *state;
    for (int i = 0; i < 7; i++)
        add(bed, people[i], ages[i], i);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store_search search = STORE_SEARCH_ALL;
        search.order = cases[i].order;
        search.descending = cases[i].descending;
        for (int64_t limit = 1; limit <= 8; limit++) /* the same whatever the page's size */
            assert_string_equal(names(bed, &search, limit), cases[i].names);
    }
}

static void test_words_match_names(void **state)
{
    static const struct {
        const char *words, *names;
    } cases[] = {
        {"joao", "João da Silva"},
        {"SILVA  joÃo", "João da Silva"},
        {"jo", "João da Silva,José d'Ávila"},
        {"silva", "João da Silva,Maria-Clara Silva"},
        {"avila", "José d'Ávila"},
        {"d'av", "José d'Ávila"},
        {"clara", "Maria-Clara Silva"},
        {"ilva", ""},
        {"*ilva", "João da Silva,Maria-Clara Silva"},
        {"*ILVA jo", "João da Silva"},
        {"*a-c", "Maria-Clara Silva"},
        {"*", "João da Silva,José d'Ávila,Maria-Clara Silva"},
        {"joao jose", ""},
        {"50%", ""},
        {"", "João da Silva,José d'Ávila,Maria-Clara Silva"},
    };
    store_bed *bed = *state;
    add(bed, "João da Silva", 20, 1);
    add(bed, "José d'Ávila", 20, 2);
    add(bed, "Maria-Clara Silva", 20, 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store_search search = STORE_SEARCH_ALL;
        snprintf(search.words, sizeof search.words, "%s", cases[i].words);
        assert_string_equal(names(bed, &search, 2), cases[i].names);
    }
}

static void test_other_conditions_hold_together(void **state)
{
    store_bed *bed = *state;
    add(bed, "Ana", 17, 52998224725);
    add(bed, "Bia", 18, 2);
    add(bed, "Caio", 19, 3);
    struct store_search search = STORE_SEARCH_ALL;
    search.age_min = 18;
    assert_string_equal(names(bed, &search, 10), "Bia,Caio");
    search.age_max = 18;
    assert_string_equal(names(bed, &search, 10), "Bia");
    search = (struct store_search)STORE_SEARCH_ALL;
    strcpy(search.br_document, "52998224725");
    assert_string_equal(names(bed, &search, 10), "Ana");
    strcpy(search.words, "bia");
    assert_string_equal(names(bed, &search, 10), "");
    search = (struct store_search)STORE_SEARCH_ALL;
    strcpy(search.br_document, "9822");
    assert_string_equal(names(bed, &search, 10), "Ana");
    strcpy(search.br_document, "0000");
    assert_string_equal(names(bed, &search, 1), "Bia,Caio");
    search = (struct store_search)STORE_SEARCH_ALL;
    strcpy(search.email, "A@Example.com");
    assert_string_equal(names(bed, &search, 10), "Ana,Bia,Caio");
    strcpy(search.email, "@example.com");
    assert_string_equal(names(bed, &search, 10), "");
}

static void test_removed_students_are_found_when_asked_for(void **state)
{
    store_bed *bed = *state;
    job removal = {.id = add(bed, "Ana", 20, 1)};
    add(bed, "Bia", 20, 2);
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);
    struct store_search search = STORE_SEARCH_ALL;
    assert_string_equal(names(bed, &search, 1), "Bia");
    search.scope = STORE_WITH_REMOVED;
    assert_string_equal(names(bed, &search, 1), "Ana,Bia");
    assert_true(read_page(bed, &search, (struct store_position){.id = 0}, 1).id == removal.id);
    assert_true(page.students.items[0].has.delete_time);
}

/* The student at the end of a page moves several times. The next page begins at its former position. */
static void test_page_goes_on_where_its_last_student_was(void **state)
{
    static const char *const people[] = {"Ana", "Bia", "Caio", "Davi", "Elisa"};
    store_bed *bed = *state;
    struct store_search search = STORE_SEARCH_ALL;
    search.order = STORE_BY_NAME;
    for (int i = 0; i < 5; i++)
        add(bed, people[i], 20, i);
    const struct store_position second = read_page(bed, &search, (struct store_position){.id = 0}, 2);
    assert_int_equal(second.id, 2);
    rename_student(bed, 2, "Zoe");
    rename_student(bed, 2, "Aline");
    const struct store_position moved = read_page(bed, &search, second, 2);
    assert_string_equal(page.students.items[0].name, "Caio");
    assert_string_equal(page.students.items[1].name, "Davi");

    job removal = {.id = 4};
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);
    read_page(bed, &search, moved, 2);
    assert_int_equal(page.students.count, 1);
    assert_string_equal(page.students.items[0].name, "Elisa");

    read_page(bed, &search, (struct store_position){.id = 2, .revision = 3},
              1); /* as a later page showed it */
    assert_string_equal(page.students.items[0].name, "Ana");
}

static aluno_code purge_places(job *at, struct store_session *session)
{
    return position_purge(session, at->id, 10, &at->out.id, &at->error);
}

static void test_old_places_are_forgotten(void **state)
{
    store_bed *bed = *state;
    const int64_t id = add(bed, "Ana", 20, 1);
    rename_student(bed, id, "Bia");
    job at = {.id = id};
    ALUNO_SET_TEXT(at.student, email, "other@example.com"); /* does not change a position */
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_OK);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student_position_history"), 1);
    at.id = 2000; /* when job_update makes its changes */
    assert_int_equal(job_run(bed, &at, purge_places), ALUNO_OK);
    assert_int_equal(at.out.id, 0);
    at.id = 2001;
    assert_int_equal(job_run(bed, &at, purge_places), ALUNO_OK);
    assert_int_equal(at.out.id, 1);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student_position_history"), 0);
}

static void test_unknown_position_is_reported(void **state)
{
    store_bed *bed = *state;
    const struct store_search all = STORE_SEARCH_ALL;
    const struct store_position nobody = {.id = 99, .revision = 1};
    struct store_position last;
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(bed_search(session, &all, &nobody, 10, &page, &last, NULL), ALUNO_NOT_FOUND);
    store_session_release(bed->store, session);
    read_page(bed, &all, (struct store_position){.id = 0}, 10);
}

static void test_search_that_is_too_late_or_abandoned_is_cut_short(void **state)
{
    store_bed *bed = *state;
    struct store_search search = STORE_SEARCH_ALL;
    struct store_position last;
    aluno_error error;
    for (int i = 0; i < 200; i++)
        bed_insert(bed, "Ana", i);
    snprintf(search.words, sizeof search.words, "zoe"); /* nobody: all are looked at */
    search.deadline_ms = 0;
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(
        bed_search(session, &search, &(struct store_position){.id = 0}, 10, &page, &last, &error),
        ALUNO_DEADLINE_EXCEEDED);
    assert_string_equal(error.reason, "DEADLINE_PASSED");
    static atomic_bool abandoned = true;
    search.deadline_ms = INT64_MAX;
    search.abandoned = &abandoned;
    assert_int_equal(
        bed_search(session, &search, &(struct store_position){.id = 0}, 10, &page, &last, &error),
        ALUNO_CANCELLED);
    assert_string_equal(error.reason, "CALL_CANCELLED");
    store_session_release(bed->store, session);
    bed_insert(bed, "Zoe", 200);
    search.abandoned = NULL;
    read_page(bed, &search, (struct store_position){.id = 0}, 10); /* the session gets a new snapshot */
    assert_int_equal(page.students.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pages_follow_each_other),
        TEST(test_orders_are_those_of_people),
        TEST(test_words_match_names),
        TEST(test_other_conditions_hold_together),
        TEST(test_removed_students_are_found_when_asked_for),
        TEST(test_page_goes_on_where_its_last_student_was),
        TEST(test_old_places_are_forgotten),
        TEST(test_unknown_position_is_reported),
        TEST(test_search_that_is_too_late_or_abandoned_is_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
