/* A section a function. Every text is the page's own or the contract's. */
#include "status/page.h"

#include "expiry.h"
#include "status/picture.h"
#include "status/text.h"
#include "status/words.h"

#include <aluno/version.h>

/* clang-format off */
static const char head[] =
    "<!doctype html><html lang=pt-BR><head><meta charset=utf-8><meta http-equiv=refresh content=5>"
    "<meta name=viewport content=\"width=device-width\"><title>alunod</title><style>"
    ":root{color-scheme:light dark;--ink:#1d2733;--dim:#667486;--card:#fff;--page:#f2f4f7;--rule:#dfe4ea;"
    "--blue:#2f6fde;--green:#1b8a5a;--amber:#b97a00;--red:#c8353f}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--dim:#93a1b2;--card:#1b222b;--page:#12171d;"
    "--rule:#2c3643;--blue:#6ea1ff;--green:#2f9e6b;--amber:#e5b04b;--red:#d9535c}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:24px;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,sans-serif;"
    "font-variant-numeric:tabular-nums}"
    "main{max-width:1080px;margin:0 auto;display:grid;gap:16px;grid-template-columns:repeat(12,1fr)}"
    "section{grid-column:span 6;min-width:0;overflow-x:auto;padding:14px 18px;background:var(--card);"
    "border:1px solid var(--rule);border-radius:10px}"
    ".small{grid-column:span 3}.wide{grid-column:1/-1}.tall{grid-row:span 2}"
    "header{grid-column:1/-1;display:flex;flex-wrap:wrap;align-items:center;gap:6px 18px}"
    "h1{font-size:22px;margin:0}h2{font-size:15px;margin:0 0 8px}"
    "i{font-style:normal;color:var(--dim);font-weight:400;font-size:.87em;margin-left:.35em}"
    ".state{color:#fff;background:var(--green);padding:4px 14px;border-radius:99px;font-weight:600}"
    ".state i{color:#fff;opacity:.85}.bad .state{background:var(--red)}.why{flex-basis:100%;margin:0}"
    ".big{font-size:28px;font-weight:600;line-height:1.1}.none{color:var(--dim);margin:0}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{padding:4px 10px 4px 0;text-align:left;font-weight:400;border-top:1px solid var(--rule)}"
    "tr>:last-child{padding-right:0}tr:first-child>*{border-top:0}thead th{color:var(--dim);font-size:.87em}"
    ".n{text-align:right;white-space:nowrap}td.p{width:22%;min-width:90px}"
    "svg{display:block;width:100%}svg.line{height:56px;margin-top:8px}.base{stroke:var(--rule)}"
    "polyline{fill:none;stroke:var(--blue);stroke-width:2;vector-effect:non-scaling-stroke;"
    "stroke-linejoin:round}polygon{fill:var(--blue);opacity:.13}"
    "svg.columns{height:18px;fill:var(--blue)}svg.bar{height:8px}svg.good{fill:var(--green)}"
    "svg.soon{fill:var(--amber)}svg.ended{fill:var(--red)}.back{fill:var(--rule)}"
    "footer{grid-column:1/-1;color:var(--dim);font-size:.87em}a{color:var(--blue)}"
    "@media(max-width:760px){section,.small{grid-column:1/-1;padding:12px}.wide .n{white-space:normal}body{padding:12px}}"
    "</style></head><body>";
/* clang-format on */

/* ---- elements ---- */

static void append(aluno__buffer *out, const char *text)
{
    aluno__buffer_append(out, text, strlen(text));
}

static void begin_section(aluno__buffer *out, const char *kind, const char *pt, const char *en)
{
    text_print(out, "<section class=%s><h2>%s<i lang=en>%s</i></h2>", kind, pt, en);
}

static void write_row(aluno__buffer *out, const char *pt, const char *en, const char *value)
{
    text_print(out, "<tr><th>%s<i lang=en>%s</i><td class=n>%s", pt, en, value);
}

static void write_count(aluno__buffer *out, const char *pt, const char *en, int64_t count)
{
    words_text text;
    write_row(out, pt, en, words_count(text, count));
}

static void write_span(aluno__buffer *out, const char *pt, const char *en, int64_t microseconds)
{
    words_text text;
    write_row(out, pt, en, words_span(text, microseconds));
}

static void write_size(aluno__buffer *out, const char *pt, const char *en, int64_t bytes)
{
    words_text text;
    write_row(out, pt, en, words_bytes(text, bytes));
}

