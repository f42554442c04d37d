#!/bin/sh
# Builds git-credential-pat, installs it, sets git up to use it, and proves that it works. Running it again
# upgrades in place, also while git is using it.
#
#   install/install.sh [--prefix DIR] [--no-configure] [--all-hosts] [--native | --java | --image DIR]
#
# --prefix DIR    where to: DIR/bin/git-credential-pat (default ~/.local)
# --no-configure  leave git's configuration alone
# --all-hosts     be git's helper for every host, not only for Azure DevOps
# --native        install a native image, or nothing
# --java          install a Java runtime, which is built in a minute, even where a native image could be had
# --image DIR     build nothing: install this image, such as an unpacked package
#
# It needs git, Maven and a JDK from 17 on, and says what to type where one is missing. Where a GraalVM is at hand,
# in GRAALVM_HOME or with its native-image on the PATH, it builds a native image, which takes some minutes; one that
# mvn -Pnative package made of these sources is taken as it is. Else it installs a Java runtime.
set -eu
umask 022
# shellcheck source=install/common.sh
. "$(dirname "$0")/common.sh"
# In any other locale Java's tools write no path with an umlaut.
export LC_ALL=$UTF8_LOCALE
project=$(cd "$(dirname "$0")/.." && pwd)
native=$project/target/native-image

find_home
prefix=$HOME/.local configure=yes all_hosts=no windows=no wanted='' given=''
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || fail '--prefix needs a folder'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --no-configure) configure=no ;;
    --all-hosts) all_hosts=yes ;;
    --native | --java) wanted=$wanted${1#--} ;;
    --image)
      [ $# -ge 2 ] || fail '--image needs a folder'
      given=$2
      shift
      ;;
    --image=*) given=${1#*=} ;;
    -h | --help)
      sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *) fail "unknown option $1; install.sh --help lists them" ;;
  esac
  shift
done
case $wanted${given:+image} in
  '' | native | java) ;;
  image) [ -x "$given/bin/git-credential-pat" ] || fail "$given is no image: it has no bin/git-credential-pat" ;;
  *) fail '--native, --java and --image exclude each other' ;;
esac
locate

work=$(mktemp -d)
image=''
proof_request=''
running=''
cleanup() {
  status=$?
  trap - EXIT
  # The shell keeps Ctrl-C from what runs in the background; it would write on into what is removed here.
  [ -z "$running" ] || end_with_all_it_started "$running" 2>/dev/null || true
  # Without its password: that is a person's wish, and deletes; with it, it would only be set aside.
  [ -z "$proof_request" ] || { proof_request=$where; ask_git reject >/dev/null 2>&1; } || true
  rm -rf "$work"
  # A build that did not get as far as being used.
  [ -z "$image" ] || [ "$(readlink "$command" 2>/dev/null || true)" = "$image/bin/git-credential-pat" ] \
    || rm -rf "$image"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# Ends a process of ours and all below it: Maven would leave the builder of a native image behind.
end_with_all_it_started() {
  tree=$(ps -A -o pid= -o ppid= | awk -v top="$1" '
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        above = pid
        while (above != top && above in parent && parent[above] != above) above = parent[above]
        if (above == top) print pid
      }
    }')
  # shellcheck disable=SC2086
  kill ${tree:-"$1"}
  wait "$1"
  for pid in $tree; do
    tries=0
    while kill -0 "$pid" && [ "$tries" -lt 20 ]; do
      sleep 0.2 || sleep 1
      tries=$((tries + 1))
    done
  done
}

# --- progress ---

steps=5 step_number=0 step_text='' tty=no
[ ! -t 1 ] || [ "${TERM:-dumb}" = dumb ] || tty=yes

# How wide the terminal is; 80 where nobody knows.
columns() {
  known=${COLUMNS:-$(stty size 2>/dev/null </dev/tty | cut -d ' ' -f 2)}
  case $known in
    '' | 0 | *[!0-9]*) known=80 ;;
  esac
  printf '%s' "$known"
}

# Begins the next step.
step() {
  step_number=$((step_number + 1))
  step_text=$1
  [ "$tty" = yes ] || say "[$step_number/$steps] $step_text"
}

