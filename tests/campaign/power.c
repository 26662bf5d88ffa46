/* Losses of power: campaign-power CUTS SEED. A store makes changes, several at once, and its log is
 * checkpointed now and then. Then the power is cut at random moments: for each, an image of the disk is made
 * (disk_image.h), and a store is opened on it. It must be whole, have each change that was acknowledged
 * before the cut, and take another one. */
#include "disk_image.h"

#include "store_bed.h"

#include <stdio.h>

enum { STUDENTS = 4000, AT_ONCE_MOST = 8, CHANGES_MOST = 64, FIRST_CPF = 1000000 };

/* The n-th value of a student's age is n. A change's position is the number of events when it was
 * acknowledged. */
static struct {
    int64_t id;
    int changes;
    size_t acknowledged[CHANGES_MOST];
} students[STUDENTS];
static int student_count;
static size_t acknowledgements;

static unsigned seed;

static unsigned any(unsigned below)
{
    return (unsigned)rand_r(&seed) % below;
}

/* Of a cut: how likely it is that something that was not synced is on the disk, of 4. */
static unsigned likelihood;

static bool chance(void)
{
    return any(4) < likelihood;
}

/* ---- the changes ---- */

struct change {
    job job; /* first: the store gives it back */
    int student;
    size_t acknowledged;
};

static void note(struct store_change *change, const aluno_error *commit_error)
{
    struct change *at = (struct change *)(void *)change;
    at->acknowledged = disk_log_count();
    job_done(change, commit_error);
}

/* A new student, or the next value of one that no other change of this round has. */
static void choose(struct change *at, bool used[STUDENTS])
{
    const int student = student_count > 0 && any(2) == 0 ? (int)any((unsigned)student_count) : student_count;
    at->student = used[student] || students[student].changes == CHANGES_MOST ? student_count : student;
    if (at->student == student_count)
        student_count++;
    used[at->student] = true;
}

static void submit(store_bed *bed, struct change *at)
{
    const int number = students[at->student].changes;
    at->job.student = bed_student("Ana Maria de Souza Albuquerque", number, FIRST_CPF + at->student);
    at->job.id = students[at->student].id;
    job_prepare(&at->job, number == 0 ? job_insert : job_update);
    at->job.change.done = note;
    assert_int_equal(store_submit(bed->store, &at->job.change, NULL), ALUNO_OK);
}

static void make_changes(store_bed *bed)
{
    static struct change changes[AT_ONCE_MOST];
    bool used[STUDENTS] = {false};
    const unsigned count = 1 + any(AT_ONCE_MOST);
    for (unsigned i = 0; i < count; i++) {
        choose(&changes[i], used);
        submit(bed, &changes[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        const int student = changes[i].student;
        assert_int_equal(job_wait(&changes[i].job), ALUNO_OK);
        students[student].id = changes[i].job.out.id;
        students[student].acknowledged[students[student].changes++] = changes[i].acknowledged;
        acknowledgements++;
    }
}

static void record(store_bed *bed, unsigned rounds)
{
    bed_open(bed);
    for (unsigned i = 0; i < rounds && student_count + AT_ONCE_MOST < STUDENTS; i++) {
        make_changes(bed);
        if (any(16) != 0)
            continue;
        store_tick(bed->store); /* the second one without a change between moves the log */
        store_tick(bed->store);
    }
    disk_log.is_off = true;
    bed_close(bed);
}

/* ---- the cuts ---- */

static int last_acknowledged(int student, size_t cut)
{
    int number = students[student].changes - 1;
    while (number >= 0 && students[student].acknowledged[number] > cut)
        number--;
    return number;
}

/* At a cut no more changes can be there than one that was not acknowledged yet. */
static void check_student(store_bed *bed, int student, size_t cut)
{
    aluno_student found;
    aluno_error error;
    const int wanted = last_acknowledged(student, cut);
    const aluno_code code = bed_get(bed, students[student].id, &found, &error);
    if (wanted < 0 && code == ALUNO_NOT_FOUND)
        return;
    if (code != ALUNO_OK)
        fail_msg("cut at %zu: student %d: %s", cut, student, error.message);
    if (found.age < wanted || found.age > wanted + 1)
        fail_msg("cut at %zu: student %d has change %d; %d was acknowledged", cut, student, (int)found.age,
                 wanted);
}

static void check_image(store_bed *bed, size_t cut)
{
    aluno_error error;
    if (store_open(&bed->store, bed->path, 2, &error) != ALUNO_OK)
        fail_msg("cut at %zu: %s %s", cut, error.message, error.detail);
    for (int i = 0; i < student_count; i++)
        if (students[i].changes > 0)
            check_student(bed, i, cut);
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(bed_number(bed, "SELECT live - (SELECT count(*) FROM student) FROM student_total"), 0);
    bed_insert(bed, "Zoe", 5);
    bed_close(bed);
}

static int compare(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static void cut(store_bed *bed, unsigned count)
{
    struct disk_play play = {.next = 0};
    size_t *moments = calloc(count, sizeof *moments);
    for (unsigned i = 0; i < count; i++)
        moments[i] = any((unsigned)disk_log.count + 1);
    qsort(moments, count, sizeof *moments, compare);
    for (unsigned i = 0; i < count; i++) {
        disk_play_to(&play, moments[i]);
        likelihood = any(5);
        disk_image_write(&play, bed->path, chance);
        check_image(bed, moments[i]);
    }
    free(moments);
}

int main(int argc, char *argv[])
{
    void *recorded, *image;
    if (argc != 3) {
        fprintf(stderr, "usage: campaign-power CUTS SEED\n");
        return 2;
    }
    const unsigned count = (unsigned)strtoul(argv[1], NULL, 10);
    seed = (unsigned)strtoul(argv[2], NULL, 10);
    disk_log_install();
    bed_make_folder(&recorded);
    bed_make_folder(&image);
    record(recorded, 600);
    cut(image, count);
    printf("power: %u cuts, seed %s: %zu acknowledged changes of %d students, %zu writes and syncs; each "
           "image whole; "
           "sh tests/campaign.sh power %u %s\n",
           count, argv[2], acknowledgements, student_count, disk_log.count, count, argv[2]);
    return EXIT_SUCCESS;
}
