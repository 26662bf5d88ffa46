/* Preloaded into alunod: what its machine does to it. The file that FAULTS names has two numbers, which may
 * change at any time: by how many seconds the calendar clock is wrong; and what the disk does: 0 works, 1 is
 * full, 2 fails to write, 3 fails to sync. The file is made before the program starts and stays as long. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 32 };
enum disk { DISK_WORKS, DISK_IS_FULL, DISK_FAILS_TO_WRITE, DISK_FAILS_TO_SYNC };

static const char *faults; /* the file's text; NULL: none */

static __attribute__((constructor)) void map_faults(void)
{
    const char *path = getenv("FAULTS");
    const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const void *at = fd >= 0 ? mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (at != MAP_FAILED)
        faults = at;
}

static void read_faults(long *shift, enum disk *disk)
{
    char text[SIZE] = "", *end;
    if (faults != NULL)
        memcpy(text, faults, SIZE - 1);
    *shift = strtol(text, &end, 10);
    *disk = (enum disk)strtol(end, NULL, 10);
}

static enum disk disk_now(void)
{
    long shift;
    enum disk disk;
    read_faults(&shift, &disk);
    return disk;
}

/* ---- the clock ---- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const int failure = (int)syscall(SYS_clock_gettime, clock, now);
    if (failure != 0 || clock != CLOCK_REALTIME)
        return failure;
    long shift;
    enum disk disk;
    read_faults(&shift, &disk);
    now->tv_sec += shift;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

typedef int timed_wait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static timed_wait *real_timed_wait(void)
{
    timed_wait *real;
    void *symbol = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (symbol == NULL) /* another architecture has one version alone */
        symbol = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    memcpy(&real, &symbol, sizeof real);
    return real;
}

static bool is_before(struct timespec a, struct timespec b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

/* nng waits by the calendar clock. The kernel does not know that it is wrong, so the wait is in slices, after
 * each of which the clock may have stepped. The monotonic clock is nowhere near such a time. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
    const time_t calendar = 1000000000;
    const long slice_ns = 20000000;
    struct timespec now, end;
    for (;;) {
        if (until->tv_sec < calendar)
            return real_timed_wait()(condition, mutex, until);
        clock_gettime(CLOCK_REALTIME, &now);
        if (!is_before(now, *until))
            return ETIMEDOUT;
        syscall(SYS_clock_gettime, CLOCK_REALTIME, &end);
        end.tv_nsec += slice_ns;
        end.tv_sec += end.tv_nsec / 1000000000;
        end.tv_nsec %= 1000000000;
        const int result = real_timed_wait()(condition, mutex, &end);
        if (result != ETIMEDOUT)
            return result;
    }
}

/* ---- the disk ---- */

/* Bytes that the file already has can be overwritten on a full disk. */
static bool has_room(int fd, off64_t end)
{
    struct stat facts;
    return fstat(fd, &facts) != 0 || end <= facts.st_size;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    switch (disk_now()) {
    case DISK_IS_FULL:
        if (has_room(fd, at + (off64_t)size))
            break;
        errno = ENOSPC;
        return -1;
    case DISK_FAILS_TO_WRITE:
        errno = EIO;
        return -1;
    case DISK_WORKS:
    case DISK_FAILS_TO_SYNC:
    default:
        break;
    }
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    return pwrite64(fd, bytes, size, at);
}

static int sync_by(long call, int fd)
{
    if (disk_now() != DISK_FAILS_TO_SYNC)
        return (int)syscall(call, fd);
    errno = EIO;
    return -1;
}

int fdatasync(int fd)
{
    return sync_by(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    return sync_by(SYS_fsync, fd);
}
