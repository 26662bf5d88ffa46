/* service/status: the page for people, its words, its pictures and its history. */
#include "call_bed.h"

#include "base/clock.h"
#include "status/history.h"
#include "status/page.h"
#include "status/picture.h"
#include "status/words.h"

#include <math.h>

/* The appended bytes as a text. The caller frees the buffer. */
static const char *text_of(aluno__buffer *out)
{
    aluno__buffer_append(out, "", 1);
    assert_false(out->failed);
    return (const char *)out->data;
}

static void check_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("%s: not in\n%s", part, text);
}

static void check_not_in(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("%s: in\n%s", part, text);
}

/* ---- words ---- */

static void numbers_are_written_for_people(void **state)
{
    words_text text;
    (void)state;
    assert_string_equal(words_count(text, 0), "0");
    assert_string_equal(words_count(text, 999), "999");
    assert_string_equal(words_count(text, -123456), "-123.456");
    assert_string_equal(words_count(text, 1234567), "1.234.567");
    assert_string_equal(words_number(text, 0), "0");
    assert_string_equal(words_number(text, NAN), "nan");
    assert_string_equal(words_number(text, 0.44), "0,4");
    assert_string_equal(words_number(text, -3), "-3");
    assert_string_equal(words_number(text, -12.6), "-13");
    assert_string_equal(words_number(text, 12345.6), "12.346");
    assert_string_equal(words_bytes(text, 999), "999 B");
    assert_string_equal(words_bytes(text, 1000), "1 kB");
    assert_string_equal(words_bytes(text, 1234567), "1,2 MB");
    assert_string_equal(words_bytes(text, INT64_C(5000000000000000)), "5.000 TB");
    assert_string_equal(words_span(text, 250), "250 µs");
    assert_string_equal(words_span(text, 3100), "3,1 ms");
    assert_string_equal(words_span(text, 7200000000), "7.200 s");
    assert_string_equal(words_time(text, 0), "–");
    assert_int_equal(strlen(words_time(text, INT64_C(1795951126752))), strlen("29/11/2026 11:18"));
}

static void characters_of_html_are_escaped(void **state)
{
    aluno__buffer out = {0};
    (void)state;
    words_escape(&out, "a < b & \"c\" > d");
    assert_string_equal(text_of(&out), "a &lt; b &amp; &quot;c&quot; &gt; d");
    aluno__buffer_free(&out);
}

/* ---- pictures ---- */

static void a_line_ends_at_the_right(void **state)
{
    const double values[] = {9, 9, 1, 2};
    aluno__buffer out = {0};
    (void)state;
    picture_line(&out, "title", values, 4, 2);
    check_in(text_of(&out), "<polyline points=\" 160.0,28.0 240.0,3.0\"/>");
    check_in((const char *)out.data, "<title>title</title>");
    aluno__buffer_free(&out);
    picture_line(&out, "title", values, 4, 0);
    check_not_in(text_of(&out), "<polyline");
    aluno__buffer_free(&out);
    picture_line(&out, "title", (const double[]){0, 0}, 2, 2);
    check_in(text_of(&out), "<polyline points=\" 0.0,53.0 240.0,53.0\"/>");
    aluno__buffer_free(&out);
}

static void bars_and_columns(void **state)
{
    const uint64_t counts[] = {0, 1, 255};
    aluno__buffer out = {0};
    (void)state;
    picture_bar(&out, "good", 1, 4);
    check_in(text_of(&out), "width=25.0");
    aluno__buffer_free(&out);
    picture_bar(&out, "good", 9, 4);
    check_in(text_of(&out), "width=100.0");
    aluno__buffer_free(&out);
    picture_bar(&out, "ended", -9, 4);
    check_in(text_of(&out), "width=0.0");
    aluno__buffer_free(&out);
    picture_columns(&out, "title", counts, 3);
    check_not_in(text_of(&out), "<rect x=0 ");
    check_in((const char *)out.data, "<rect x=6 y=14.0 width=5 height=2.0 />");
    check_in((const char *)out.data, "<rect x=12 y=0.0 width=5 height=16.0 />");
    aluno__buffer_free(&out);
}

/* ---- history ---- */

static void a_point_is_what_came_since_the_last(void **state)
{
    call_bed *bed = *state;
    static struct history history;
    const aluno_method_desc *method = aluno_method_of(ALUNO_METHOD_describe);
    struct facts facts;
    facts_measure(&bed->service, &facts);
    history_add(&history, &facts, 1000);
    assert_int_equal(history.count, 0);
    for (int i = 0; i < 20; i++)
        counters_call(&bed->service.counters, method, ALUNO_OK, 2500);
    atomic_store(&bed->service.counters.connections, 7);
    facts_measure(&bed->service, &facts);
    history_add(&history, &facts, 6000);
    assert_int_equal(history.count, 1);
    assert_true(history.values[HISTORY_CALLS][HISTORY_POINTS - 1] == 4);
    assert_true(history.values[HISTORY_SLOW_MS][HISTORY_POINTS - 1] == 2.5);
    assert_true(history.values[HISTORY_CONNECTIONS][HISTORY_POINTS - 1] == 7);
    assert_true(history.values[HISTORY_WAITING][HISTORY_POINTS - 1] == 0);
    for (int64_t i = 1; i <= HISTORY_POINTS; i++)
        history_add(&history, &facts, 6000 + i * HISTORY_STEP_MS);
    assert_int_equal(history.count, HISTORY_POINTS);
    assert_true(history.values[HISTORY_CALLS][0] == 0);
}