/* Rows of names and counts; a line when there are none. */
static void write_list(aluno__buffer *out, const struct facts_list *list, const char *pt, const char *en)
{
    words_text text;
    if (list->count == 0) {
        text_print(out, "<p class=none>%s<i lang=en>%s</i></p>", pt, en);
        return;
    }
    append(out, "<table>");
    for (size_t i = 0; i < list->count; i++)
        text_print(out, "<tr><th>%s<td class=n>%s", list->items[i].label,
                   words_count(text, list->items[i].value));
    append(out, "</table>");
}

/* ---- sections ---- */

static void write_header(aluno__buffer *out, const struct facts *facts)
{
    const aluno_reason_desc *problem = facts->problem;
    append(out, problem == NULL ? "<main><header>" : "<main><header class=bad>");
    append(out, "<h1>alunod<i>registro de alunos · <span lang=en>registry of students</span></i></h1>");
    if (problem == NULL) {
        append(out, "<div class=state>atendendo<i lang=en>serving</i></div></header>");
        return;
    }
    text_print(out, "<div class=state>não atende<i lang=en>not serving</i> %s</div><p class=why>",
               problem->name);
    words_escape(out, problem->text[ALUNO_PT]);
    append(out, ": ");
    words_escape(out, problem->remedy[ALUNO_PT]);
    append(out, "<i lang=en>");
    words_escape(out, problem->text[ALUNO_EN]);
    append(out, ": ");
    words_escape(out, problem->remedy[ALUNO_EN]);
    append(out, "</i></p></header>");
}

static void write_series(aluno__buffer *out, const struct history *history, enum history_series series,
                         const char *pt, const char *en, const char *unit)
{
    const double *values = history->values[series];
    words_text text;
    begin_section(out, "small", pt, en);
    text_print(out, "<div class=big>%s<i>%s</i></div>", words_number(text, values[HISTORY_POINTS - 1]), unit);
    picture_line(out, "10 min", values, HISTORY_POINTS, history->count);
    append(out, "</section>");
}

static void write_method(aluno__buffer *out, const struct facts_method *method)
{
    words_text answered, failed, median, slow;
    const char *const slash = strrchr(method->name, '/');
    text_print(out, "<tr><th>%s<td class=p>", slash != NULL ? slash + 1 : method->name);
    picture_columns(out, "50 µs – 10 s", method->duration.counts, method->duration.scale->count + 1);
    text_print(out, "<td class=n>%s<td class=n>%s<td class=n>%s<td class=n>%s",
               words_count(answered, method->answered), words_count(failed, method->failed),
               words_span(median, distribution_percentile(&method->duration, 50)),
               words_span(slow, distribution_percentile(&method->duration, 99)));
}

static void write_calls(aluno__buffer *out, const struct facts *facts)
{
    const bool has_any = facts_answered(facts) > 0;
    begin_section(out, "wide", "Chamadas desde o início", "Calls since the start");
    if (!has_any)
        append(out, "<p class=none>nenhuma<i lang=en>none</i></p>");
    else
        append(out,
               "<table><thead><tr><th>método · method<th>50 µs – 10 s<th class=n>respondidas · answered"
               "<th class=n>com erro · failed<th class=n>mediana · median<th class=n>99% até · 99% within"
               "</thead>");
    for (size_t i = 0; i < COUNTERS_METHODS; i++)
        if (facts->methods[i].answered > 0)
            write_method(out, &facts->methods[i]);
    append(out, has_any ? "</table></section>" : "</section>");
}

static void write_check(aluno__buffer *out, const struct facts *facts)
{
    words_text text, pages, tables;
    const int64_t *const values = facts->values;
    write_row(out, "Última verificação", "Last check", words_time(text, values[METRIC_check_last]));
    if (values[METRIC_check_damaged_pages] + values[METRIC_check_damaged_tables] > 0)
        text_print(out,
                   "<tr><th>Danificadas<i lang=en>Damaged</i><td class=n>"
                   "%s páginas, %s tabelas<i lang=en>pages, tables</i>",
                   words_count(pages, values[METRIC_check_damaged_pages]),
                   words_count(tables, values[METRIC_check_damaged_tables]));
    else if (values[METRIC_check_last] != 0)
        write_row(out, "Resultado", "Result",
                  values[METRIC_check_complete] != 0
                      ? "íntegro<i lang=en>sound</i>"
                      : "íntegro, sem as tabelas grandes<i lang=en>sound, large tables left out</i>");
}