# Draws the step's line: a bar, and what $1 adds, which stays in sight where the line would not fit.
draw() {
  bar=''
  while [ ${#bar} -lt $((step_number * 2)) ]; do bar="$bar#"; done
  while [ ${#bar} -lt $((steps * 2)) ]; do bar="$bar."; done
  room=$(($(columns) - ${#bar} - ${#1} - 4))
  [ "$room" -gt 0 ] || room=0
  printf '\r\033[K[%s] %.*s%s' "$bar" "$room" "$step_text" "$1"
}

# Ends the step; $1 says how it went.
done_with() {
  if [ "$tty" = yes ]; then
    draw " $1"
    printf '\n'
  else
    say "      $1"
  fi
}

# Runs a command with its output in $work/log, and the seconds in sight.
run() {
  if [ "$tty" = no ]; then
    "$@" >"$work/log" 2>&1 </dev/null
    return
  fi
  "$@" >"$work/log" 2>&1 </dev/null &
  running=$! seconds=0
  while kill -0 "$running" 2>/dev/null; do
    draw " ($seconds s)"
    sleep 1
    seconds=$((seconds + 1))
  done
  ended=0
  wait "$running" || ended=$?
  running=''
  return "$ended"
}

# Keeps the log of what went wrong, and shows its end.
show_log() {
  [ "$tty" = no ] || printf '\n'
  kept=$(mktemp "${TMPDIR:-/tmp}/git-credential-pat-install.XXXXXX")
  cp "$work/log" "$kept"
  tail -n 40 "$kept" >&2
  printf 'The whole log: %s\n' "$kept" >&2
}

# --- what it takes ---

check_tools() {
  missing='' packages='' rpms='' formulas=''
  need() {
    missing="$missing, $1"
    packages="$packages $2"
    rpms="$rpms $3"
    formulas="$formulas $4"
  }
  command -v git >/dev/null 2>&1 || need git git git git
  [ -n "$given" ] || command -v mvn >/dev/null 2>&1 || need Maven maven maven maven
  find_jdks >"$work/jdks"
  find_graalvm
  [ -s "$work/jdks" ] || [ -z "$graalvm" ] || printf '0 %s\n' "$graalvm" >"$work/jdks"
  [ -n "$given" ] || [ -s "$work/jdks" ] || need 'a JDK (17 or newer)' default-jdk-headless java-latest-openjdk-devel openjdk
  [ -n "$missing" ] || return 0
  sudo=''
  [ "$(id -u)" = 0 ] || sudo='sudo '
  if command -v apt-get >/dev/null 2>&1; then
    fail "missing: ${missing#, }
hint: ${sudo}apt-get install$packages"
  elif command -v dnf >/dev/null 2>&1; then
    fail "missing: ${missing#, }
hint: ${sudo}dnf install$rpms"
  elif command -v brew >/dev/null 2>&1; then
    fail "missing: ${missing#, }
hint: brew install$formulas"
  else
    fail "missing: ${missing#, }; install it with your system's package manager and repeat"
  fi
}

# --- build ---

# Says at once what a build of minutes would end in.
check_place() {
  for folder in "$library" "${command%/*}"; do
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
    if [ ! -d "${folder:-/}" ] || [ ! -w "${folder:-/}" ]; then
      fail "nothing can be written in ${folder:-/}; choose another folder with --prefix"
    fi
  done
  if [ -e "$command" ] && [ ! -L "$command" ]; then
    fail "$command is there and was not made by this installer; move it away and repeat"
  fi
}

# Sets $form, which the installed program will have, and where it comes from:
# given  the image that --image names
# taken  the native image in target, which is of nothing older than what is here now
# built  a native image, by $graalvm
# java   a Java runtime
choose_form() {
  if [ -n "$given" ]; then
    form=given
  elif [ "$wanted" = java ]; then
    form=java
  elif [ -x "$native/bin/git-credential-pat" ] && [ -z "$(find "$project/pom.xml" "$project/helper" "$project/src/main" \
    -newer "$native/bin/git-credential-pat" ! -type d | head -n 1)" ]; then
    form=taken
  elif [ -n "$graalvm" ]; then
    form=built
  else
    [ "$wanted" != native ] || fail "$no_graalvm, or repeat without --native"
    [ -z "$candidate" ] || say "$no_graalvm. Installing a Java runtime." >&2
    form=java
  fi
}

# Runs Maven on the JDK $1 in $work/project, with more words; what it says goes into the log.
run_maven() {
  java=$1
  shift
  # For the commit that --version names: the copy is no repository.
  repository=''
  [ ! -e "$project/.git" ] || repository=$(git -C "$project" rev-parse --absolute-git-dir 2>/dev/null) || repository=''
  run env JAVA_HOME="$java" ${repository:+GIT_DIR="$repository"} mvn -B -q -f "$work/project/pom.xml" \
    -Dmaven.test.skip=true -DskipTests=true -Dspotless.check.skip=true -Dcompiler.warnings=-nowarn "$@" package
}

# The jars, in $work/project/target/lib, and the manual and completions, in $work/project/target/documents.
# Built from a copy: the working tree stays as it is.
build_jars() {
  rm -rf "$work/project"
  mkdir -p "$work/project/src"
  # README.md and docs: some of their chapters are in the manual.
  cp -R "$project/pom.xml" "$project/.mvn" "$project/README.md" "$project/docs" "$project/LICENSE" "$project/helper" \
    "$work/project/"
  cp -R "$project/src/main" "$work/project/src/"
  run_maven "$1" -Dmanual.phase=prepare-package
}

# The address that Maven could not reach, if that was it, and why in brackets.
unreachable() {
  awk -F 'from/to ' '
    /Could not transfer/ {
      sub(/^[^ ]* \(/, "", $NF)
      address = reason = $NF
      sub(/\).*/, "", address)
      sub(/^[^)]*\): */, "", reason)
      sub(/transfer failed for [^ ]*/, "", reason)
      sub(/ @ line [0-9]*, column [0-9]*/, "", reason)
      sub(/ -> \[Help.*/, "", reason)
      sub(/^[ :]*/, "", reason)
      if (reason != "") exit
    }
    END { if (address != "") print address (reason == "" ? "" : " (" substr(reason, 1, 120) ")") }' "$work/log"
}

# The image at its final place, since Java may refuse an archive that was moved. Its documents come last: a build
# that has them is whole.
build_image() {
  mkdir -p "$library"
  # Named for its installer, so that one whose installer was killed is known.
  image=$(mktemp -d "$library/build.$$.XXXXXX")
  rmdir "$image"
  documents=$work/project/target/documents/share
  case $form in
    given)
      documents=$given/share
      place "$given"
      ;;
    taken) place "$native" ;;
    built)
      GRAALVM_HOME=$graalvm
      export GRAALVM_HOME
      run_maven "$graalvm" -Pnative && place "$work/project/target/native-image"
      ;;
    java) run "$project/helper/image/build-image.sh" --java-home "$1" --jars "$work/project/target/lib" --to "$image" ;;
  esac \
    && [ "$("$image/bin/git-credential-pat" capability 2>>"$work/log" | head -n 1)" = 'version 0' ] \
    && mkdir "$work/documents" \
    && { [ ! -d "$documents" ] || cp -R "$documents/." "$work/documents/"; } \
    && cp -R "$work/documents" "$image/share"
}

# Copies the image $1 to where it will be used.
place() {
  run "$project/helper/image/copy-image.sh" --image "$1" --to "$image" || return
  rm -rf "$image/share"
  # Of a Java runtime the archives of loaded classes are made where they are used.
  [ ! -x "$image/make-archives.sh" ] || run "$image/make-archives.sh"
}

# Says how large the image is, which has been built.
done_with_image() {
  done_with "$(du -sk "$image" | awk '{ printf "%d MB", $1 / 1024 }')"
}

# Takes an image that is there without Maven and a JDK.
take_given() {
  step "Take the image $given"
  if ! build_image; then
    show_log
    fail "the image $given does not run here; the lines above say why"
  fi
  done_with_image
}

# Tries the JDKs from the newest on, until one makes an image that runs.
build() {
  if [ "$form" = given ]; then
    take_given
    return
  fi
  # One try more for the native image. What builds it compiles for it too.
  case $form in
    built) printf '0 %s\n' "$graalvm" ;;
    taken) sed -n 1p "$work/jdks" ;;
  esac | cat - "$work/jdks" >"$work/tries"
  mv "$work/tries" "$work/jdks"
  jdks=$(wc -l <"$work/jdks")
  while read -r version jdk; do
    jdks=$((jdks - 1))
    java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)".*/\1/p' "$jdk/release")
    step "Compile with Maven on Java $java_version"
    [ "$tty" = yes ] || say "      $jdk"
    if build_jars "$jdk"; then
      done_with ok
      case $form in
        taken) step 'Take the native image' ;;
        built) step 'Build a native image, which takes some minutes' ;;
        java) step 'Link a Java runtime of its own' ;;
      esac
      if build_image "$jdk"; then
        done_with_image
        return
      fi
      step_number=$((step_number - 1))
    else
      # Another JDK would not reach it either.
      where=$(unreachable)
      if [ -n "$where" ]; then
        [ "$tty" = no ] || printf '\n'
        fail "Maven cannot reach $where; connect to the network, or name the proxy in ~/.m2/settings.xml, and repeat"
      fi
    fi
    show_log
    rm -rf "${image:-$work/none}" "$work/documents"
    image=''
    step_number=$((step_number - 1))
    if [ "$form" != java ]; then
      [ "$wanted" != native ] || fail 'the native image could not be built; the log above says why'
      say 'The native image could not be built; installing a Java runtime.' >&2
      form=java
    else
      [ "$jdks" -eq 0 ] || say "Java $java_version in $jdk could not build it; trying an older one." >&2
    fi
  done <"$work/jdks"
  fail 'the build failed; the log above says why'
}

