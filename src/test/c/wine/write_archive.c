/* Stands where java.exe would: writes the archive that its options name. */
#include <stdio.h>
#include <wchar.h>

int wmain(int argc, wchar_t **argv) {
  static const wchar_t option[] = L"-XX:ArchiveClassesAtExit=";
  const size_t length = sizeof option / sizeof *option - 1;
  for (int i = 1; i < argc; i++) {
    if (wcsncmp(argv[i], option, length) == 0) {
      FILE *archive = _wfopen(argv[i] + length, L"w");
      if (archive == NULL) return 1;
      for (int j = 1; j < argc; j++) fwprintf(archive, L"%ls\n", argv[j]);
      fclose(archive);
    }
  }
  return 0;
}
