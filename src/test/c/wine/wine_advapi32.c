/* advapi32's credential functions for a Linux process, each call carried out by wine_bridge.exe on
 * Wine's own advapi32. */
#define _GNU_SOURCE

#include "../advapi32/wincred.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERROR_GEN_FAILURE 31

extern char **environ;

static pid_t bridge;

/* Starts a program, its arguments up to a NULL, and talks to it from now on; 0 or an errno. */
int wine_start(char **command) {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) return errno;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  int error = posix_spawnp(&bridge, command[0], &actions, NULL, command, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  wire_out = fdopen(to[1], "w");
  wire_in = fdopen(from[0], "r");
  wire_broken = error != 0;
  return error;
}

/* Ends it; its wait status. */
int wine_stop(void) {
  int status = -1;
  fclose(wire_out);
  waitpid(bridge, &status, 0);
  fclose(wire_in);
  return status;
}

/* A block with all that was handed out in one answer, and pointers into pieces of its own. */
typedef struct Block {
  struct Block *next;
  DWORD count;
  CREDENTIALW *credentials;
} Block;

static Block *blocks;

int test_leaks(void) {
  int count = 0;
  for (Block *b = blocks; b; b = b->next) count++;
  return count;
}

static BOOL result(void) {
  fflush(wire_out);
  BOOL result = (BOOL)get_number();
  DWORD error = get_number();
  errno = wire_broken ? ERROR_GEN_FAILURE : (int)error;
  return wire_broken ? 0 : result;
}

static void get_credential(CREDENTIALW *c) {
  memset(c, 0, sizeof *c);
  c->Flags = get_number();
  c->Type = get_number();
  c->TargetName = get_bytes(NULL);
  c->Comment = get_bytes(NULL);
  c->LastWritten.dwLowDateTime = get_number();
  c->LastWritten.dwHighDateTime = get_number();
  c->CredentialBlob = get_bytes(&c->CredentialBlobSize);
  c->Persist = get_number();
  c->UserName = get_bytes(NULL);
}

static void *hand_out(DWORD count, int with_array) {
  Block *block = malloc(sizeof *block + count * (sizeof(void *) + sizeof(CREDENTIALW)));
  CREDENTIALW **array = (CREDENTIALW **)(block + 1);
  block->next = blocks;
  block->count = count;
  block->credentials = (CREDENTIALW *)(with_array ? array + count : array);
  blocks = block;
  for (DWORD i = 0; i < count; i++) {
    get_credential(&block->credentials[i]);
    if (with_array) array[i] = &block->credentials[i];
  }
  return block + 1;
}

BOOL CredWriteW(const CREDENTIALW *c, DWORD flags) {
  fputc(WRITE, wire_out);
  put_number(flags);
  put_number(c->Flags);
  put_number(c->Type);
  put_text(c->TargetName);
  put_text(c->Comment);
  put_bytes(c->CredentialBlob, c->CredentialBlobSize);
  put_number(c->Persist);
  put_text(c->UserName);
  return result();
}

BOOL CredReadW(const WCHAR *target, DWORD type, DWORD flags, CREDENTIALW **credential) {
  fputc(READ, wire_out);
  put_text(target);
  put_number(type);
  put_number(flags);
  BOOL found = result();
  if (found) *credential = hand_out(1, 0);
  return found;
}

BOOL CredDeleteW(const WCHAR *target, DWORD type, DWORD flags) {
  fputc(DELETE, wire_out);
  put_text(target);
  put_number(type);
  put_number(flags);
  return result();
}

BOOL CredEnumerateW(const WCHAR *filter, DWORD flags, DWORD *count, CREDENTIALW ***credentials) {
  fputc(ENUMERATE, wire_out);
  put_text(filter);
  put_number(flags);
  BOOL found = result();
  if (found) {
    *count = get_number();
    *credentials = hand_out(*count, 1);
  }
  return found;
}

void CredFree(void *buffer) {
  for (Block **at = &blocks; *at; at = &(*at)->next) {
    Block *block = *at;
    if ((void *)(block + 1) != buffer) continue;
    *at = block->next;
    for (DWORD i = 0; i < block->count; i++) {
      CREDENTIALW *c = &block->credentials[i];
      free(c->TargetName);
      free(c->Comment);
      free(c->CredentialBlob);
      free(c->UserName);
    }
    free(block);
    return;
  }
}
