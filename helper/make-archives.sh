#!/bin/sh
# Makes the archives of loaded classes of an image, which spare most of a start's time: at the image's final
# place, for Java may refuse one that was moved. Without them the program is only slower.
#
#   make-archives.sh
#
# It lies in the image, beside the lists of classes that build-image.sh made, and is run again by a package's
# script once that is installed.
# Single quotes: much in here is for the launcher.
# shellcheck disable=SC2016
set -eu
umask 022
image=$(cd "$(dirname "$0")" && pwd)
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# Makes the archive $1.jsa from the list of classes $2, with the option $3: by the launcher with other words
# where it names the archive, so that the rest of its command line is always the one that will run.
dump() {
  # G1 writes the heap's part of an archive under every Java, and the serial collector reads it.
  export CLASS_LIST="$image/$2.classes" ARCHIVE="$image/$1.jsa.part"
  options="-Xshare:dump -XX:-UseSerialGC -XX:+UseG1GC $3 \"-XX:SharedClassListFile=\$CLASS_LIST\""
  dumper=$(sed "s|\"\$archive\"|$options \"-XX:SharedArchiveFile=\$ARCHIVE\"|" "$image/bin/git-credential-pat")
  if ! log=$(sh -c "$dumper" "$image/bin/git-credential-pat" 2>&1) || [ ! -s "$ARCHIVE" ]; then
    rm -f "$ARCHIVE"
    printf '%s\nmake-archives.sh: %s.jsa could not be made\n' "$log" "$1" >&2
    exit 1
  fi
  chmod 644 "$ARCHIVE"
  # Java checks an archive's head only, so half of one must never be seen.
  mv "$ARCHIVE" "$image/$1.jsa"
}

# From Java 24 on an archive can keep classes linked, as in an AOT cache: all of them are loaded at once
# then, which is quickest for a run that needs most, and a waste for a store that needs few.
linked=''
if "$image/runtime/bin/java" -XX:+AOTClassLinking -version >/dev/null 2>&1; then
  linked=-XX:+AOTClassLinking
  dump store operations -XX:-AOTClassLinking
fi
dump commands commands "$linked"
# The last: where it is, the image is ready.
dump app operations "$linked"
