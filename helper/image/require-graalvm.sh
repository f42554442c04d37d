#!/bin/sh
# Says in one sentence what is missing for a native image, before anything is compiled for it.
#
#   require-graalvm.sh JAVA_HOME
#
# JAVA_HOME  the JDK that is taken where GRAALVM_HOME names none
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"
home=${GRAALVM_HOME:-$1}
advice='set GRAALVM_HOME to a GraalVM of JDK 25 or newer (https://www.graalvm.org/downloads)'
[ -x "$home/bin/native-image" ] || fail "$home has no native-image; $advice"
# Its first line is "native-image 25.0.1 2025-10-21".
version=$("$home/bin/native-image" --version | sed -n 's/^native-image \([0-9]*\).*/\1/p' | head -n 1)
[ "${version:-0}" -ge 25 ] || fail "the native-image in $home is of JDK ${version:-17 or older}; $advice"
# It takes gcc on Linux, whatever cc is, and links zlib, at its end, after minutes.
compilers=cc packages='apt-get install gcc zlib1g-dev'
[ "$(uname -s)" != Linux ] || compilers='cc gcc'
make_work_folder
echo 'int main(void) { return 0; }' >"$work/empty.c"
for compiler in $compilers; do
  command -v "$compiler" >/dev/null || fail "there is no C compiler ($compiler), which native-image needs; $packages"
  "$compiler" -o "$work/empty" "$work/empty.c" -lz >/dev/null 2>&1 \
    || fail "$compiler cannot link zlib (-lz), which native-image needs; $packages"
done
