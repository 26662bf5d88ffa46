/* Fuzzes the texts of ListStudents: the query, and after a line end the order. */
#include "fuzz.h"

#include "handlers/query.h"

static aluno_error error;

static void check(const struct store_search *search)
{
    fuzz_check(strlen(search->words) < sizeof search->words);
    fuzz_check(strlen(search->email) < sizeof search->email);
    fuzz_check(strlen(search->br_document) < sizeof search->br_document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aluno_list_students_request request;
    struct store_search search = STORE_SEARCH_ALL;
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    const size_t length = end != NULL ? (size_t)(end - data) : size;
    fuzz_text(data, length, request.query, sizeof request.query);
    fuzz_text(data + length, size - length, request.order_by, sizeof request.order_by);
    aluno_clear(&aluno_error_type, &error);
    (void)query_parse(request.query, &search, &error);
    check(&search);
    (void)query_parse_order(request.order_by, &search, &error);
    return 0;
}
