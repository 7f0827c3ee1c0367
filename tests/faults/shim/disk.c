/* Makes the disk of a role fail while a flag file exists: preloaded into the roles of a fault run.
 *
 * FAULT_FLAGS names the folder of the flags. While `<flags>/eio` exists, fsync and fdatasync of files under the folder
 * it names answer EIO; while `<flags>/enospc` exists, whatever writes to files under the folder it names answers ENOSPC.
 * Each refusal leaves one byte in `<flags>/eio.count` or `<flags>/enospc.count`.
 * Processes that are no role (no PRESSRUN_ROLE_NUMBER), such as the broker, are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *flags;

__attribute__((constructor)) static void begin(void) {
    flags = getenv("PRESSRUN_ROLE_NUMBER") ? getenv("FAULT_FLAGS") : NULL;
}

/* By system calls, not by the functions below: they would call themselves. */
static ssize_t read_small(const char *path, char *into, size_t size) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return -1;
    ssize_t length = syscall(SYS_read, fd, into, size - 1);
    syscall(SYS_close, fd);
    if (length >= 0) into[length] = 0;
    return length;
}

static void count(const char *flag) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.count", flags, flag);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, "x", 1);
    syscall(SYS_close, fd);
}

static int is_hit(const char *flag, int fd) {
    char path[PATH_MAX], folder[PATH_MAX], place[64], target[PATH_MAX];
    if (!flags) return 0;
    int before = errno;
    snprintf(path, sizeof path, "%s/%s", flags, flag);
    ssize_t length = read_small(path, folder, sizeof folder);
    if (length <= 0) {
        errno = before;
        return 0;
    }
    snprintf(place, sizeof place, "/proc/self/fd/%d", fd);
    ssize_t found = readlink(place, target, sizeof target - 1);
    errno = before;
    if (found <= 0) return 0;
    target[found] = 0;
    if (strncmp(target, folder, (size_t)length) != 0) return 0;
    count(flag);
    return 1;
}

#define REAL(name, ...) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))(__VA_ARGS__)
#define REFUSE(flag, code, fd) \
    if (is_hit(flag, fd)) {    \
        errno = code;          \
        return -1;             \
    }

int fsync(int fd) {
    REFUSE("eio", EIO, fd)
    return REAL(fsync, fd);
}

int fdatasync(int fd) {
    REFUSE("eio", EIO, fd)
    return REAL(fdatasync, fd);
}

ssize_t write(int fd, const void *data, size_t length) {
    REFUSE("enospc", ENOSPC, fd)
    return syscall(SYS_write, fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    REFUSE("enospc", ENOSPC, fd)
    return REAL(pwrite, fd, data, length, at);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    REFUSE("enospc", ENOSPC, fd)
    return REAL(pwrite64, fd, data, length, at);
}

ssize_t writev(int fd, const struct iovec *buffers, int many) {
    REFUSE("enospc", ENOSPC, fd)
    return REAL(writev, fd, buffers, many);
}

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *at, size_t length, unsigned int options) {
    REFUSE("enospc", ENOSPC, to)
    return REAL(copy_file_range, from, start, to, at, length, options);
}