static void write_disk(aluno__buffer *out, enum disk_encryption disk)
{
    static const char *const words[] = {
        [DISK_UNKNOWN] = "não se vê<i lang=en>cannot be seen</i>",
        [DISK_PLAIN] = "não, por este sistema<i lang=en>not by this system</i>",
        [DISK_CRYPT] = "sim<i lang=en>yes</i> dm-crypt",
        [DISK_FSCRYPT] = "sim<i lang=en>yes</i> fscrypt",
    };
    write_row(out, "Disco cifrado", "Disk encrypted", words[disk]);
}

static void write_database(aluno__buffer *out, const struct facts *facts)
{
    begin_section(out, "tall", "Banco de dados", "Database");
    append(out, "<table>");
    write_count(out, "Alunos", "Students", facts->values[METRIC_students]);
    write_size(out, "Arquivo", "File", facts->values[METRIC_database_bytes]);
    write_size(out, "Registro de gravações", "Write-ahead log", facts->values[METRIC_wal_bytes]);
    write_size(out, "Livres no disco", "Free on the disk", facts->values[METRIC_disk_free_bytes]);
    write_disk(out, facts->disk);
    write_count(out, "Gravações", "Commits", (int64_t)facts->commit_changes.count);
    write_count(out, "Alterações por gravação", "Changes a commit",
                distribution_percentile(&facts->commit_changes, 50));
    write_span(out, "Disco, 99% até", "Disk, 99% within", distribution_percentile(&facts->sync_us, 99));
    write_check(out, facts);
    append(out, "</table></section>");
}

static const char *colour_of(int64_t days)
{
    return days < 0 ? "ended" : days < 30 ? "soon" : "good";
}

/* A full bar is a year. */
static void write_files(aluno__buffer *out, const struct facts *facts)
{
    words_text text;
    begin_section(out, "half", "Certificados", "Certificates");
    append(out, "<table>");
    for (size_t i = 0; i < facts->files.count; i++) {
        const int64_t days = expiry_days(facts->files.items[i].value / 1000, 0);
        text_print(out, "<tr><th>--%s<td class=p>", facts->files.items[i].label);
        picture_bar(out, colour_of(days), (double)days, 365);
        text_print(out, "<td class=n>%s %s", words_count(text, days < 0 ? -1 - days : days),
                   days < 0 ? "dias atrás<i lang=en>days ago</i>" : "dias<i lang=en>days</i>");
    }
    append(out, "</table></section>");
}

static void write_backups(aluno__buffer *out, const struct facts *facts)
{
    words_text text;
    const bool fails = facts->values[METRIC_backup_failing] != 0;
    begin_section(out, "half", "Cópias de segurança", "Backups");
    append(out, "<table>");
    write_row(out, "A mais nova", "The newest", words_time(text, facts->values[METRIC_backup_last]));
    write_row(out, "A última tentativa", "The last attempt",
              fails                      ? "falhou<i lang=en>failed</i>"
              : facts->backups.count > 0 ? "feita<i lang=en>done</i>"
                                         : "–");
    append(out, "</table></section>");
}

static void write_connections(aluno__buffer *out, const struct facts *facts)
{
    begin_section(out, "half", "Conexões recusadas", "Connections refused");
    write_list(out, &facts->refused, "nenhuma", "none");
    append(out, "</section>");
    begin_section(out, "half", "Limites atingidos", "Limits reached");
    write_list(out, &facts->limits_reached, "nenhum", "none");
    append(out, "</section>");
}

static void write_footer(aluno__buffer *out, const struct facts *facts)
{
    words_text text;
    text_print(out, "<footer>alunod %s · desde<i lang=en>since</i> %s", ALUNO_VERSION,
               words_time(text, facts->values[METRIC_start]));
    if (facts->values[METRIC_log_dropped] > 0)
        text_print(out, " · linhas do log perdidas<i lang=en>lines of the log lost</i> %s",
                   words_count(text, facts->values[METRIC_log_dropped]));
    append(out, " · <a href=/metrics>/metrics</a> <a href=/readyz>/readyz</a> <a href=/healthz>/healthz</a>"
                "</footer></main></body></html>\n");
}

void page_write(aluno__buffer *out, const struct facts *facts, const struct history *history)
{
    append(out, head);
    write_header(out, facts);
    write_series(out, history, HISTORY_CALLS, "Chamadas", "Calls", "/s");
    write_series(out, history, HISTORY_SLOW_MS, "Demora (99%)", "Latency (99%)", "ms");
    write_series(out, history, HISTORY_CONNECTIONS, "Conexões", "Connections", "");
    write_series(out, history, HISTORY_WAITING, "Em espera", "Waiting", "");
    write_calls(out, facts);
    write_database(out, facts);
    write_files(out, facts);
    write_backups(out, facts);
    write_connections(out, facts);
    write_footer(out, facts);
}
