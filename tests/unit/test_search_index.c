/* Searches by the index find what the conditions themselves find, in the same order: random students, changes
 * and searches. To repeat a failure: test_search_index SEED. */
#include "store_file.h"

#include "protocol/day.h"
#include "store/sqlite/migrate.h"

#include <aluno/values.h>

#include <string.h>
#include <time.h>

enum { STUDENTS = 9000, SEARCHES = IS_SANITIZED ? 20 : 100, FULL_SEGMENTS = STUDENTS / SEGMENT_SIZE };

static uint64_t random_state;
static aluno_list_students_reply page;

static size_t below(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % limit;
}

/* ---- students ---- */

static const char *const first_names[] = {"Ana",   "Maria", "José",   "João",     "Zilda",
                                          "Zilda", "Zilda", "Ângela", "Álvaro",   "Vitória",
                                          "A",     "Zé",    "李",     "Bia-Clara"};
static const char *const other_names[] = {"Silva",
                                          "Souza",
                                          "d'Ávila",
                                          "dos",
                                          "da",
                                          "Vitória",
                                          "Zilda",
                                          "Zanetti",
                                          "O'Neill",
                                          "2º",
                                          "x",
                                          "--",
                                          "Straße",
                                          "Pneumoultramicroscopicossilicovulcanoconiótico",
                                          "Pneumoultramicroscopicossilicovulcanoconiose",
                                          "Sá",
                                          "Silveira",
                                          "a.b.c"};
#define PICK(list) (list)[below(sizeof(list) / sizeof *(list))]

static void make_name(char *name, size_t size)
{
    int length = snprintf(name, size, "%s", PICK(first_names));
    for (size_t words = below(3); words > 0; words--)
        length += snprintf(name + length, size - (size_t)length, " %s", PICK(other_names));
}

/* A day of that year; often the first of March or the day after, so that birthdays are days of searches. */
static int64_t day_of(int64_t year)
{
    if (below(2) == 0)
        return aluno__day_make(year, 3, 1 + (int64_t)below(2));
    return aluno__day_make(year, 1 + (int64_t)below(12), 1 + (int64_t)below(28));
}

/* From 1880 on: some are very old, and some not born yet on the day of a search. */
static void set_birth_date(aluno_student *student)
{
    const int64_t day = day_of(below(4) == 0 ? 1880 + (int64_t)below(150) : 2005 + (int64_t)below(20));
    student->has.age = false;
    student->has.birth_date = true;
    aluno__day_write(below(50) == 0 ? aluno__day_make(2008, 2, 29) : day, student->birth_date);
}

static void make_student(aluno_student *student, int64_t cpf)
{
    static const char *const emails[] = {"ana@escola.br", "Ana@Escola.br", "secretaria@escola.br"};
    char name[256], email[64];
    make_name(name, sizeof name);
    *student = bed_student(name, (int64_t)below(10) == 0 ? (int64_t)below(151) : 6 + (int64_t)below(12), cpf);
    snprintf(email, sizeof email, "aluno%zu@escola.br", below(500));
    ALUNO_SET_TEXT(*student, email, below(3) == 0 ? PICK(emails) : email);
    student->has.email = below(20) != 0;
    student->has.br_document = below(20) != 0;
    if (below(3) == 0)
        set_birth_date(student);
}

/* The clock is set back now and then. */
static aluno_code insert_all(job *at, struct store_session *session)
{
    aluno_code code = ALUNO_OK;
    for (int64_t i = 1; i <= STUDENTS && code == ALUNO_OK; i++) {
        make_student(&at->student, i);
        code = student_insert(session, &at->student, i / 3000 * -5000 + 2 * i / 3 + 100000, &at->out,
                              &at->error);
    }
    return code;
}

/* Changes, removes or restores students; also between the steps of indexing. */
static aluno_code change_some(job *at, struct store_session *session)
{
    const aluno_student_has sets[] = {
        {.name = true}, {.age = true, .birth_date = true}, {.email = true, .name = true}};
    aluno_code code = ALUNO_OK;
    for (int i = 0; i < 20 && code != ALUNO_INTERNAL; i++) {
        const int64_t id = 1 + (int64_t)below(STUDENTS);
        make_student(&at->student, id);
        if (below(3) == 0)
            code = student_remove(session, id, 2000, &at->out, &at->error);
        else if (below(3) == 0)
            code = student_restore(session, id, 2000, &at->out, &at->error);
        else if (student_by_id(session, id, STORE_PRESENT, &at->out, NULL) == ALUNO_OK)
            code = student_update(session, id, &at->student, &sets[below(3)], 2000, &at->out, &at->error);
    }
    return code == ALUNO_NOT_FOUND ? ALUNO_OK : code;
}

/* ---- what the conditions find ---- */

struct expected {
    int64_t ids[STUDENTS], revisions[STUDENTS];
    size_t count;
};

