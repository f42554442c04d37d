/* Windows' wincred.h as far as the tests need it, for any 64-bit C compiler: no wchar_t, whose width
 * differs between platforms. On Windows the real header is taken. */
#ifndef TEST_WINCRED_H
#define TEST_WINCRED_H

#include <stddef.h>
#include <stdint.h>

typedef uint16_t WCHAR;
typedef uint32_t DWORD;
typedef int32_t BOOL;

typedef struct {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
} FILETIME;

typedef struct {
  WCHAR *Keyword;
  DWORD Flags;
  DWORD ValueSize;
  uint8_t *Value;
} CREDENTIAL_ATTRIBUTEW;

typedef struct {
  DWORD Flags;
  DWORD Type;
  WCHAR *TargetName;
  WCHAR *Comment;
  FILETIME LastWritten;
  DWORD CredentialBlobSize;
  uint8_t *CredentialBlob;
  DWORD Persist;
  DWORD AttributeCount;
  CREDENTIAL_ATTRIBUTEW *Attributes;
  WCHAR *TargetAlias;
  WCHAR *UserName;
} CREDENTIALW;

#define AT(member, offset) \
  _Static_assert(offsetof(CREDENTIALW, member) == offset, #member " lies elsewhere in CREDENTIALW")
AT(Flags, 0);
AT(Type, 4);
AT(TargetName, 8);
AT(Comment, 16);
AT(LastWritten, 24);
AT(CredentialBlobSize, 32);
AT(CredentialBlob, 40);
AT(Persist, 48);
AT(AttributeCount, 52);
AT(Attributes, 56);
AT(TargetAlias, 64);
AT(UserName, 72);
#undef AT
_Static_assert(sizeof(CREDENTIALW) == 80, "CREDENTIALW has 80 bytes");
_Static_assert(offsetof(CREDENTIAL_ATTRIBUTEW, ValueSize) == 12, "ValueSize lies elsewhere in CREDENTIAL_ATTRIBUTEW");
_Static_assert(offsetof(CREDENTIAL_ATTRIBUTEW, Value) == 16, "Value lies elsewhere in CREDENTIAL_ATTRIBUTEW");
_Static_assert(sizeof(CREDENTIAL_ATTRIBUTEW) == 24, "CREDENTIAL_ATTRIBUTEW has 24 bytes");

#define CRED_TYPE_GENERIC 1
#define CRED_TYPE_DOMAIN_EXTENDED 6
#define CRED_PERSIST_SESSION 1
#define CRED_PERSIST_ENTERPRISE 3
#define CRED_MAX_CREDENTIAL_BLOB_SIZE (5 * 512)
#define CRED_MAX_GENERIC_TARGET_NAME_LENGTH 32767
#define CRED_MAX_STRING_LENGTH 256
#define CRED_MAX_USERNAME_LENGTH 513
#define CRED_MAX_ATTRIBUTES 64
#define CRED_MAX_VALUE_SIZE 256

#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_INVALID_PARAMETER 87
#define ERROR_INVALID_FLAGS 1004
#define ERROR_NOT_FOUND 1168
#define RPC_X_BAD_STUB_DATA 1783
#define ERROR_BAD_USERNAME 2202

/* What a DLL of ours would export. */
BOOL CredWriteW(const CREDENTIALW *credential, DWORD flags);
BOOL CredReadW(const WCHAR *target, DWORD type, DWORD flags, CREDENTIALW **credential);
BOOL CredDeleteW(const WCHAR *target, DWORD type, DWORD flags);
BOOL CredEnumerateW(const WCHAR *filter, DWORD flags, DWORD *count, CREDENTIALW ***credentials);
void CredFree(void *buffer);

#endif
