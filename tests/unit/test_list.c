/* ListStudents: queries, orders, their violations, and page tokens. */
#include "call_bed.h"

static aluno_list_students_reply page;

static aluno_code list(call_bed *bed, const aluno_list_students_request *request)
{
    const aluno_code code = bed_call(bed, ALUNO_METHOD_list_students, request);
    if (code == ALUNO_OK)
        page = bed->reply.list_students_reply;
    return code;
}

static aluno_list_students_request request_of(const char *query, const char *order_by)
{
    aluno_list_students_request request = {.has = {.none = false}};
    if (query != NULL)
        ALUNO_SET_TEXT(request, query, query);
    if (order_by != NULL)
        ALUNO_SET_TEXT(request, order_by, order_by);
    return request;
}

static void add_people(call_bed *bed)
{
    bed_add(bed, "João da Silva", 17, 52998224725);
    bed_add(bed, "Ângela Souza", 18, 11144477735);
    bed_add(bed, "Angela Lima", 30, 12345678909);
    bed_add(bed, "Álvaro Lima", 100, 191);
}

/* Returns the first names on the page, separated by commas. */
static const char *first_names(void)
{
    static char found[1024];
    *found = '\0';
    for (size_t i = 0; i < page.students.count; i++) {
        const char *name = page.students.items[i].name;
        const size_t length = strlen(found);
        snprintf(found + length, sizeof found - length, "%s%.*s", length > 0 ? "," : "",
                 (int)strcspn(name, " "), name);
    }
    return found;
}

static void test_queries_find(void **state)
{
    static const struct {
        const char *query, *found;
    } cases[] = {
        {"joao", "João"},
        {" SILVA\tJoão ", "João"},
        {"angela", "Ângela,Angela"},
        {"lima an", "Angela"},
        {"529.982.247-25", "João"},
        {"52998224725", "João"},
        {"000.000.001-91 alvaro", "Álvaro"},
        {"529.982.247-25 alvaro", ""},
        {"A@EXAMPLE.com", "João,Ângela,Angela,Álvaro"},
        {"b@example.com", ""},
        {"age>=18", "Ângela,Angela,Álvaro"},
        {"age>18", "Angela,Álvaro"},
        {"age<=18", "João,Ângela"},
        {"age<18", "João"},
        {"age=18", "Ângela"},
        {"Idade>=18 AGE<100", "Ângela,Angela"},
        {"age>18 age<18", ""},
        {"lima age>=31", "Álvaro"},
        {"age>=17 age>=1 age<=30 age<=99", "João,Ângela,Angela"},
        {"age", ""}, /* a word */
        {"ngel", ""},
        {"*ngel", "Ângela,Angela"},
        {"*NGÉL lima", "Angela"},
        {"*lima", "Angela,Álvaro"},
        {"*ma *ngel age>=18", "Angela"},
        {"*xyz", ""},
        {"*o.da", ""},
        {"529.982", "João"},
        {"2247", "João"},
        {"224 age>17", ""},
        {"000000001", "Álvaro"},
        {"447-773 *souza", "Ângela"},
        {"999999", ""},
        {"  ", "João,Ângela,Angela,Álvaro"},
        {"", "João,Ângela,Angela,Álvaro"},
    };
    call_bed *bed = *state;
    add_people(bed);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const aluno_list_students_request request = request_of(cases[i].query, NULL);
        assert_int_equal(list(bed, &request), ALUNO_OK);
        assert_string_equal(first_names(), cases[i].found);
        assert_int_equal(page.total_size, page.students.count);
    }
}

static void test_queries_are_validated(void **state)
{
    static const char *const queries[] = {
        "age>=",
        "age>=x",
        "age>=18x",
        "age!=18",
        "age=>18",
        "age==18",
        "age>=1000",
        "age >= 18",

        "name=20",
        "name=ana",
        "age>=-1",
        ">=18",
        "12",
        "123.123.123-131",
        "123 456",
        "123 52998224725",
        "*",
        "*12",
        "**ana",
        "a*na",
        "*ana*",
        "a@",
        "a@b@c",
        "(ana)",
        "ana*",
        "ana_",
        "ana{",
        "\"ana lima\"",
        "ana;",
        "11111111111",
        "52998224725 11144477735",
        "%",
        "-",
        "' OR 1=1 --",
        "ana age>=18=",
        "...",
    };
    call_bed *bed = *state;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        const aluno_list_students_request request = request_of(queries[i], NULL);
        assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
        check_violation_at(bed, 0, "query", ALUNO_REASON_QUERY_SYNTAX);
        assert_string_equal(
            bed->error.violations.items[0].detail,
            "joao silva | *ilva | 123.123.123-13 | 123.123 | name@example.com | age>=18, <=, =, "
            ">, <");
    }
}

static void test_a_query_has_eight_words(void **state)
{
    call_bed *bed = *state;
    aluno_list_students_request request = request_of("a b c d e f g h age>=18", NULL);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    request = request_of("a b c d e f g h age>=18 i", NULL);
    assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "query", ALUNO_REASON_QUERY_WORDS);
}

