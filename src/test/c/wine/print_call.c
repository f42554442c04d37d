/* Stands where java.exe would: prints its arguments, one in a line, JAVA_TOOL_OPTIONS and what it was; exit status 3. */
#include <windows.h>
#include <stdio.h>

static void print(const WCHAR *text) {
  char utf8[4096];
  WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, sizeof utf8, NULL, NULL);
  puts(utf8);
}

int wmain(int argc, WCHAR **argv) {
  for (int i = 1; i < argc; i++) print(argv[i]);
  const WCHAR *options = _wgetenv(L"JAVA_TOOL_OPTIONS");
  print(options ? options : L"JAVA_TOOL_OPTIONS unset");
  const WCHAR *before = _wgetenv(L"GIT_CREDENTIAL_PAT_WAS_JAVA_TOOL_OPTIONS");
  print(before ? before : L"no JAVA_TOOL_OPTIONS before");
  return 3;
}
