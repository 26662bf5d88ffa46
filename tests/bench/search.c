/* bench-search [STUDENTS [FOLDER [KIND]]]: makes a database of that many students (1,000,000) and one of
 * 1,000, and measures pages and searches in-process on both. They stay in FOLDER for the next run. KIND: only
 * those whose titles contain it. Names are made up, distributed as names are: few are common, many are rare.
 * Every other student has a birth date. A fifth of the students, the oldest, are removed. */
#include "base/clock.h"
#include "meter.h"
#include "protocol/day.h"
#include "store/sqlite/file_layer.h"
#include "store/sqlite/session.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALLS = 150, INSERTS_A_CHANGE = 1000, SMALL = 1000 };

static uint64_t random_state = 1;

static size_t below(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % limit;
}

static double now_us(void)
{
    return (double)meter_ns() / 1e3;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench-search: %s\n", what);
    exit(1);
}

/* ---- students ---- */

/* Of the searches. */
static const int64_t today = INT64_C(2026) << 9 | 11 << 5 | 15;

static const char *const first_names[] = {
    "Maria",   "José",      "Ana",     "João",    "Antônio", "Francisco", "Carlos",   "Paulo",    "Pedro",
    "Lucas",   "Luiz",      "Marcos",  "Luís",    "Gabriel", "Rafael",    "Daniel",   "Marcelo",  "Bruno",
    "Felipe",  "Francisca", "Antônia", "Adriana", "Juliana", "Márcia",    "Fernanda", "Patrícia", "Aline",
    "Sandra",  "Camila",    "Amanda",  "Bruna",   "Jéssica", "Letícia",   "Júlia",    "Luciana",  "Vanessa",
    "Mariana", "Gabriela",  "Valéria", "Vitória", "Beatriz", "Larissa",   "Wesley",   "Yasmin",   "Zilda",
    "Ângela",  "Álvaro",    "Otávio",  "Úrsula",  "Heitor"};
static const char *const surnames[] = {
    "Silva",     "Santos",    "Oliveira", "Souza",   "Rodrigues", "Ferreira", "Alves",      "Pereira",
    "Lima",      "Gomes",     "Costa",    "Ribeiro", "Martins",   "Carvalho", "Almeida",    "Lopes",
    "Soares",    "Fernandes", "Vieira",   "Barbosa", "Rocha",     "Dias",     "Nascimento", "Andrade",
    "Moreira",   "Nunes",     "Marques",  "Machado", "Mendes",    "Freitas",  "Cardoso",    "Ramos",
    "Gonçalves", "Santana",   "Teixeira", "Araújo",  "d'Ávila",   "Zanetti",  "Xavier",     "Quintela"};
static const char *const syllables[] = {"ba", "de", "gi", "lo", "mu", "ra", "se",
                                        "ti", "vo", "ne", "ka", "li", "zu"};

/* Of n, the first ones most often. */
static size_t skewed(size_t n)
{
    const size_t most = below(n) + 1;
    return below(most);
}

static int append_rare(char *name, size_t size)
{
    int length = 0;
    for (size_t i = 2 + below(3); i > 0; i--)
        length += snprintf(name + length, size - (size_t)length, "%s", syllables[below(13)]);
    if (length > 0)
        name[0] = (char)(name[0] - 'a' + 'A');
    return length;
}

static void make_name(char *name, size_t size)
{
    static const char *const between[] = {"", "", "da ", "dos ", "de "};
    int length =
        below(20) == 0 ? append_rare(name, size) : snprintf(name, size, "%s", first_names[skewed(50)]);
    if (below(4) == 0)
        length += snprintf(name + length, size - (size_t)length, " %s", first_names[skewed(50)]);
    for (size_t i = 1 + below(2); i > 0; i--) {
        length += snprintf(name + length, size - (size_t)length, " %s", between[below(5)]);
        length += below(3) == 0 ? append_rare(name + length, size - (size_t)length)
                                : snprintf(name + length, size - (size_t)length, "%s", surnames[skewed(40)]);
    }
}

