/*
 * What the launcher of a Java runtime does in sh, a native image does itself: there is no launcher. This part is
 * linked into the image and runs before anything of GraalVM's, which opens files and raises the limit of open
 * files; NativeMain does the rest, and calls the functions that are not static.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#define LOCALE "en_US.UTF-8"
#else
#include <sys/auxv.h>
#define LOCALE "C.UTF-8"
#endif

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

static struct rlimit open_files;
static int open_files_known;

static void do_nothing(int signal) {
  (void) signal;
}

/* A handler, for what is ignored would be ignored by every program that is started, too. */
static void let_pass(int signal_number) {
  if (signal(signal_number, do_nothing) == SIG_IGN) {
    signal(signal_number, SIG_IGN);
  }
}

/* A standard descriptor that is closed would become the first file that the program opens. */
static void open_standard_descriptors(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) < 0) {
      /* The lowest one that is free, which is this one. */
      (void) !open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY);
    }
  }
}

__attribute__((constructor)) static void start(void) {
  static const struct rlimit none = {0, 0};
  const char *locale = getenv("LC_ALL");
  open_standard_descriptors();
  /* No core file with a token in it. */
  setrlimit(RLIMIT_CORE, &none);
  open_files_known = getrlimit(RLIMIT_NOFILE, &open_files) == 0;
  /* Who writes to a closed pipe, or more than a file may hold, is told so by the call. */
  let_pass(SIGPIPE);
  let_pass(SIGXFSZ);
  /* What exec gives back. GraalVM's start reads the locale, and would open 13 files for any but this one. */
  setenv("GIT_CREDENTIAL_PAT_WAS_LC_ALL", locale == NULL ? "" : locale, 1);
  setenv("LC_ALL", "C", 1);
#ifdef __GLIBC__
  /* Its threads do next to nothing with C's memory: one arena is enough for all. */
  mallopt(M_ARENA_MAX, 1);
#endif
}

/*
 * The second part, from main. The limit of open files, which GraalVM raised on the way, is handed on to every program
 * that is started, and these answer in the locale that they have under the Java runtime.
 */
void git_credential_pat_started(void) {
  if (open_files_known) {
    setrlimit(RLIMIT_NOFILE, &open_files);
  }
  setenv("LC_ALL", LOCALE, 1);
}

/* The name that the program was started by, as execve(2) was told it: a link stays a link. */
const char *git_credential_pat_started_as(void) {
#ifdef __APPLE__
  static char path[PATH_MAX];
  uint32_t size = sizeof path;
  return _NSGetExecutablePath(path, &size) == 0 ? path : "";
#else
  const char *path = (const char *) getauxval(AT_EXECFN);
  return path == NULL ? "" : path;
#endif
}

/* The program's own file, behind all links. */
const char *git_credential_pat_own_file(void) {
  static char path[PATH_MAX];
#ifndef __APPLE__
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    path[length] = '\0';
    return path;
  }
#endif
  return realpath(git_credential_pat_started_as(), path) == NULL ? "" : path;
}