/* The age on :today, by the parts of both dates, from 0 to 150. */
#define AGE                                                                                                  \
    "coalesce(age, max(0, min(150, CAST(substr(:today, 1, 4) AS INTEGER) - CAST(substr(birth_date, 1, 4) "   \
    "AS INTEGER)"                                                                                            \
    " - (substr(:today, 6) < substr(birth_date, 6)))))"

static void find_plainly(struct store_session *session, const struct store_search *search,
                         struct expected *expected)
{
    static const char *const orders[][2] = {
        [STORE_BY_ID] = {"id", "id DESC"},
        [STORE_BY_NAME] = {"name_folded, name, id", "name_folded DESC, name DESC, id DESC"},
        [STORE_BY_AGE] = {AGE ", id", AGE " DESC, id DESC"},
        [STORE_BY_CREATE_TIME] = {"create_time, id", "create_time DESC, id DESC"},
    };
    char sql[2048], today[ALUNO_DAY_SIZE];
    char *words = aluno_fold(search->words);
    sqlite3_stmt *select;
    snprintf(sql, sizeof sql,
             "SELECT id, revision FROM student WHERE (:with_removed OR delete_time IS NULL)"
             " AND name_matches(name_folded, :words) AND " AGE " BETWEEN :age_min AND :age_max"
             " AND (:br_document = '' OR instr(br_document, :br_document))"
             " AND (:email = '' OR email = :email COLLATE NOCASE) ORDER BY %s",
             orders[search->order][search->descending]);
    assert_int_equal(sqlite3_prepare_v2(session->db, sql, -1, &select, NULL), SQLITE_OK);
    aluno__day_write(search->day, today);
    bind_text(select, ":today", today);
    bind_int(select, ":with_removed", search->scope == STORE_WITH_REMOVED);
    bind_text(select, ":words", words);
    bind_int(select, ":age_min", search->age_min);
    bind_int(select, ":age_max", search->age_max);
    bind_text(select, ":br_document", search->br_document);
    bind_text(select, ":email", search->email);
    for (expected->count = 0; sqlite3_step(select) == SQLITE_ROW; expected->count++) {
        expected->ids[expected->count] = sqlite3_column_int64(select, 0);
        expected->revisions[expected->count] = sqlite3_column_int64(select, 1);
    }
    sqlite3_finalize(select);
    free(words);
}

/* ---- searches ---- */

static void make_search(struct store_search *search)
{
    static const char *const words[] = {"a",
                                        "z",
                                        "zil",
                                        "zild",
                                        "zilda",
                                        "vitoria",
                                        "s",
                                        "si",
                                        "silv",
                                        "d'a",
                                        "avila",
                                        "d",
                                        "x",
                                        "--",
                                        "-",
                                        "clara",
                                        "bia-c",
                                        "李",
                                        "2",
                                        "strass",
                                        "b.c",
                                        "nobody",
                                        "pneumoultramicroscopicossilicovulcanoconio",
                                        "pneumoultramicroscopicossilicovulcanoconiose",
                                        "JOSÉ",
                                        "o'n",
                                        "ana",
                                        "*a",
                                        "*ild",
                                        "*conios",
                                        "*ar"};
    *search = (struct store_search)STORE_SEARCH_ALL;
    for (size_t count = below(4) == 0 ? below(10) : below(3); count > 0; count--) {
        strcat(search->words, " ");
        strcat(search->words, PICK(words));
    }
    if (below(3) == 0)
        search->age_min = (int64_t)below(20);
    if (below(3) == 0)
        search->age_max = search->age_min + (int64_t)below(20);
    if (below(8) == 0)
        strcpy(search->email, "ANA@escola.BR");
    if (below(12) == 0)
        snprintf(search->br_document, sizeof search->br_document, "%0*zu", below(2) == 0 ? 11 : 4,
                 1 + below(STUDENTS));
    search->day = day_of(2020 + (int64_t)below(12));
    search->scope = below(2) == 0 ? STORE_PRESENT : STORE_WITH_REMOVED;
    search->order = (enum store_order)below(4);
    search->descending = below(2) == 0;
}