static void make_student(aluno_student *student, int64_t number)
{
    char name[200], text[64];
    make_name(name, sizeof name);
    *student = (aluno_student){.has = {.none = false}};
    ALUNO_SET_TEXT(*student, name, name);
    ALUNO_SET(*student, age, below(20) == 0 ? (int64_t)(18 + below(60)) : (int64_t)(5 + below(13)));
    if (number % 2 == 0) {
        student->has.age = false;
        student->has.birth_date = true;
        aluno__day_write(aluno__day_make(2025 - student->age, 1 + (int64_t)below(12), 1 + (int64_t)below(28)),
                         student->birth_date);
    }
    snprintf(text, sizeof text, "%011" PRId64, number * 7919 % INT64_C(100000000000));
    ALUNO_SET_TEXT(*student, br_document, text);
    snprintf(text, sizeof text, "aluno%" PRId64 "@escola.example", number);
    ALUNO_SET_TEXT(*student, email, below(50) == 0 ? "Secretaria@escola.example" : text);
}

/* ---- changes ---- */

struct filling {
    struct store_change change; /* first: the store returns it */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_done, removes;
    int64_t first, count;
    double us; /* in student_insert alone */
};

static bool fill(struct store_change *change, struct store_session *session)
{
    struct filling *filling = (struct filling *)(void *)change;
    static aluno_student student, out;
    for (int64_t i = filling->first; i < filling->first + filling->count; i++) {
        if (!filling->removes)
            make_student(&student, i);
        const double began = now_us();
        const aluno_code code = filling->removes ? student_remove(session, i, 2000, &out, NULL)
                                                 : student_insert(session, &student, 1000 + i, &out, NULL);
        filling->us += now_us() - began;
        if (code != ALUNO_OK)
            fail("a change failed");
    }
    return true;
}

static void fill_done(struct store_change *change, const aluno_error *commit_error)
{
    struct filling *filling = (struct filling *)(void *)change;
    if (commit_error != NULL)
        fail(commit_error->message);
    pthread_mutex_lock(&filling->lock);
    filling->is_done = true;
    pthread_cond_signal(&filling->changed);
    pthread_mutex_unlock(&filling->lock);
}

/* Inserts or removes so many students; returns the microseconds that one took. */
static double fill_store(struct store *store, int64_t count, bool removes)
{
    struct filling filling = {.removes = removes};
    pthread_mutex_init(&filling.lock, NULL);
    pthread_cond_init(&filling.changed, NULL);
    for (filling.first = 1; filling.first <= count; filling.first += filling.count) {
        filling.change = (struct store_change){.apply = fill, .done = fill_done};
        filling.count =
            count - filling.first < INSERTS_A_CHANGE ? count - filling.first + 1 : INSERTS_A_CHANGE;
        filling.is_done = false;
        if (store_submit(store, &filling.change, NULL) != ALUNO_OK)
            fail("the store is busy");
        pthread_mutex_lock(&filling.lock);
        while (!filling.is_done)
            pthread_cond_wait(&filling.changed, &filling.lock);
        pthread_mutex_unlock(&filling.lock);
    }
    return filling.us / (double)count;
}

/* ---- searches ---- */

struct kind {
    const char *title, *words, *email; /* "?": any */
    enum store_order order;
    bool descending, deep, document, document_part;
    int64_t age_min, age_max;
    enum store_scope scope;
};

