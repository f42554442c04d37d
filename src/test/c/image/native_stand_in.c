/*
 * Stands in for a native image, around the part of it that is written in C: starts Java with what that part found
 * out, or, for the word "report", says how it finds itself. JAVA, CLASS_PATH and MAIN_CLASS come from the compiler.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void git_credential_pat_started(void);
const char *git_credential_pat_started_as(void);
const char *git_credential_pat_own_file(void);

static void raise_open_files(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static int report(const char *file) {
  FILE *out = fopen(file, "w");
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    char name[32], leads_to[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, leads_to, sizeof leads_to);
    fprintf(out, "%.*s\n", length < 0 ? 0 : (int) length, leads_to);
  }
  struct rlimit core, files;
  getrlimit(RLIMIT_CORE, &core);
  getrlimit(RLIMIT_NOFILE, &files);
  fprintf(out, "core %lu %lu\n", (unsigned long) core.rlim_cur, (unsigned long) core.rlim_max);
  fprintf(out, "files %lu\n", (unsigned long) files.rlim_cur);
  fprintf(out, "locale %s, was %s\n", getenv("LC_ALL"), getenv("GIT_CREDENTIAL_PAT_WAS_LC_ALL"));
  int ends[2];
  if (pipe(ends) == 0) {
    close(ends[0]);
    int written = (int) write(ends[1], "x", 1);
    fprintf(out, "pipe %s\n", written < 0 && errno == EPIPE ? "EPIPE" : "?");
  }
  fprintf(out, "SIGPIPE %s\n", signal(SIGPIPE, SIG_DFL) == SIG_IGN ? "ignored" : "handled");
  fprintf(out, "%s\n%s\n", git_credential_pat_started_as(), git_credential_pat_own_file());
  return fclose(out);
}

int main(int count, char **words) {
  raise_open_files();
  git_credential_pat_started();
  if (count == 3 && strcmp(words[1], "report") == 0) {
    return report(words[2]);
  }
  char *java[count + 16];
  int used = 0;
  java[used++] = JAVA;
  java[used++] = "--enable-native-access=ALL-UNNAMED";
  java[used++] = "-XX:-MaxFDLimit";
  java[used++] = "-cp";
  java[used++] = CLASS_PATH;
  java[used++] = MAIN_CLASS;
  java[used++] = (char *) git_credential_pat_own_file();
  java[used++] = (char *) git_credential_pat_started_as();
  for (int i = 1; i <= count; i++) {
    java[used++] = words[i];
  }
  execv(java[0], java);
  return 9;
}