# --- install ---

# Switches to the new build in one rename; a git that is just calling the old one goes on undisturbed.
switch() {
  check_place
  mkdir -p "${command%/*}"
  ln -s "$image/bin/git-credential-pat" "$command.new.$$"
  mv -f "$command.new.$$" "$command"
  # For those who put them on the PATH: names that outlive the build.
  for folder in pip nuget share; do
    rm -f "$library/$folder"
    ln -s "${image##*/}/$folder" "$library/$folder"
  done
  link_documents
}

# The manual and the completions, where man and the shells look; what somebody else put there stays.
link_documents() {
  remove_document_links
  (cd "$image/share" && find . -type f) | while IFS= read -r file; do
    link=$prefix/share/${file#./}
    mkdir -p "${link%/*}"
    [ -e "$link" ] || ln -s "$library/share/${file#./}" "$link"
  done
}

# Older builds, but for those that still run; the next installation gets these.
remove_old_builds() {
  remove_unfinished_links
  for old in "$library"/build.*; do
    if [ "$old" = "$image" ] || [ ! -d "$old" ]; then
      continue
    fi
    # One without documents is being made right now, if its installer runs and it is not a day old.
    maker=${old#"$library"/build.}
    [ -d "$old/share" ] || ! kill -0 "${maker%.*}" 2>/dev/null \
      || [ -n "$(find "$old" -maxdepth 0 -mtime +0)" ] || continue
    is_in_use "$old" || rm -rf "$old"
  done
}

configure_git() {
  set -- configure
  [ "$all_hosts" = no ] || set -- "$@" --all-hosts
  run "$command" "$@" || { show_log; fail "it is installed, but git could not be set up; see the lines above"; }
}

# --- proof ---

milliseconds() {
  now=$(date +%s%N)
  case $now in
    *N) printf '' ;;
    *) printf '%s' $((now / 1000000)) ;;
  esac
}

