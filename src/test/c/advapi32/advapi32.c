/* A Credential Manager for tests, in memory: the layout, limits, error codes and rules of Windows', the
 * last error in errno (which JNA reads where it reads GetLastError on Windows), failures on demand, and
 * a count of what was done wrong. For one thread. */
#define _POSIX_C_SOURCE 200809L

#include "wincred.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Kept {
  struct Kept *next;
  CREDENTIALW credential;
} Kept;

/* A block that was handed out; Windows makes one block of all credentials of an answer. */
typedef struct Block {
  struct Block *next;
  size_t size;
  DWORD count;
  CREDENTIALW *first;
} Block;

static Kept *all;
static Block *blocks;
static int faults;
static int calls;
static int fail_from, fail_to, fail_code;
static char fail_function[32];
static int capacity = -1;

/* --- what tests may ask and tell --- */

/* Blocks that nobody gave back. */
int test_leaks(void) {
  int count = 0;
  for (Block *b = blocks; b; b = b->next) count++;
  return count;
}

/* Calls that Windows would punish by a crash or worse, and secrets that were given back in clear. */
int test_faults(void) {
  return faults;
}

/* How many credentials there are. */
int test_count(void) {
  int count = 0;
  for (Kept *k = all; k; k = k->next) count++;
  return count;
}

/* From now on the calls number from to to, counted from 1, of this function (all: "") fail with code. */
void test_fail(const char *function, int from, int to, int code) {
  strncpy(fail_function, function, sizeof fail_function - 1);
  calls = 0;
  fail_from = from;
  fail_to = to;
  fail_code = code;
}

/* How many calls of the function that test_fail named there were since. */
int test_calls(void) {
  return calls;
}

/* How many credentials it takes; -1: any number. */
void test_capacity(int count) {
  capacity = count;
}

/* Makes all that is kept older. */
void test_age(int seconds) {
  for (Kept *k = all; k; k = k->next) {
    FILETIME *t = &k->credential.LastWritten;
    uint64_t time = (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
    time -= (uint64_t)seconds * 10000000;
    t->dwLowDateTime = (DWORD)time;
    t->dwHighDateTime = (DWORD)(time >> 32);
  }
}

static void release(Kept *k) {
  free(k->credential.TargetName);
  free(k->credential.Comment);
  free(k->credential.CredentialBlob);
  free(k->credential.UserName);
  for (DWORD i = 0; i < k->credential.AttributeCount; i++) {
    free(k->credential.Attributes[i].Keyword);
    free(k->credential.Attributes[i].Value);
  }
  free(k->credential.Attributes);
  free(k);
}

void test_reset(void) {
  while (all) {
    Kept *next = all->next;
    release(all);
    all = next;
  }
  faults = 0;
  test_fail("", 0, 0, 0);
  capacity = -1;
}

/* --- inside --- */

static BOOL answer(int code) {
  /* After a success the last error means nothing, and is often that of another call. */
  errno = code ? code : 1312;
  return code == 0;
}

static int told_to_fail(const char *function) {
  if (fail_from == 0 || (fail_function[0] && strcmp(fail_function, function))) return 0;
  calls++;
  return calls >= fail_from && calls <= fail_to ? fail_code : 0;
}

static size_t length(const WCHAR *text) {
  size_t n = 0;
  while (text[n]) n++;
  return n;
}

static void *copy(const void *from, size_t size) {
  void *to = malloc(size ? size : 1);
  if (size) memcpy(to, from, size);
  return to;
}

static WCHAR *copy_text(const WCHAR *text) {
  return text ? copy(text, 2 * (length(text) + 1)) : NULL;
}

static CREDENTIAL_ATTRIBUTEW *copy_attributes(const CREDENTIALW *c) {
  CREDENTIAL_ATTRIBUTEW *attributes = copy(c->Attributes, c->AttributeCount * sizeof *attributes);
  for (DWORD i = 0; i < c->AttributeCount; i++) {
    attributes[i].Keyword = copy_text(attributes[i].Keyword);
    attributes[i].Value = copy(attributes[i].Value, attributes[i].ValueSize);
  }
  return attributes;
}

static WCHAR folded(WCHAR c) {
  return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde) ? c + 32 : c;
}

static int same(const WCHAR *a, const WCHAR *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (folded(a[i]) != folded(b[i])) return 0;
    if (!a[i]) break;
  }
  return 1;
}

