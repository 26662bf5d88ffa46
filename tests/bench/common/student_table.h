/* Students in SQLite, as gRPC's server and the limit store them: durable, with prepared statements. One
 * thread at a time uses a table. The first failure of SQLite is printed and ends the process. */
#ifndef BENCH_STUDENT_TABLE_H
#define BENCH_STUDENT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct student_table student_table;

/* One student. The texts of a row that was read live until `each` returns. */
typedef struct student_row {
    int64_t id;
    const char *name, *br_document, *email;
    int age;
} student_row;

/* Opens a table, and fills it with the students 1 to `students` when it is empty. */
student_table *table_open(const char *path, int64_t students);
void table_close(student_table *t);

typedef void student_each(void *user, const student_row *row);

/* Calls `each` for the student of that id, and returns whether there is one. */
bool table_get(student_table *t, int64_t id, student_each *each, void *user);

/* Calls `each` for up to `limit` students in the order of their ids, from after `after` on. Returns how many.
 */
int table_page(student_table *t, int64_t after, int limit, student_each *each, void *user);

/* Stores a student and returns its id. Commits, unless a transaction is open. */
int64_t table_insert(student_table *t, const student_row *row);

void table_begin(student_table *t);
void table_commit(student_table *t);

#ifdef __cplusplus
}
#endif

#endif
