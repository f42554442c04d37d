/* Runs in Wine: carries out on Wine's advapi32 what comes on standard input. */
#include <windows.h>
#include <wincred.h>
#include <fcntl.h>
#include <io.h>

#undef DELETE
#include "wire.h"

static void answer(BOOL result) {
  DWORD error = GetLastError();
  put_number((uint32_t)result);
  put_number(error);
}

static void put_credential(const CREDENTIALW *c) {
  put_number(c->Flags);
  put_number(c->Type);
  put_text(c->TargetName);
  put_text(c->Comment);
  put_number(c->LastWritten.dwLowDateTime);
  put_number(c->LastWritten.dwHighDateTime);
  put_bytes(c->CredentialBlob, c->CredentialBlobSize);
  put_number(c->Persist);
  put_text(c->UserName);
}

static void do_write(void) {
  CREDENTIALW c = {0};
  uint32_t size;
  DWORD flags = get_number();
  c.Flags = get_number();
  c.Type = get_number();
  c.TargetName = get_bytes(NULL);
  c.Comment = get_bytes(NULL);
  c.CredentialBlob = get_bytes(&size);
  c.CredentialBlobSize = size;
  c.Persist = get_number();
  c.UserName = get_bytes(NULL);
  SetLastError(0);
  answer(CredWriteW(&c, flags));
  free(c.TargetName);
  free(c.Comment);
  free(c.CredentialBlob);
  free(c.UserName);
}

static void do_read(void) {
  WCHAR *target = get_bytes(NULL);
  DWORD type = get_number();
  DWORD flags = get_number();
  CREDENTIALW *c = NULL;
  SetLastError(0);
  BOOL result = CredReadW(target, type, flags, &c);
  answer(result);
  if (result) {
    put_credential(c);
    CredFree(c);
  }
  free(target);
}

static void do_delete(void) {
  WCHAR *target = get_bytes(NULL);
  DWORD type = get_number();
  DWORD flags = get_number();
  SetLastError(0);
  answer(CredDeleteW(target, type, flags));
  free(target);
}

static void do_enumerate(void) {
  WCHAR *filter = get_bytes(NULL);
  DWORD flags = get_number();
  DWORD count = 0;
  CREDENTIALW **all = NULL;
  SetLastError(0);
  BOOL result = CredEnumerateW(filter, flags, &count, &all);
  answer(result);
  if (result) {
    put_number(count);
    for (DWORD i = 0; i < count; i++) put_credential(all[i]);
    CredFree(all);
  }
  free(filter);
}

int main(void) {
  _setmode(0, _O_BINARY);
  _setmode(1, _O_BINARY);
  wire_in = stdin;
  wire_out = stdout;
  static char room[1 << 16];
  setvbuf(stdout, room, _IOFBF, sizeof room);
  for (int c; !wire_broken && (c = getchar()) != EOF; fflush(stdout)) {
    if (c == WRITE) do_write();
    else if (c == READ) do_read();
    else if (c == DELETE) do_delete();
    else if (c == ENUMERATE) do_enumerate();
    else return 1;
  }
  return 0;
}