static const struct kind kinds[] = {
    {.title = "all, by id", .deep = true},
    {.title = "all, by id, first page"},
    {.title = "all, by id desc", .descending = true, .deep = true},
    {.title = "all, by name", .order = STORE_BY_NAME, .deep = true},
    {.title = "all, by name desc", .order = STORE_BY_NAME, .descending = true, .deep = true},
    {.title = "all, by age", .order = STORE_BY_AGE, .deep = true},
    {.title = "all, by age desc", .order = STORE_BY_AGE, .descending = true, .deep = true},
    {.title = "all, by create_time", .order = STORE_BY_CREATE_TIME, .deep = true},
    {.title = "all with the removed, by id", .deep = true, .scope = STORE_WITH_REMOVED},
    {.title = "CPF", .document = true},
    {.title = "part of a CPF", .document_part = true},
    {.title = "part of a CPF, by name", .document_part = true, .order = STORE_BY_NAME},
    {.title = "*ilva", .words = "*ilva"},
    {.title = "*ilva, by name", .words = "*ilva", .order = STORE_BY_NAME},
    {.title = "*xyz, by name", .words = "*xyz", .order = STORE_BY_NAME},
    {.title = "*xyz zilda, by name", .words = "*xyz zilda", .order = STORE_BY_NAME},
    {.title = "e-mail", .email = "?"},
    {.title = "e-mail of 2 %, by name",
     .order = STORE_BY_NAME,
     .email = "secretaria@escola.example",
     .deep = true},
    {.title = "?", .words = "?"},
    {.title = "?, by name", .words = "?", .order = STORE_BY_NAME, .deep = true},
    {.title = "?, by name desc", .words = "?", .order = STORE_BY_NAME, .descending = true, .deep = true},
    {.title = "?, by age", .words = "?", .order = STORE_BY_AGE, .deep = true},
    {.title = "maria", .words = "maria"},
    {.title = "maria, by name", .words = "maria", .order = STORE_BY_NAME, .deep = true},
    {.title = "maria silva", .words = "maria silva", .deep = true},
    {.title = "maria silva, by name", .words = "maria silva", .order = STORE_BY_NAME, .deep = true},
    {.title = "vitoria, by name", .words = "vitoria", .order = STORE_BY_NAME},
    {.title = "vitoria, by name, deep", .words = "vitoria", .order = STORE_BY_NAME, .deep = true},
    {.title = "zilda, by name", .words = "zilda", .order = STORE_BY_NAME},
    {.title = "zilda, by name desc, deep",
     .words = "zilda",
     .order = STORE_BY_NAME,
     .descending = true,
     .deep = true},
    {.title = "zilda quintela, by name", .words = "zilda quintela", .order = STORE_BY_NAME},
    {.title = "d'av, by name", .words = "d'av", .order = STORE_BY_NAME},
    {.title = "jose zanetti xavier", .words = "jose zanetti xavier"},
    {.title = "nobody", .words = "nobody"},
    {.title = "eight words", .words = "m s d o a p l r", .order = STORE_BY_NAME, .deep = true},
    {.title = "maria, age>=18, by name",
     .words = "maria",
     .order = STORE_BY_NAME,
     .deep = true,
     .age_min = 18},
    {.title = "age 18 to 30, by name", .order = STORE_BY_NAME, .deep = true, .age_min = 18, .age_max = 30},
    {.title = "age>=6, by age", .order = STORE_BY_AGE, .deep = true, .age_min = 6},
    {.title = "s with the removed, by name",
     .words = "s",
     .order = STORE_BY_NAME,
     .deep = true,
     .scope = STORE_WITH_REMOVED},
};

struct sink {
    struct store_page page; /* first: the store returns it */
    size_t count;
};

static void count_student(struct store_page *page, aluno_student *student)
{
    (void)student;
    ((struct sink *)(void *)page)->count++;
}

static void make_search(const struct kind *kind, int64_t students, struct store_search *search)
{
    *search = (struct store_search)STORE_SEARCH_ALL;
    snprintf(search->words, sizeof search->words, "%s", kind->words != NULL ? kind->words : "");
    if (*search->words == '?') /* any letter */
        *search->words = (char)('a' + below(26));
    search->order = kind->order;
    search->day = today;
    search->descending = kind->descending;
    search->scope = kind->scope;
    search->age_min = kind->age_min;
    search->age_max = kind->age_max > 0 ? kind->age_max : INT64_MAX;
    const int64_t number = 1 + (int64_t)below((size_t)students);
    if (kind->document)
        snprintf(search->br_document, sizeof search->br_document, "%011" PRIu64,
                 (uint64_t)number * 7919 % UINT64_C(100000000000));
    if (kind->document_part)
        snprintf(search->br_document, sizeof search->br_document, "%06d", (int)below(1000000));
    snprintf(search->email, sizeof search->email, "%s", kind->email != NULL ? kind->email : "");
    if (*search->email == '?')
        snprintf(search->email, sizeof search->email, "ALUNO%" PRId64 "@escola.example", number);
}

