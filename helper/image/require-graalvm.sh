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
command -v cc >/dev/null || fail 'there is no C compiler (cc), which native-image needs; apt-get install gcc zlib1g-dev'
