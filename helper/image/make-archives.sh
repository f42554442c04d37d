#!/bin/sh
# Makes the archives of loaded classes of an image, which spare most of a start's time: at the image's final
# place, for Java may refuse one that was moved. Without them the program is only slower.
#
#   make-archives.sh
#
# It lies in the image, beside the lists of classes that build-image.sh made. A package's script runs it where it
# was installed, and a person where they unpacked an image or moved one to.
# Single quotes: much in here is for the launcher.
# shellcheck disable=SC2016
set -eu
umask 022
image=$(cd "$(dirname "$0")" && pwd)
launcher=$image/bin/git-credential-pat
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# Tells the launcher where it is, which it would have to find out at each start otherwise.
# As one word of sh, then as the right side of sed's s command.
here=$(printf '%s' "$image" | sed "s/'/'\\\\''/g; s/.*/'&'/" | sed 's/[\\&|]/\\&/g')
sed "s|^home=.*|home=$here|" "$launcher" >"$launcher.part"
if cmp -s "$launcher" "$launcher.part"; then
  rm -f "$launcher.part"
else
  chmod 755 "$launcher.part"
  mv "$launcher.part" "$launcher"
fi

# Makes the archive $1.jsa from the list of classes $2, with the option $3: by the launcher with other words
# where it names the archive, so that the rest of its command line is always the one that will run.
dump() {
  # G1 writes the heap's part of an archive under every Java, and the serial collector reads it.
  export CLASS_LIST="$image/$2.classes" ARCHIVE="$image/$1.jsa.part"
  # All classes at once want more room than a run.
  options="-Xshare:dump -XX:CompressedClassSpaceSize=256m -XX:-UseSerialGC -XX:+UseG1GC $3 \"-XX:SharedClassListFile=\$CLASS_LIST\""
  dumper=$(sed "s|\"\$archive\"|$options \"-XX:SharedArchiveFile=\$ARCHIVE\"|" "$launcher")
  if ! log=$(sh -c "$dumper" "$launcher" 2>&1) || [ ! -s "$ARCHIVE" ]; then
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
