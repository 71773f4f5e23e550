/* The boundaries between a program and its system, counted and made deadly; loaded with LD_PRELOAD by the kill sweep.

   watch(folder, point, power, report) begins to count: files and folders below `folder`, and sockets. Each call is a
   point before it and one after it, a write of a file also one with half of its octets written. At point number
   `point` (from 1; 0: never) the process writes "call when path" to the descriptor `report` and kills itself with
   SIGKILL. With `power` it first takes back what no fsync has made durable: octets of files, and names in folders.
   Threads take turns: a call on a file, with what is noted of it, is one step, and at a death nobody takes another.
   Limits: what is taken back is all or nothing; a real disk may keep any part of it. Removed files and memory-mapped
   pages are not taken back. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { OCTETS, RENAMED, MADE, MADE_FOLDER };

struct undo { /* of: inode whose fsync makes it durable, the file's or its folder's */
    struct undo *earlier;
    enum kind kind;
    ino_t of;
    int fd;
    off_t offset, size;
    ssize_t length;
    char *octets, *path, *old;
};

static char root[PATH_MAX];
static size_t root_length;
static long deadly, reached;
static int losing, told = -1;
static struct undo *unsynced;
static __thread int dying; /* what follows is no longer the program's doing */

/* ---- turns ---- */

static pthread_mutex_t turn = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void take_turn(void) { pthread_mutex_lock(&turn); }
static void end_turn(void) { pthread_mutex_unlock(&turn); }
static void leave(int *_) { end_turn(); }
static void begin_anew(void) { turn = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP; }

#define IN_TURN __attribute__((cleanup(leave), unused)) int mine = pthread_mutex_lock(&turn)

__attribute__((constructor)) static void fork_between_turns(void) { pthread_atfork(take_turn, end_turn, begin_anew); }

void watch(const char *folder, long point, int power, int report) {
    root_length = strlen(folder);
    memcpy(root, folder, root_length + 1);
    deadly = point, losing = power, told = report, reached = 0;
}

long counted(void) { return reached; }

/* ---- what would be lost ---- */

static struct undo *note(enum kind kind, ino_t of) {
    struct undo *one = calloc(1, sizeof *one);
    if (!one) abort();
    one->kind = kind, one->of = of, one->earlier = unsynced;
    return unsynced = one;
}

static ino_t folder_of(const char *path) {
    char folder[PATH_MAX];
    struct stat found;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    return stat(folder, &found) ? 0 : found.st_ino;
}

static void note_name(enum kind kind, const char *path, const char *old) {
    if (!losing) return;
    struct undo *one = note(kind, folder_of(path));
    one->path = strdup(path), one->old = old ? strdup(old) : NULL;
}

static void note_octets(int fd, off_t offset, off_t length) {
    struct stat found;
    char self[64];
    if (!losing || fstat(fd, &found)) return;
    struct undo *one = note(OCTETS, found.st_ino);
    one->fd = dup(fd), one->offset = offset, one->size = found.st_size;
    one->octets = malloc(length ? length : 1);
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    int reading = syscall(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC);
    one->length = reading < 0 ? -1 : pread(reading, one->octets, length, offset);
    if (one->fd < 0 || one->length < 0) abort();
    syscall(SYS_close, reading);
}

static void forget(int fd) {
    struct stat found;
    if (!losing || fstat(fd, &found)) return;
    for (struct undo **one = &unsynced; *one;) {
        int octets = (*one)->kind == OCTETS;
        if ((*one)->of == found.st_ino && octets == !S_ISDIR(found.st_mode)) *one = (*one)->earlier;
        else one = &(*one)->earlier;
    }
}

static void lose(void) {
    for (struct undo *one = unsynced; one; one = one->earlier) {
        if (one->kind == MADE) unlink(one->path);
        if (one->kind == MADE_FOLDER) rmdir(one->path);
        if (one->kind == RENAMED) rename(one->path, one->old);
        if (one->kind != OCTETS) continue;
        if (pwrite(one->fd, one->octets, one->length, one->offset) != one->length) abort();
        if (ftruncate(one->fd, one->size)) abort();
    }
}

/* ---- points ---- */

static int here(void) {
    IN_TURN;
    return root_length && !dying && ++reached == deadly;
}

static void die(const char *call, const char *when, const char *where) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s %s\n", call, when, where);
    take_turn(); /* and never end it */
    dying = 1;
    if (losing) lose();
    if (write(told, line, length) != length) abort();
    kill(getpid(), SIGKILL);
}

static void point(const char *call, const char *when, const char *where) {
    int kept = errno;
    if (here()) die(call, when, where);
    errno = kept;
}

static const char *below(const char *path) { /* NULL, or the rest of the path */
    if (!root_length || dying || strncmp(path, root, root_length)) return NULL;
    return path[root_length] == '/' ? path + root_length + 1 : path[root_length] ? NULL : ".";
}

