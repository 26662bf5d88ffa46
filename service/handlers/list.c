/* ListStudents: parses query, order and page token, and reads a page. */
#include "handlers.h"

#include "age.h"
#include "find.h"
#include "guess.h"
#include "hash.h"
#include "page_token.h"
#include "query.h"
#include "reply.h"
#include "school_day.h"
#include "watch_token.h"

#include "base/clock.h"
#include "protocol/error.h"

static bool shows_deleted(const aluno_list_students_request *request)
{
    return request->has.show_deleted && request->show_deleted;
}

static aluno_code parse_search(const struct call *call, const aluno_list_students_request *request,
                               struct store_search *search, aluno_error *error)
{
    aluno_code code =
        find_parse(call, request->has.query ? request->query : NULL, shows_deleted(request), search, error);
    if (request->has.order_by && query_parse_order(request->order_by, search, error) != ALUNO_OK)
        code = ALUNO_INVALID_ARGUMENT;
    return code;
}

/* ---- page tokens: the position where a page ended, the day on which the list began, whose ages all its
 * pages have, and a hash of these and of the list. They hold an id and a revision and no other data of the
 * student.
 * ---- */

enum { TOKEN_SIZE = sizeof(((aluno_list_students_request *)NULL)->page_token) };

static void write_token(const aluno_list_students_request *request, const struct store_position *position,
                        int64_t day, char token[TOKEN_SIZE])
{
    const char *query = request->has.query ? request->query : "";
    const char *order_by = request->has.order_by ? request->order_by : "";
    const bool deleted = shows_deleted(request);
    uint64_t hash = hash_bytes(HASH_START, query, strlen(query) + 1);
    hash = hash_bytes(hash, order_by, strlen(order_by) + 1);
    hash = hash_bytes(hash, &deleted, sizeof deleted);
    hash = hash_bytes(hash, position, sizeof *position);
    hash = hash_bytes(hash, &day, sizeof day);
    const int64_t numbers[] = {position->id, position->revision, day};
    page_token_write(hash, numbers, 3, token, TOKEN_SIZE);
}

/* False for a token that write_token would not write for this request. */
static bool parse_token(const aluno_list_students_request *request, struct store_position *position,
                        int64_t *day)
{
    char again[TOKEN_SIZE];
    int64_t numbers[3] = {0};
    if (!page_token_read(request->page_token, numbers, 3))
        return false;
    *position = (struct store_position){numbers[0], numbers[1]};
    *day = numbers[2];
    write_token(request, position, *day, again);
    return position->id > 0 && *day > 0 && *day <= UINT32_MAX && strcmp(again, request->page_token) == 0;
}

/* Anybody can make a token, and ages on days of his choice would reveal a birth date: who sees it masked gets
 * the ages of today or yesterday, when the list began. */
static bool permits_day(const struct call *call, int64_t day)
{
    const int64_t now_ms = aluno__clock_unix_ms(), day_ms = 24 * 60 * 60 * 1000;
    return !call->is_masked || (day >= school_day(now_ms - day_ms) && day <= school_day(now_ms));
}

static aluno_code refuse_token(aluno_error *error)
{
    return aluno__error_add_violation(error, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID, NULL);
}

/* ---- the page ---- */

/* Encodes the students of a page into the call's items. */
struct encoded_page {
    struct store_page page; /* first: the store returns it */
    struct call *call;
    int64_t day;
    size_t count;
};

static void add_student(struct store_page *page, aluno_student *student)
{
    struct encoded_page *encoded = (struct encoded_page *)(void *)page;
    age_complete(student, encoded->day);
    reply_add(encoded->call, &aluno_student_type, student);
    audit_students_add(encoded->call->students, student);
    encoded->count++;
}

static aluno_code read_page(struct call *call, struct store_session *session,
                            const struct store_search *search, const struct store_position *after,
                            int64_t limit, struct store_position *last, aluno_error *error)
{
    struct encoded_page encoded = {{add_student}, call, search->day, 0};
    aluno_list_students_reply *reply = call->reply;
    const aluno_code code =
        student_search(session, search, after, limit, &encoded.page, &reply->total_size, last, error);
    reply->has.students = reply->has.total_size = true;
    reply->students.count = encoded.count;
    return code;
}

/* Sets the token with which a watch misses nothing after this snapshot. */
static aluno_code set_watch_token(struct store_session *session, const aluno_list_students_request *request,
                                  aluno_list_students_reply *reply, aluno_error *error)
{
    struct feed_state state;
    const aluno_code code = feed_read_state(session, &state, error);
    if (code != ALUNO_OK)
        return code;
    const struct watch_subject subject =
        watch_subject_of(request->has.query ? request->query : NULL, shows_deleted(request), &state);
    watch_token_write(&subject, &state.last, reply->watch_token);
    reply->has.watch_token = true;
    return ALUNO_OK;
}

static aluno_code read_first_page(struct call *call, struct store_session *session,
                                  const aluno_list_students_request *request,
                                  const struct store_search *search, int64_t limit,
                                  struct store_position *last, aluno_error *error)
{
    const struct store_position nowhere = {.id = 0};
    aluno_code code = store_snapshot_open(session, error);
    if (code != ALUNO_OK)
        return code;
    code = set_watch_token(session, request, call->reply, error);
    if (code == ALUNO_OK)
        code = read_page(call, session, search, &nowhere, limit, last, error);
    const aluno_code closed = store_snapshot_close(session, code == ALUNO_OK ? error : NULL);
    return code == ALUNO_OK ? closed : code;
}

aluno_code handle_list_students(struct call *call, struct store_session *session,
                                const aluno_list_students_request *request, aluno_list_students_reply *reply,
                                aluno_error *error)
{
    struct store_search search = STORE_SEARCH_ALL;
    struct store_position after = {.id = 0}, last;
    aluno_code code = parse_search(call, request, &search, error);
    if (request->has.page_token &&
        (!parse_token(request, &after, &search.day) || !permits_day(call, search.day)))
        code = refuse_token(error);
    if (code != ALUNO_OK)
        return code;
    const bool by_value = guess_is_by_value(&search);
    code = guess_check(call, by_value, error);
    if (code != ALUNO_OK)
        return code;
    const int64_t limit = request->has.page_size ? request->page_size : 100;
    code = request->has.page_token ? read_page(call, session, &search, &after, limit, &last, error)
                                   : read_first_page(call, session, request, &search, limit, &last, error);
    guess_end(call, by_value, code != ALUNO_OK || reply->total_size > 0);
    if (code == ALUNO_NOT_FOUND)
        return refuse_token(error);
    if (code != ALUNO_OK || last.id == 0)
        return code;
    write_token(request, &last, search.day, reply->next_page_token);
    reply->has.next_page_token = true;
    return ALUNO_OK;
}