/* ---- the page ---- */

/* The page as it is now. The caller frees the buffer. */
static const char *write_page(call_bed *bed, aluno__buffer *out)
{
    static const struct history history;
    struct facts facts;
    facts_measure(&bed->service, &facts);
    page_write(out, &facts, &history);
    return text_of(out);
}

static void check_page(call_bed *bed, const char *part)
{
    aluno__buffer out = {0};
    check_in(write_page(bed, &out), part);
    aluno__buffer_free(&out);
}

static void an_idle_service_has_a_page(void **state)
{
    aluno__buffer out = {0};
    const char *page = write_page(*state, &out);
    check_in(page, "atendendo<i lang=en>serving</i>");
    check_in(page, "nenhuma<i lang=en>none</i>");
    check_in(page, "<th>Alunos<i lang=en>Students</i><td class=n>0");
    check_not_in(page, "<script");
    check_not_in(page, "http:");
    check_not_in(page, "linhas do log");
    check_in(page, "</html>\n");
    aluno__buffer_free(&out);
}

static void what_happens_is_on_the_page(void **state)
{
    call_bed *bed = *state;
    struct counters *counters = &bed->service.counters;
    const int64_t now_ms = aluno__clock_unix_ms(), day_ms = 86400000;
    bed_add(bed, "Ana Segredo", 20, 52998224725);
    bed_get_by_id(bed, 99);
    counters_refusal(counters, aluno_reason_named("TLS_EXPIRED"));
    limits_reach(&bed->service.limits, LIMIT_idle_ms);
    atomic_store(&counters->file_ends_ms[0], now_ms + 400 * day_ms + day_ms / 2);
    atomic_store(&counters->file_ends_ms[1], now_ms + 20 * day_ms + day_ms / 2);
    atomic_store(&counters->file_ends_ms[2], now_ms - 3 * day_ms - day_ms / 2);
    aluno__buffer out = {0};
    const char *page = write_page(bed, &out);
    check_in(page, "<th>CreateStudent<td");
    check_in(page, "<td class=n>1<td class=n>1<td class=n>"); /* GetStudent */
    check_in(page, "<th>TLS_EXPIRED<td class=n>1");
    check_in(page, "<th>idle-ms<td class=n>1");
    check_in(page, "class=\"bar good\"");
    check_in(page, "class=\"bar soon\"");
    check_in(page, "class=\"bar ended\"");
    check_in(page, "<td class=n>20 dias<i");
    check_in(page, "<td class=n>3 dias atrás<i");
    check_not_in(page, "Segredo");
    check_not_in(page, "secretaria");
    aluno__buffer_free(&out);
}

static void why_it_does_not_serve_is_on_the_page(void **state)
{
    call_bed *bed = *state;
    atomic_store(&bed->service.draining, true);
    check_page(bed, "não atende<i lang=en>not serving</i> DRAINING</div>");
    atomic_store(&bed->service.draining, false);
}

static void the_last_backup_is_on_the_page(void **state)
{
    call_bed *bed = *state;
    static const struct history history;
    struct facts facts;
    aluno__buffer out = {0};
    facts_measure(&bed->service, &facts);
    facts.values[METRIC_backup_failing] = 1;
    facts.values[METRIC_log_dropped] = 5;
    facts.disk = DISK_CRYPT;
    page_write(&out, &facts, &history);
    check_in(text_of(&out), "falhou<i lang=en>failed</i>");
    check_in((const char *)out.data,
             "<i lang=en>Disk encrypted</i><td class=n>sim<i lang=en>yes</i> dm-crypt");
    check_in((const char *)out.data, "linhas do log perdidas<i lang=en>lines of the log lost</i> 5");
    aluno__buffer_free(&out);
    facts.values[METRIC_backup_failing] = 0;
    facts.backups.count = 1;
    page_write(&out, &facts, &history);
    check_in(text_of(&out), "feita<i lang=en>done</i>");
    aluno__buffer_free(&out);
}

static void the_last_check_is_on_the_page(void **state)
{
    call_bed *bed = *state;
    static const struct history history;
    struct facts facts;
    aluno__buffer out = {0};
    check_page(bed, "<th>Última verificação<i lang=en>Last check</i><td class=n>–");
    facts_measure(&bed->service, &facts);
    facts.values[METRIC_check_last] = aluno__clock_unix_ms();
    page_write(&out, &facts, &history);
    check_in(text_of(&out), "íntegro, sem as tabelas grandes<i lang=en>sound, large tables left out</i>");
    aluno__buffer_free(&out);
    facts.values[METRIC_check_complete] = 1;
    page_write(&out, &facts, &history);
    check_in(text_of(&out), "íntegro<i lang=en>sound</i>");
    aluno__buffer_free(&out);
    facts.values[METRIC_check_damaged_pages] = 2;
    page_write(&out, &facts, &history);
    check_in(text_of(&out), "2 páginas, 0 tabelas<i lang=en>pages, tables</i>");
    check_not_in((const char *)out.data, "íntegro");
    aluno__buffer_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_for_people),
        cmocka_unit_test(characters_of_html_are_escaped),
        cmocka_unit_test(a_line_ends_at_the_right),
        cmocka_unit_test(bars_and_columns),
        TEST(a_point_is_what_came_since_the_last),
        TEST(an_idle_service_has_a_page),
        TEST(what_happens_is_on_the_page),
        TEST(why_it_does_not_serve_is_on_the_page),
        TEST(the_last_backup_is_on_the_page),
        TEST(the_last_check_is_on_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