static Kept **place(const WCHAR *target, DWORD type) {
  Kept **at = &all;
  while (*at && !((*at)->credential.Type == type && same((*at)->credential.TargetName, target, SIZE_MAX))) {
    at = &(*at)->next;
  }
  return at;
}

static int bad_target(const WCHAR *target) {
  return !target || !target[0] || length(target) > CRED_MAX_GENERIC_TARGET_NAME_LENGTH;
}

static void *append(uint8_t **end, const void *from, size_t size) {
  void *to = *end;
  if (size) memcpy(to, from, size);
  *end += (size + 7) & ~(size_t)7;
  return to;
}

static WCHAR *append_text(uint8_t **end, const WCHAR *text) {
  return text ? append(end, text, 2 * (length(text) + 1)) : NULL;
}

static int bad_attributes(const CREDENTIALW *c) {
  if (c->AttributeCount > CRED_MAX_ATTRIBUTES || (c->AttributeCount && !c->Attributes)) return 1;
  for (DWORD i = 0; i < c->AttributeCount; i++) {
    const CREDENTIAL_ATTRIBUTEW *a = &c->Attributes[i];
    if (!a->Keyword || length(a->Keyword) > CRED_MAX_STRING_LENGTH || a->Flags != 0
        || a->ValueSize > CRED_MAX_VALUE_SIZE) {
      return 1;
    }
  }
  return 0;
}

/* One block: count pointers if with_array, the structures, then what these point to. */
static void *hand_out(Kept **kept, DWORD count, int with_array) {
  size_t size = (with_array ? count * sizeof(void *) : 0) + count * sizeof(CREDENTIALW);
  for (DWORD i = 0; i < count; i++) {
    const CREDENTIALW *c = &kept[i]->credential;
    size += 2 * length(c->TargetName) + c->CredentialBlobSize + 64;
    if (c->Comment) size += 2 * length(c->Comment);
    if (c->UserName) size += 2 * length(c->UserName);
    for (DWORD j = 0; j < c->AttributeCount; j++) {
      size += sizeof *c->Attributes + 2 * length(c->Attributes[j].Keyword) + c->Attributes[j].ValueSize + 24;
    }
  }
  Block *block = malloc(sizeof(Block) + size);
  block->next = blocks;
  blocks = block;
  block->size = size;
  block->count = count;
  CREDENTIALW **array = (CREDENTIALW **)(block + 1);
  CREDENTIALW *structures = with_array ? (CREDENTIALW *)(array + count) : (CREDENTIALW *)array;
  block->first = structures;
  uint8_t *end = (uint8_t *)(structures + count);
  for (DWORD i = 0; i < count; i++) {
    CREDENTIALW *c = &structures[i];
    *c = kept[i]->credential;
    c->TargetName = append_text(&end, c->TargetName);
    c->Comment = append_text(&end, c->Comment);
    c->UserName = append_text(&end, c->UserName);
    c->CredentialBlob = c->CredentialBlobSize ? append(&end, c->CredentialBlob, c->CredentialBlobSize) : NULL;
    c->Attributes = append(&end, c->Attributes, c->AttributeCount * sizeof *c->Attributes);
    for (DWORD j = 0; j < c->AttributeCount; j++) {
      CREDENTIAL_ATTRIBUTEW *a = &c->Attributes[j];
      a->Keyword = append_text(&end, a->Keyword);
      a->Value = append(&end, a->Value, a->ValueSize);
    }
    if (!c->AttributeCount) c->Attributes = NULL;
    if (with_array) array[i] = c;
  }
  return block + 1;
}

/* --- what advapi32 exports --- */

