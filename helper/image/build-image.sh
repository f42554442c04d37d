#!/bin/sh
# Makes a runnable image of git-credential-pat: a Java runtime of its own, the jars, JNA's native part,
# the launcher and the archives of loaded classes.
#
#   build-image.sh --java-home JDK --jars DIR --to DIR
#
# JDK     the JDK (17 or newer) whose runtime is taken
# --jars  a folder with git-credential-pat.jar and the jars it needs
# --to    the image; an older one is replaced. It should stay where it is made: a moved one runs, but Java
#         may refuse its archive then, which costs 80 ms
#
# What the image holds: bin/git-credential-pat, jvm.options, security.properties, runtime/, lib/,
# pip/, nuget/, make-archives.sh with its lists of classes, and what it made of them: app.jsa, commands.jsa and, from Java 24
# on, store.jsa.
# Single quotes: much in here is for the shell that will run the launcher.
# shellcheck disable=SC2016
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"
use_utf8_locale
case $(uname -s) in
  Darwin) stores='file keychain keychain,file' ;;
  *) stores='file secretservice secretservice,file' ;;
esac
modules=$(grep -v '^#' "$here/modules" | paste -s -d , -)

java_home='' jars='' to=''
read_options 'java-home jars to' '' "$@"
image=$to
[ -x "$java_home/bin/jlink" ] || fail "$java_home has no jlink; a full JDK is needed"
[ -f "$jars/git-credential-pat.jar" ] || fail "$jars holds no git-credential-pat.jar"
if [ -e "$image" ]; then
  if [ ! -x "$image/bin/git-credential-pat" ] || [ ! -d "$image/runtime" ]; then
    fail "$image is there and is not an image"
  fi
  rm -rf "$image"
fi

jars=$(cd "$jars" && pwd)
mkdir -p "$image"
image=$(cd "$image" && pwd)
case $image in
  *:* | *'
'*) fail "a class path cannot hold $image; choose a folder without colons" ;;
esac
make_work_folder
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# A line of the JDK's release file, such as OS_ARCH="x86_64".
release() {
  sed -n "s/^$1=\"\(.*\)\".*/\1/p" "$java_home/release"
}

# Not --strip-debug: it wants objcopy, which the JDKs of Debian do without, and takes no byte more away.
build_runtime() {
  "$java_home/bin/jlink" --add-modules "$modules" --output "$image/runtime" \
    --strip-java-debug-attributes --no-header-files --no-man-pages --generate-cds-archive >"$work/jlink.log" 2>&1 \
    || { cat "$work/jlink.log" >&2; fail "jlink of $java_home failed"; }
  # Archives for object layouts that a heap of 64 MB never has.
  rm -f "$image"/runtime/lib/server/classes_*.jsa
}

copy_jars() {
  mkdir "$image/lib"
  cp "$jars"/*.jar "$image/lib/"
  # The class path is spelled out, what git's operations need first: Java would read lib/* in any order, and
  # refuse its archive.
  class_path='$home/lib/git-credential-pat.jar'
  for jar in "$image"/lib/jna-[0-9]*.jar "$image"/lib/*.jar; do
    jar=${jar##*/}
    case $class_path: in
      *"/$jar:"*) ;;
      *) class_path="$class_path:\$home/lib/$jar" ;;
    esac
  done
}

# Unpacks libjnidispatch for the platform of the JDK, under JNA's name for it.
unpack_native() {
  case $(release OS_ARCH) in
    x86_64 | amd64) arch=x86-64 ;;
    *) arch=$(release OS_ARCH) ;;
  esac
  case $(release OS_NAME) in
    Darwin) platform=darwin-$arch library=libjnidispatch.jnilib ;;
    *) platform=linux-$arch library=libjnidispatch.so ;;
  esac
  set -- "$jars"/jna-[0-9]*.jar
  (cd "$work" && "$java_home/bin/jar" --extract --file "$1" "com/sun/jna/$platform/$library")
  [ -f "$work/com/sun/jna/$platform/$library" ] || fail "JNA has no native part for $platform"
  cp "$work/com/sun/jna/$platform/$library" "$image/lib/"
}

copy_launcher() {
  cp "$helper/launcher/jvm.options" "$helper/launcher/security.properties" "$here/make-archives.sh" "$image/"
  # The heap in huge pages: 500 page faults less, 6 % of a start. Other systems do not know the option.
  [ "$(uname -s)" != Linux ] || echo -XX:+UseTransparentHugePages >>"$image/jvm.options"
  # What pip and NuGet look for on the PATH, each in a folder of its own.
  cp -R "$helper/frontends/pip" "$helper/frontends/nuget" "$image/"
  mkdir "$image/bin"
  quoted=$(quote_for_sed "$(quote_for_sh "$image")")
  sed "s|@HOME@|$quoted|; s|@CLASSPATH@|$class_path|; s|@LOCALE@|$locale|" "$helper/launcher/git-credential-pat" \
    >"$image/bin/git-credential-pat"
  chmod 755 "$image/bin/git-credential-pat"
  # What a checkout or a repository of Maven's keeps to its owner is installed for everybody.
  chmod -R a+rX "$image"
}

