// A disk that has a fault: FAULT_CALL fails with FAULT_ERRNO, or kills the process where that is 0, for the paths that
// the pattern FAULT_PATH matches. "reopen" is an open that comes after a rename. Preloaded into a
// process that a test starts.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int changed;

static int is_faulty(const char *call, const char *path) {
  const char *faulty = getenv("FAULT_CALL");
  const char *pattern = getenv("FAULT_PATH");
  if (!faulty || !pattern || strcmp(faulty, call) != 0 || fnmatch(pattern, path, FNM_EXTMATCH) != 0) {
    return 0;
  }
  int number = atoi(getenv("FAULT_ERRNO"));
  if (number == 0) {
    kill(getpid(), SIGKILL);
  }
  errno = number;
  return 1;
}

static int is_faulty_fd(const char *call, int fd) {
  char link[64];
  char path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) {
    return 0;
  }
  path[length] = 0;
  return is_faulty(call, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list more; \
    va_start(more, flags); \
    int mode = va_arg(more, int); \
    va_end(more); \
    return is_faulty("open", path) || (changed && is_faulty("reopen", path)) ? -1 : REAL(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define FSYNC(name) \
  int name(int fd) { \
    return is_faulty_fd("fsync", fd) ? -1 : REAL(name)(fd); \
  }
FSYNC(fsync)
FSYNC(fdatasync)

#define READDIR(name, entry) \
  struct entry *name(DIR *folder) { \
    return is_faulty_fd("readdir", dirfd(folder)) ? NULL : REAL(name)(folder); \
  }
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)

ssize_t read(int fd, void *bytes, size_t length) {
  return is_faulty_fd("read", fd) ? -1 : REAL(read)(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  return is_faulty_fd("write", fd) ? -1 : REAL(write)(fd, bytes, length);
}

int rename(const char *from, const char *to) {
  changed = 1;
  return is_faulty("rename", to) ? -1 : REAL(rename)(from, to);
}

int chmod(const char *path, mode_t mode) {
  return is_faulty("chmod", path) ? -1 : REAL(chmod)(path, mode);
}

int link(const char *from, const char *to) {
  return is_faulty("link", to) ? -1 : REAL(link)(from, to);
}

int unlink(const char *path) {
  return is_faulty("unlink", path) ? -1 : REAL(unlink)(path);
}
