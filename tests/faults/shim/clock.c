/* Moves the wall clock of a role: preloaded into the roles of a fault run.
 *
 * FAULT_CLOCK names a file with the seconds to add, looked at ten times a second. Only CLOCK_REALTIME, its coarse
 * twin, gettimeofday and time are moved; monotonic clocks never are, as no administrator could move them either.
 * Each process that meets a new offset adds a line `pid offset` to `<file>.seen`.
 * Processes that are no role (no PRESSRUN_ROLE_NUMBER), such as the broker, are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 100000000LL

static const char *file;
static _Atomic long long looked_at;
static _Atomic long offset;

__attribute__((constructor)) static void begin(void) {
    file = getenv("PRESSRUN_ROLE_NUMBER") ? getenv("FAULT_CLOCK") : NULL;
}

/* The system call, because clock_gettime is the function below. */
static long long steady(void) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void tell(long found) {
    char path[PATH_MAX], line[64];
    snprintf(path, sizeof path, "%s.seen", file);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    int length = snprintf(line, sizeof line, "%d %ld\n", getpid(), found);
    ssize_t written = write(fd, line, (size_t)length);
    (void)written;
    close(fd);
}

static long seconds_to_add(void) {
    if (!file) return 0;
    long long now = steady();
    if (now - looked_at < LOOK_NS) return offset;
    looked_at = now;
    int before = errno;
    char text[32] = "";
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t length = read(fd, text, sizeof text - 1);
        text[length > 0 ? length : 0] = 0;
        close(fd);
        long found = atol(text);
        if (found != offset) tell(found);
        offset = found;
    }
    errno = before;
    return offset;
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int answer = (int)syscall(SYS_clock_gettime, which, now);
    if (answer == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += seconds_to_add();
    return answer;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *into) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}