static const char *file(int fd) {
    static __thread char path[PATH_MAX];
    char self[64];
    if (!root_length || dying) return NULL;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(self, path, sizeof path - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return below(path);
}

static int is_socket(int fd) {
    struct stat found;
    return root_length && !fstat(fd, &found) && S_ISSOCK(found.st_mode);
}

static int is_there(const char *path) {
    struct stat found;
    return !lstat(path, &found);
}

/* ---- the calls ---- */

#define REAL(name)                                  \
    static __typeof__(&name) real;                  \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define ON_SOCKET(result, name, parameters, arguments)      \
    result name parameters {                                \
        REAL(name);                                         \
        int watched = is_socket(fd);                        \
        if (watched) point("socket", "before", #name);      \
        result answer = real arguments;                     \
        if (watched) point("socket", "after", #name);       \
        return answer;                                      \
    }

ON_SOCKET(int, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
ON_SOCKET(ssize_t, send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))
ON_SOCKET(ssize_t, sendmsg, (int fd, const struct msghdr *data, int flags), (fd, data, flags))
ON_SOCKET(ssize_t, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
ON_SOCKET(ssize_t, recvmsg, (int fd, struct msghdr *data, int flags), (fd, data, flags))
ON_SOCKET(ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))

#define WRITING(whole, half, at)                                    \
    const char *where = file(fd);                                   \
    if (!where) return whole;                                       \
    IN_TURN;                                                        \
    point("write", "before", where);                                \
    note_octets(fd, at, size);                                      \
    if (size > 1 && here()) {                                       \
        ssize_t written = half;                                     \
        die("write", written < 0 ? "refused" : "half", where);      \
    }                                                               \
    ssize_t answer = whole;                                         \
    point("write", "after", where);                                 \
    return answer

static off_t position(int fd) {
    return lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (is_socket(fd)) {
        point("socket", "before", "write");
        ssize_t answer = real(fd, data, size);
        point("socket", "after", "write");
        return answer;
    }
    WRITING(real(fd, data, size), real(fd, data, size / 2), position(fd));
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    REAL(pwrite);
    WRITING(real(fd, data, size, offset), real(fd, data, size / 2, offset), offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(pwrite64);
    WRITING(real(fd, data, size, offset), real(fd, data, size / 2, offset), offset);
}

#define ON_FILE(call, name, parameters, arguments, noted, done)     \
    int name parameters {                                           \
        REAL(name);                                                 \
        const char *where = file(fd);                               \
        if (!where) return real arguments;                          \
        IN_TURN;                                                    \
        point(call, "before", where);                               \
        noted;                                                      \
        int answer = real arguments;                                \
        if (!answer) done;                                          \
        point(call, "after", where);                                \
        return answer;                                              \
    }

#define NOTHING (void)0

static void note_tail(int fd, off_t size) {
    struct stat found;
    if (!fstat(fd, &found)) note_octets(fd, size, found.st_size > size ? found.st_size - size : 0);
}

ON_FILE("fsync", fsync, (int fd), (fd), NOTHING, forget(fd))
ON_FILE("fsync", fdatasync, (int fd), (fd), NOTHING, forget(fd))
ON_FILE("truncate", ftruncate, (int fd, off_t size), (fd, size), note_tail(fd, size), NOTHING)
ON_FILE("truncate", ftruncate64, (int fd, off64_t size), (fd, size), note_tail(fd, size), NOTHING)
ON_FILE("chmod", fchmod, (int fd, mode_t mode), (fd, mode), NOTHING, NOTHING)

#define ON_NAME(call, name, parameters, arguments, path, applies, done)     \
    int name parameters {                                                   \
        REAL(name);                                                         \
        const char *where = below(path);                                    \
        IN_TURN;                                                            \
        if (!where || !(applies)) return real arguments;                    \
        point(call, "before", where);                                       \
        int answer = real arguments;                                        \
        if (answer != -1) done;                                             \
        point(call, "after", where);                                        \
        return answer;                                                      \
    }

ON_NAME("rename", rename, (const char *old, const char *new), (old, new), new, 1, note_name(RENAMED, new, old))
ON_NAME("rename", renameat, (int from, const char *old, int to, const char *new), (from, old, to, new), new, 1,
        note_name(RENAMED, new, old))
ON_NAME("rename", renameat2, (int from, const char *old, int to, const char *new, unsigned flags),
        (from, old, to, new, flags), new, 1, note_name(RENAMED, new, old))
ON_NAME("link", link, (const char *old, const char *new), (old, new), new, 1, note_name(MADE, new, NULL))
ON_NAME("unlink", unlink, (const char *path), (path), path, is_there(path), NOTHING)
ON_NAME("unlink", unlinkat, (int at, const char *path, int flags), (at, path, flags), path, is_there(path), NOTHING)
ON_NAME("mkdir", mkdir, (const char *path, mode_t mode), (path, mode), path, !is_there(path),
        note_name(MADE_FOLDER, path, NULL))

#define MODE                                    \
    va_list rest;                               \
    va_start(rest, flags);                      \
    mode_t mode = va_arg(rest, mode_t);         \
    va_end(rest)

#define OPENING(arguments)                                                              \
    MODE;                                                                               \
    const char *where = flags & O_CREAT && !is_there(path) ? below(path) : NULL;        \
    if (!where) return real arguments;                                                  \
    IN_TURN;                                                                            \
    point("create", "before", where);                                                   \
    int answer = real arguments;                                                        \
    if (answer != -1) note_name(MADE, path, NULL);                                      \
    point("create", "after", where);                                                    \
    return answer

int open(const char *path, int flags, ...) { REAL(open); OPENING((path, flags, mode)); }
int open64(const char *path, int flags, ...) { REAL(open64); OPENING((path, flags, mode)); }
int openat(int at, const char *path, int flags, ...) { REAL(openat); OPENING((at, path, flags, mode)); }
int openat64(int at, const char *path, int flags, ...) { REAL(openat64); OPENING((at, path, flags, mode)); }
