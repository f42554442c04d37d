# What the scripts beside this one share: where things lie.
# shellcheck shell=sh disable=SC2034,SC2154

# A locale in which names of files may hold any letter; macOS has it under this name only.
case $(uname -s) in
  Darwin) UTF8_LOCALE=en_US.UTF-8 ;;
  *) UTF8_LOCALE=C.UTF-8 ;;
esac

say() {
  printf '%s\n' "$1"
}

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Sets HOME where a bare environment has none.
find_home() {
  if [ -z "${HOME:-}" ]; then
    HOME=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6) || HOME=
    [ -n "$HOME" ] || fail 'HOME is not set; set it to your home folder and repeat'
    export HOME
  fi
}

# Prints every JDK that may do, newest first: a number made of its version, and its folder.
find_jdks() {
  {
    [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
    javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac" 2>/dev/null) && printf '%s\n' "${javac%/bin/javac}"
    for found in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/openjdk-* /opt/* /opt/java/* \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
      "$HOME"/.asdf/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
      /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
      printf '%s\n' "$found"
    done
  } | while IFS= read -r jdk; do
    if [ ! -x "$jdk/bin/javac" ] || [ ! -x "$jdk/bin/jlink" ] || [ ! -r "$jdk/release" ]; then
      continue
    fi
    jdk=$(cd "$jdk" && pwd -P)
    version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$jdk/release" \
      | awk -F. '$1 >= 17 { printf "%04d%04d%04d", $1, $2, $3 }')
    [ -z "$version" ] || printf '%s %s\n' "$version" "$jdk"
  done | awk '!seen[$0]++' | sort -s -r -k 1,1
}

# Sets $graalvm to the folder of a GraalVM that can build a native image, or to nothing and $no_graalvm to why.
find_graalvm() {
  graalvm='' no_graalvm='there is no GraalVM; set GRAALVM_HOME to one for JDK 25'
  candidate=${GRAALVM_HOME:-}
  if [ -z "$candidate" ]; then
    candidate=$(command -v native-image 2>/dev/null) || return 0
    candidate=$(readlink -f "$candidate" 2>/dev/null || printf '%s' "$candidate")
    candidate=${candidate%/bin/native-image}
    # What GraalVM has in bin is a link.
    candidate=${candidate%/lib/svm}
  fi
  if [ ! -x "$candidate/bin/native-image" ] || [ ! -x "$candidate/bin/javac" ] || [ ! -r "$candidate/release" ]; then
    no_graalvm="$candidate is no GraalVM: it has no bin/native-image and bin/javac"
    return 0
  fi
  graalvm_java=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")
  # Older ones do not read the form of metadata that we and our libraries have.
  if [ "${graalvm_java:-0}" -lt 25 ]; then
    no_graalvm="the GraalVM in $candidate is for JDK ${graalvm_java:-?}; set GRAALVM_HOME to one for JDK 25"
    return 0
  fi
  graalvm=$(cd "$candidate" && pwd -P)
}

# Sets where an installation below $prefix lies:
# $command  the file that git calls, a link into the newest build
# $library  a folder with one image per build
# $helper   $command as git's configuration has it: for sh, and as a path, so quoted by backslashes
locate() {
  # shellcheck disable=SC2088
  case $prefix in
    /*) ;;
    '~/'*) prefix=$HOME/${prefix#'~/'} ;;
    *) prefix=$PWD/$prefix ;;
  esac
  prefix=${prefix%/}
  case $prefix in
    *:* | *'
'*) fail "a class path cannot hold $prefix; choose a folder without colons" ;;
  esac
  command=$prefix/bin/git-credential-pat
  library=$prefix/lib/git-credential-pat
  quote_command
}

# Sets $helper from $command.
quote_command() {
  # Byte by byte, so that it comes out the same in every locale.
  helper=$(printf '%s' "$command" | LC_ALL=C sed 's/[][ 	"'\''$`\\&;|<>()*?#~=%{}!^]/\\&/g')
}

# Removes the links to the manual and the completions, which lead into $library, and the folders that held no more.
remove_document_links() {
  for folder in man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d powershell; do
    for link in "$prefix/share/$folder"/*git-credential-pat*; do
      case $(readlink "$link" 2>/dev/null || true) in
        "$library"/*) rm -f "$link" ;;
      esac
    done
    (cd "$prefix" 2>/dev/null && rmdir -p "share/$folder" 2>/dev/null) || true
  done
}

# Removes the links that installers, killed before the rename, left beside $command.
remove_unfinished_links() {
  for link in "$command".new.*; do
    case $(readlink "$link" 2>/dev/null || true) in
      "$library"/*) kill -0 "${link##*.}" 2>/dev/null || rm -f "$link" ;;
    esac
  done
}

# Whether a process still runs from the image. Where nobody can tell, it says yes.
is_in_use() {
  if [ -d /proc/self ]; then
    # shellcheck disable=SC2010
    ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF " $1/"
  else
    # macOS has no /proc. Not grep, which would find itself.
    processes=$(ps -A -ww -o command= 2>/dev/null) || return 0
    printf '%s\n' "$processes" \
      | PROGRAM=$1/ awk 'index($0, ENVIRON["PROGRAM"]) == 1 { found = 1 } END { exit !found }'
  fi
}