# Runs the image in an empty home, on a bus that is not there and with no way to the network, and notes the
# classes it loads in a file of its own. Its exit status says nothing: a store that is not there is part of it.
train() {
  runs=$((runs + 1))
  CLASS_LIST=$work/$kind.$runs
  env -u GIT_CREDENTIAL_PAT_STORE -u GIT_CREDENTIAL_PAT_TRACE -u GIT_CREDENTIAL_PAT_TOKEN -u http_proxy \
    HOME="$work/home" XDG_DATA_HOME="$work/home/data" XDG_STATE_HOME="$work/home/state" \
    XDG_RUNTIME_DIR="$work/home" DBUS_SESSION_BUS_ADDRESS="unix:path=$work/no-bus" \
    HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
    GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 DISPLAY='' WAYLAND_DISPLAY='' \
    "$work/trainer" "$@" >>"$work/train.log" 2>&1 || true
  [ -s "$CLASS_LIST" ] || { cat "$work/train.log" >&2; fail "the new image does not run: $*"; }
}

# What git asks, with more lines behind it.
train_operation() {
  more=$1
  shift
  printf '%s\n' protocol=https host=dev.azure.com path=git-credential-pat/training 'capability[]=authtype' \
    'capability[]=state' 'wwwauth[]=Bearer' 'wwwauth[]=Basic realm="training"' "$more" >"$work/request"
  train "$@" <"$work/request"
}

train_operations() {
  kept='username=training
password=not-a-token'
  for store in $stores; do
    train_operation '' --store "$store" capability
    train_operation '' --store "$store" get
    train_operation "$kept" --store "$store" store
    train_operation '' --store "$store" get
    train_operation '' --store "$store" erase
  done
}

# What a person types; one token is kept while they run.
train_commands() {
  train_operation "$kept" --store file store
  while read -r words; do
    # shellcheck disable=SC2086
    train $words </dev/null
  done <"$here/training-commands"
}

# Prints the classes of all runs of a kind together. (An AOT cache would come from one run only.) Then our
# own, but for those that match $2: without a keychain the runs do not come to those that read its answers.
# Nothing in it depends on which thread was faster, so that a package can be built again to the same bytes: the
# order is classes, lambdas, and the constants that each class looked up, but for those of Java itself, whose
# threads have something else to do each time (that costs a command some 3 %, a get nothing).
classes_of() {
  {
    # What Java 25 writes behind a name only holds within one list.
    sed 's/ id: .*//' "$work/$1".*
    "$java_home/bin/jar" --list --file "$image/lib/git-credential-pat.jar" \
      | sed -n "/$2/d; s/\.class\$//p" | grep -v package-info
  } | awk '/^#/ || /^@cp (java|jdk|sun|com\/sun\/crypto)\// { next }
      /^@cp / { for (i = 3; i <= NF; i++) print 3, $2, $i; next }
      /^@/ { print 2, $0; next }
      { print 1, $0 }' \
    | sort -u -k 1,1n -k 2,2 -k 3,3n -k 4 \
    | awk '$1 != 3 { print substr($0, 3); next }
      $2 != class { if (line) print line; class = $2; line = "@cp " class }
      { line = line " " $3 }
      END { if (line) print line }'
}

list_classes() {
  mkdir -m 700 "$work/home"
  sed 's|"$archive"|"-XX:DumpLoadedClassList=$CLASS_LIST"|' "$image/bin/git-credential-pat" >"$work/trainer"
  chmod 755 "$work/trainer"
  export CLASS_LIST
  runs=0
  kind=operations
  train_operations
  # Java loads all that stands in this archive at each start: nothing that asks a service over the network.
  online='azure\|cli\|command\|entra\|git\|http\|keyvault\|notice\|online\|openbao\|schedule'
  online="$online\|store\/azkeyvault\|store\/entra\|store\/openbao"
  classes_of operations "gitcredentialpat\/\($online\)\/" >"$image/operations.classes"
  kind=commands
  train_commands
  classes_of commands '^$' >"$image/commands.classes"
}

build_runtime
copy_jars
unpack_native
copy_launcher
list_classes
"$image/make-archives.sh"