BOOL CredWriteW(const CREDENTIALW *c, DWORD flags) {
  int code = told_to_fail("CredWriteW");
  if (code) return answer(code);
  if (flags != 0 || c->Flags != 0) return answer(ERROR_INVALID_FLAGS);
  if (c->Type < CRED_TYPE_GENERIC || c->Type > CRED_TYPE_DOMAIN_EXTENDED || bad_target(c->TargetName)
      || c->TargetName[length(c->TargetName) - 1] == '*' || c->Persist < CRED_PERSIST_SESSION
      || c->Persist > CRED_PERSIST_ENTERPRISE || bad_attributes(c) || c->TargetAlias
      || (c->Comment && length(c->Comment) > CRED_MAX_STRING_LENGTH)) {
    return answer(ERROR_INVALID_PARAMETER);
  }
  if (c->UserName && length(c->UserName) > CRED_MAX_USERNAME_LENGTH) return answer(ERROR_BAD_USERNAME);
  if (c->CredentialBlobSize > CRED_MAX_CREDENTIAL_BLOB_SIZE) return answer(RPC_X_BAD_STUB_DATA);
  Kept **at = place(c->TargetName, c->Type);
  if (!*at && capacity >= 0 && test_count() >= capacity) return answer(ERROR_NOT_ENOUGH_MEMORY);
  Kept *kept = calloc(1, sizeof *kept);
  kept->next = *at ? (*at)->next : NULL;
  kept->credential = *c;
  kept->credential.TargetName = copy_text(c->TargetName);
  kept->credential.Comment = copy_text(c->Comment);
  kept->credential.UserName = copy_text(c->UserName);
  kept->credential.CredentialBlob = copy(c->CredentialBlob, c->CredentialBlobSize);
  kept->credential.Attributes = copy_attributes(c);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t time = ((uint64_t)now.tv_sec + 11644473600ULL) * 10000000 + (uint64_t)now.tv_nsec / 100;
  kept->credential.LastWritten.dwLowDateTime = (DWORD)time;
  kept->credential.LastWritten.dwHighDateTime = (DWORD)(time >> 32);
  if (*at) release(*at);
  *at = kept;
  return answer(0);
}

BOOL CredReadW(const WCHAR *target, DWORD type, DWORD flags, CREDENTIALW **credential) {
  int code = told_to_fail("CredReadW");
  if (code) return answer(code);
  if (flags != 0) return answer(ERROR_INVALID_FLAGS);
  if (bad_target(target) || type < CRED_TYPE_GENERIC || type > CRED_TYPE_DOMAIN_EXTENDED) {
    return answer(ERROR_INVALID_PARAMETER);
  }
  Kept **at = place(target, type);
  if (!*at) return answer(ERROR_NOT_FOUND);
  *credential = hand_out(at, 1, 0);
  return answer(0);
}

BOOL CredDeleteW(const WCHAR *target, DWORD type, DWORD flags) {
  int code = told_to_fail("CredDeleteW");
  if (code) return answer(code);
  if (flags != 0) return answer(ERROR_INVALID_FLAGS);
  if (bad_target(target)) return answer(ERROR_INVALID_PARAMETER);
  Kept **at = place(target, type);
  if (!*at) return answer(ERROR_NOT_FOUND);
  Kept *gone = *at;
  *at = gone->next;
  release(gone);
  return answer(0);
}

BOOL CredEnumerateW(const WCHAR *filter, DWORD flags, DWORD *count, CREDENTIALW ***credentials) {
  int code = told_to_fail("CredEnumerateW");
  if (code) return answer(code);
  if (flags != 0) return answer(ERROR_INVALID_FLAGS);
  size_t prefix = 0;
  if (filter) {
    prefix = length(filter);
    /* A beginning and a star is all that is documented. */
    if (prefix == 0 || filter[prefix - 1] != '*') return answer(ERROR_INVALID_PARAMETER);
    prefix--;
  }
  Kept **found = malloc(((size_t)test_count() + 1) * sizeof *found);
  DWORD n = 0;
  for (Kept *k = all; k; k = k->next) {
    if (length(k->credential.TargetName) >= prefix && (!prefix || same(k->credential.TargetName, filter, prefix))) {
      found[n++] = k;
    }
  }
  if (n) {
    *credentials = hand_out(found, n, 1);
    *count = n;
  }
  free(found);
  return answer(n ? 0 : ERROR_NOT_FOUND);
}

void CredFree(void *buffer) {
  if (!buffer) return;
  for (Block **at = &blocks; *at; at = &(*at)->next) {
    Block *block = *at;
    if ((void *)(block + 1) != buffer) continue;
    *at = block->next;
    for (DWORD i = 0; i < block->count; i++) {
      const CREDENTIALW *c = &block->first[i];
      for (DWORD j = 0; j < c->CredentialBlobSize; j++) {
        if (c->CredentialBlob[j]) {
          faults++;
          break;
        }
      }
    }
    /* Whoever reads on gets nonsense. */
    memset(block, 0xdd, sizeof *block + block->size);
    free(block);
    return;
  }
  /* Freed twice, or never handed out. */
  faults++;
}