static int compare(const void *a, const void *b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

struct figures {
    double p50, p99, max;
    int64_t total;
};

static struct figures measure(struct store *store, const struct kind *kind, int64_t students)
{
    double us[CALLS];
    struct figures figures = {.total = 0};
    struct store_session *session = store_session_acquire(store);
    for (int i = -5; i < CALLS; i++) {
        struct store_search search;
        struct store_position after = {.id = 0}, last;
        struct sink sink = {{count_student}, 0};
        aluno_error error;
        make_search(kind, students, &search);
        if (kind->deep)
            after.id = 1 + (int64_t)below((size_t)students), after.revision = 1;
        const double began = now_us();
        if (student_search(session, &search, &after, 100, &sink.page, &figures.total, &last, &error) !=
            ALUNO_OK)
            fail(error.message);
        if (i >= 0)
            us[i] = now_us() - began;
    }
    store_session_release(store, session);
    qsort(us, CALLS, sizeof *us, compare);
    figures.p50 = us[CALLS / 2];
    figures.p99 = us[CALLS * 99 / 100];
    figures.max = us[CALLS - 1];
    return figures;
}

/* ---- databases ---- */

static struct store *open_store(const char *path)
{
    struct store *store;
    aluno_error error;
    if (store_open(&store, path, 2, &error) != ALUNO_OK)
        fail(error.message);
    return store;
}

static struct store *make_store(const char *path, int64_t students)
{
    const bool exists = access(path, F_OK) == 0;
    struct store *store = open_store(path);
    if (exists)
        return store;
    printf("%" PRId64 " students: %.1f µs an insert", students, fill_store(store, students, false));
    printf(", %.1f µs a removal\n", fill_store(store, students / 5, true));
    store_close(store);
    return open_store(path);
}

static void print_size(struct store *store, const char *path, int64_t students)
{
    int64_t bytes = 0;
    struct stat facts;
    struct store_session *session = store_session_acquire(store);
    session_number(session, "SELECT sum(pgsize) FROM dbstat WHERE name GLOB 'search_*'", &bytes);
    store_session_release(store, session);
    if (stat(path, &facts) == 0)
        printf("%.0f bytes a student, %.0f of them the search index\n",
               (double)facts.st_size / (double)students, (double)bytes / (double)students);
}

/* How long the store takes to index what is missing. */
static struct store *reopen_without_index(struct store *store, const char *path)
{
    sqlite3 *db;
    store_close(store);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, file_layer()) != SQLITE_OK ||
        sqlite3_exec(db, "DELETE FROM search_index; DELETE FROM search_column", NULL, NULL, NULL) !=
            SQLITE_OK)
        fail(sqlite3_errmsg(db));
    sqlite3_close(db);
    const double began = now_us();
    store = open_store(path);
    printf("opened without its index in %.0f ms\n", (now_us() - began) / 1000);
    return store;
}

int main(int count, char **arguments)
{
    const int64_t students = count > 1 ? strtoll(arguments[1], NULL, 10) : 1000000;
    char made[] = "/tmp/aluno-search-XXXXXX", small_path[256], path[256], command[80];
    const char *folder = count > 2 ? arguments[2] : mkdtemp(made);
    if (students < 1 || folder == NULL)
        fail("usage: bench-search [STUDENTS [FOLDER [KIND]]]");
    snprintf(small_path, sizeof small_path, "%s/small.db", folder);
    snprintf(path, sizeof path, "%s/large.db", folder);
    struct store *small = make_store(small_path, SMALL), *store = make_store(path, students);
    print_size(store, path, students);
    store = reopen_without_index(store, path);

    printf("%-32s %9s | %8s %8s | %8s %8s %8s\n", "µs", "matches", "p50", "p99", "p50", "p99", "max");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (count > 3 && strstr(kinds[i].title, arguments[3]) == NULL)
            continue;
        const struct figures few = measure(small, &kinds[i], SMALL),
                             many = measure(store, &kinds[i], students);
        printf("%-32s %9" PRId64 " | %8.0f %8.0f | %8.0f %8.0f %8.0f\n", kinds[i].title, many.total, few.p50,
               few.p99, many.p50, many.p99, many.max);
    }
    store_close(small);
    store_close(store);
    snprintf(command, sizeof command, "rm -r %s", made);
    return folder != made || system(command) == 0 ? 0 : 1;
}