/* A page that begins anywhere among them. */
static void check_page(struct store_session *session, const struct store_search *search,
                       const struct expected *expected)
{
    struct store_position after = {.id = 0}, last;
    const size_t begin = below(3) == 0 ? 0 : below(expected->count + 1), limit = 1 + below(100);
    if (begin > 0)
        after = (struct store_position){expected->ids[begin - 1], expected->revisions[begin - 1]};
    aluno_error error;
    if (bed_search(session, search, &after, (int64_t)limit, &page, &last, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
    const size_t rest = expected->count - begin, count = rest < limit ? rest : limit;
    if (page.total_size != (int64_t)expected->count || page.students.count != count)
        fail_msg("\"%s\" order %d %d: %lld in all, %zu from %zu on; expected %zu, %zu", search->words,
                 search->order, search->descending, (long long)page.total_size, page.students.count, begin,
                 expected->count, count);
    for (size_t i = 0; i < count; i++)
        if (page.students.items[i].id != expected->ids[begin + i])
            fail_msg("\"%s\" order %d %d: at %zu is %lld, expected %lld", search->words, search->order,
                     search->descending, begin + i, (long long)page.students.items[i].id,
                     (long long)expected->ids[begin + i]);
    assert_int_equal(last.id, rest > limit ? expected->ids[begin + count - 1] : 0);
}

static void check_search(struct store_session *session, const struct store_search *search, int pages)
{
    static struct expected expected;
    find_plainly(session, search, &expected);
    while (pages-- > 0)
        check_page(session, search, &expected);
}

static void check_searches(store_bed *bed)
{
    struct store_session *session = store_session_acquire(bed->store);
    struct store_search search = STORE_SEARCH_ALL;
    search.order = STORE_BY_NAME;
    strcpy(search.words, "zilda"); /* a name that many have, and that is the last of all */
    for (int descending = 0; descending < 2; descending++) {
        search.descending = descending;
        check_search(session, &search, 10);
    }
    for (int i = 0; i < SEARCHES; i++) {
        make_search(&search);
        check_search(session, &search, 4);
    }
    store_session_release(bed->store, session);
}

static void test_the_index_finds_what_the_conditions_find(void **state)
{
    store_bed *bed = *state;
    static job at;
    assert_int_equal(job_run(bed, &at, insert_all), ALUNO_OK);
    while (indexed_segments(bed) < FULL_SEGMENTS)
        assert_int_equal(job_run(bed, &at, change_some), ALUNO_OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(job_run(bed, &at, change_some), ALUNO_OK);
    check_searches(bed);
}

/* The version of the schema before the one with the index. */
static int version_without_index(void)
{
    int version = 0;
    while (strstr(store_migrations[version], "CREATE TABLE search_index") == NULL)
        version++;
    return version;
}

static void test_a_migrated_database_gets_the_index(void **state)
{
    store_bed *bed = *state;
    static job at;
    char sql[512];
    assert_int_equal(job_run(bed, &at, insert_all), ALUNO_OK);
    bed_close(bed);
    snprintf(
        sql, sizeof sql,
        "DROP TABLE audit_outbox; DROP TABLE audit_anchor; DROP TABLE operation_forgotten; DROP TABLE "
        "search_index; DROP TABLE search_column; DROP TABLE "
        "student_clock_step;"
        "ALTER TABLE operation DROP COLUMN student; ALTER TABLE operation DROP COLUMN students;"
        "ALTER TABLE operation DROP COLUMN hash; DROP TABLE erasure; DROP TABLE feed; DROP TABLE feed_state;"
        "PRAGMA user_version = %d",
        version_without_index());
    alter(bed, sql);
    bed_open(bed);
    assert_int_equal(indexed_segments(bed), FULL_SEGMENTS);
    check_searches(bed);
}

/* A segment that is half indexed when the service ends is indexed anew. */
static void test_an_interrupted_segment_is_completed(void **state)
{
    store_bed *bed = *state;
    static job at;
    assert_int_equal(job_run(bed, &at, insert_all), ALUNO_OK);
    bed_close(bed);
    bed_open(bed);
    bed_close(bed);
    alter(bed, "DELETE FROM search_column WHERE kind = 0 AND segment = 1;"
               "DELETE FROM search_index WHERE segment = 1 AND term > x'0170';"
               "UPDATE search_index SET ids = x'0001' WHERE segment = 1");
    bed_open(bed);
    assert_int_equal(indexed_segments(bed), FULL_SEGMENTS);
    check_searches(bed);
}

/* Damage to the index is reported by the search that reads it: it finds neither nobody nor others. */
static void test_a_damaged_segment_is_reported(void **state)
{
    store_bed *bed = *state;
    static job at;
    struct store_search search = STORE_SEARCH_ALL;
    struct store_position last;
    aluno_error error;
    strcpy(search.words, "zilda");
    search.order = STORE_BY_NAME;
    assert_int_equal(job_run(bed, &at, insert_all), ALUNO_OK);
    bed_close(bed);
    bed_open(bed);
    assert_int_equal(indexed_segments(bed), FULL_SEGMENTS);
    bed_close(bed);
    alter(bed, "UPDATE search_column SET ids = x'ff' WHERE segment = 0");
    bed_open(bed);
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(bed_search(session, &search, &(struct store_position){0}, 10, &page, &last, &error),
                     ALUNO_DATA_LOSS);
    store_session_release(bed->store, session);
    assert_string_equal(error.reason, "STORE_CORRUPT");
    assert_string_equal(error.detail, "search segment 0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_index_finds_what_the_conditions_find),
        TEST(test_a_migrated_database_gets_the_index),
        TEST(test_an_interrupted_segment_is_completed),
        TEST(test_a_damaged_segment_is_reported),
    };
    random_state = count > 1 ? strtoull(arguments[1], NULL, 10) : (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)random_state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