# Runs git credential in a folder without a repository, with nobody to ask.
ask_git() {
  operation=$1
  shift
  if [ "$configure" = no ]; then
    set -- -c credential.helper= -c "credential.helper=$helper" -c credential.useHttpPath=true
  else
    set --
  fi
  (
    cd "$work"
    unset GIT_DIR GIT_WORK_TREE
    printf '%s\n' "$proof_request" | GIT_ASKPASS='' SSH_ASKPASS='' GIT_TERMINAL_PROMPT=0 git "$@" credential "$operation"
  )
}

# The request for the throw-away entry $1.
proof() {
  printf 'protocol=https\nhost=dev.azure.com\npath=%s/_git/proof' "$1"
}

# Removes the throw-away entries of installers that were killed.
remove_old_proofs() {
  "$command" list </dev/null 2>/dev/null | sed -n 's/^\(git-credential-pat-proof-[0-9]*-[0-9a-f]*\) .*/\1/p' >"$work/proofs"
  while read -r left; do
    maker=${left#git-credential-pat-proof-}
    proof_request=$(proof "$left")
    kill -0 "${maker%-*}" 2>/dev/null || ask_git reject 2>/dev/null || true
  done <"$work/proofs"
  proof_request=''
}

prove() {
  random=$(od -An -tx1 -N4 /dev/urandom | tr -d ' \n')
  password=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
  where=$(proof "git-credential-pat-proof-$$-$random")
  kept="$where
username=proof
password=$password"

  proof_request=$kept
  ask_git approve 2>"$work/log" || no_proof 'could not be stored'
  proof_request=$where
  start=$(milliseconds)
  answer=$(ask_git fill 2>>"$work/log") || no_proof 'was not found again'
  end=$(milliseconds)
  printf '%s\n' "$answer" | grep -qxF "password=$password" || no_proof 'came back changed'
  store=none
  for name in keychain secretservice file; do
    if printf '%s\n' "$where" | GIT_TERMINAL_PROMPT=0 "$command" --store "$name" get 2>/dev/null \
      | grep -qF "$password"; then
      store=$name
      break
    fi
  done
  [ "$windows" = no ] || store='the Windows Credential Manager'
  ask_git reject 2>>"$work/log" || no_proof 'could not be removed'
  ! ask_git fill >"$work/left" 2>/dev/null || no_proof 'is still there after its removal'
  proof_request=''
  [ "$windows" = yes ] || remove_old_proofs
  took=${start:+, $((${end:-0} - ${start:-0})) ms}
}

no_proof() {
  done_with 'FAILED'
  cat "$work/log" >&2
  fail "it is installed, but does not work: a throw-away entry $1; see the lines above"
}

[ "$configure" = yes ] || steps=$((steps - 1))
[ -z "$given" ] || steps=$((steps - 1))
check_tools
choose_form
check_place
build
step 'Install'
switch
done_with ok
if [ "$configure" = yes ]; then
  step 'Set git up'
  configure_git
  if [ "$all_hosts" = yes ]; then
    done_with 'for all hosts'
  else
    done_with 'for Azure DevOps'
  fi
  # Of other helpers that would be given tokens too, and of the one of Windows below WSL.
  sed -n '/^git-credential-pat: WSL: /p; /^git-credential-pat: .*; remove that line$/p' "$work/log" >&2
  ! grep -q '^git-credential-pat: WSL: ' "$work/log" || windows=yes
fi
step 'Test it through git'
prove
done_with "store: $store$took"
remove_old_builds

say ''
say "git-credential-pat is installed; tokens are kept in: $store."
say "  $command"
case :${PATH:-}: in
  *":$prefix/bin:"*) ;;
  *)
    say 'To type its commands, put it on the PATH:'
    say "  export PATH=\"$prefix/bin:\$PATH\""
    ;;
esac
if [ "$configure" = yes ]; then
  say 'Next, and paste a token when git asks for a password:'
  say '  git clone https://dev.azure.com/YOUR-ORG/...'
else
  say "git is not set up to use it; without --no-configure it would be."
fi
if [ -d "$image/runtime" ]; then
  java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)".*/\1/p' "$image/runtime/release")
  say "Installed on Java $java_version; a native image starts ten times faster: set GRAALVM_HOME and repeat (docs/install.md)."
else
  say 'Installed as a native image.'
fi