static void test_orders_are_followed(void **state)
{
    static const struct {
        const char *order_by, *found;
    } cases[] = {
        {"id", "João,Ângela,Angela,Álvaro"},        {"name", "Álvaro,Angela,Ângela,João"},
        {"Nome desc", "João,Ângela,Angela,Álvaro"}, {" age  desc ", "Álvaro,Angela,Ângela,João"},
        {"idade", "João,Ângela,Angela,Álvaro"},     {"create_time desc", "Álvaro,Angela,Ângela,João"},
    };
    call_bed *bed = *state;
    add_people(bed);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const aluno_list_students_request request = request_of(NULL, cases[i].order_by);
        assert_int_equal(list(bed, &request), ALUNO_OK);
        assert_string_equal(first_names(), cases[i].found);
    }
    static const char *const unknown[] = {"", "email", "name asc", "name,age", "name desc desc", "desc"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        const aluno_list_students_request request = request_of("(", unknown[i]);
        assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
        check_violation_at(bed, 0, "query", ALUNO_REASON_QUERY_SYNTAX); /* all violations are reported */
        check_violation_at(bed, 1, "order_by", ALUNO_REASON_ORDER_UNKNOWN);
    }
}

static void test_tokens_lead_on(void **state)
{
    static const char *const orders[] = {"id", "id desc", "name", "name desc", "age", "create_time desc"};
    call_bed *bed = *state;
    add_people(bed);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        aluno_list_students_request request = request_of("age>=0", orders[i]);
        ALUNO_SET(request, page_size, 3);
        assert_int_equal(list(bed, &request), ALUNO_OK);
        assert_int_equal(page.students.count, 3);
        assert_int_equal(page.total_size, 4);
        assert_true(page.has.next_page_token);
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
        ALUNO_SET(request, page_size, 100); /* a token does not depend on the page size */
        assert_int_equal(list(bed, &request), ALUNO_OK);
        assert_int_equal(page.students.count, 1);
        assert_false(page.has.next_page_token);
    }
}

static void test_tokens_are_for_their_list(void **state)
{
    call_bed *bed = *state;
    char token[65];
    add_people(bed);
    aluno_list_students_request request = request_of("age>=0", "name");
    ALUNO_SET(request, page_size, 2);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    strcpy(token, page.next_page_token);

    aluno_list_students_request others[] = {request_of("age>=1", "name"), request_of("age>=0", "age"),
                                            request_of("age>=0", NULL), request_of(NULL, "name"),
                                            request_of("age>=0", "name")};
    ALUNO_SET(others[4], show_deleted, true);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ALUNO_SET_TEXT(others[i], page_token, token);
        assert_int_equal(list(bed, &others[i]), ALUNO_INVALID_ARGUMENT);
        check_violation_at(bed, 0, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    }

    const char *const bad[] = {"",
                               "x",
                               "id-1",
                               "0000000000000000-1-1",
                               "0000000000000000-1-1-fd57d",
                               "0000000000000000--1-1-fd57d",
                               token + 1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ALUNO_SET_TEXT(request, page_token, bad[i]);
        assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
        check_violation_at(bed, 0, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    }
    for (char *c = token; *c != '\0'; c++) { /* a changed character makes a token invalid */
        const char kept = *c;
        *c = kept == '7' ? '8' : '7';
        ALUNO_SET_TEXT(request, page_token, token);
        assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
        *c = kept;
    }
    ALUNO_SET_TEXT(request, page_token, token);
    assert_int_equal(list(bed, &request), ALUNO_OK);
}

static aluno_code erase_first(job *at, struct store_session *session)
{
    (void)at;
    return bed_sql(session, "DELETE FROM student WHERE id = 1");
}

/* The database has been replaced by an older one, which lacks the student that the page ended with. */
static void test_tokens_of_another_database(void **state)
{
    call_bed *bed = *state;
    static job at;
    add_people(bed);
    aluno_list_students_request request = request_of("age>=0", NULL);
    ALUNO_SET(request, page_size, 1);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    assert_int_equal(job_run(&bed->store, &at, erase_first), ALUNO_OK);
    assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
}

static void test_tokens_hold_no_names(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Abba", 20, 1);
    bed_add(bed, "Zoe", 20, 2);
    aluno_list_students_request request = request_of(NULL, "name");
    ALUNO_SET(request, page_size, 1);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_memory_equal(page.next_page_token + 16, "-1-1-", 5); /* a hash, an id, a revision, a day */
}

static void test_removed_students_are_listed_when_asked_for(void **state)
{
    call_bed *bed = *state;
    add_people(bed);
    const aluno_delete_student_request removal = {.has.id = true, .id = 2};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_OK);
    aluno_list_students_request request = request_of(NULL, NULL);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_string_equal(first_names(), "João,Angela,Álvaro");
    ALUNO_SET(request, show_deleted, true);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_string_equal(first_names(), "João,Ângela,Angela,Álvaro");
    assert_int_equal(page.total_size, 4);
    ALUNO_SET_TEXT(request, query, "111.444.777-35");
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_string_equal(first_names(), "Ângela");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_queries_find),
        TEST(test_queries_are_validated),
        TEST(test_a_query_has_eight_words),
        TEST(test_orders_are_followed),
        TEST(test_tokens_lead_on),
        TEST(test_tokens_are_for_their_list),
        TEST(test_tokens_of_another_database),
        TEST(test_tokens_hold_no_names),
        TEST(test_removed_students_are_listed_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
