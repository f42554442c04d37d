#!/bin/sh
# Runs all tests, after installing what they need.
#
#   install/verify.sh [--all]
#
# --all  also what is slow to get: a Debian 13 system in a folder, for its newer git (needs root), and git's
#        own test suite, Wine, KeePassXC, npm and Cargo. The first two are kept in the cache folder and made once.
#        A native image is built and tested where a GraalVM is at hand, in GRAALVM_HOME or with its native-image on
#        the PATH, else by a builder in the cache folder, which ../shared/native-builder/assemble.sh makes where it is.
#        The packages of this system are built, in target/packages, and tried.
#        The tests of commands run once more on the oldest JDK that is here, and on the newest after a native image.
#
# With --all, and GIT_CREDENTIAL_PAT_SPEC set to a folder that holds specification/tokens/7.1/tokens.json of
# Microsoft's REST API specifications, what is exchanged with Azure DevOps in the tests is also judged by it;
# the judge, Prism, is kept in the cache folder too and needs Node.js 18.20 or newer.
#
# On Debian and Ubuntu missing packages are installed with apt-get, as root or through sudo; elsewhere they
# are named. No test is skipped: what is missing then makes a test fail.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=install/common.sh
. install/common.sh

# git, the build, GNOME Keyring on a bus of its own, the tools that tests look at keyrings and processes
# with, what az devops keeps its tokens with, what git's own libsecret helper is built from to compare with,
# what fetches packages, what talks to sockets and forwards them, and a linter for the scripts.
packages='git maven ca-certificates
  dbus gnome-keyring libsecret-tools libsystemd0 systemd python3 python3-gi gir1.2-secret-1 python3-keyring python3-yaml python3-hvac
  keyutils util-linux procps openssl gnupg pinentry-curses pass
  curl python3-pip man-db
  socat netcat-openbsd busybox openssh-server openssh-client
  gcc make pkg-config libc6-dev libglib2.0-dev libsecret-1-dev zlib1g-dev
  shellcheck'
# For git's source and the other system; a Windows to try our Windows parts on, and what makes its packages; a second
# Secret Service; what packs and judges packages, and reads Homebrew's formulas; shells to complete in.
packages_all='debootstrap debian-archive-keyring dpkg-dev xz-utils libcurl4-openssl-dev
  git-lfs
  g++
  wine wine64 gcc-mingw-w64-x86-64 wixl msitools
  keepassxc
  rpm lintian zip unzip binutils ruby
  fish zsh'

all=no
case "$# ${1:-}" in
  '0 ') ;;
  '1 --all') all=yes ;;
  *)
    sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
[ "$all" = no ] || packages="$packages $packages_all"
# npm and Cargo from elsewhere are as good as the system's; Debian 12 has a new Cargo under another name only.
if [ "$all" = yes ]; then
  command -v npm >/dev/null 2>&1 || packages="$packages npm"
  cargo=cargo
  ! apt-cache show cargo-web >/dev/null 2>&1 || cargo='cargo-web'
  command -v cargo >/dev/null 2>&1 || packages="$packages $cargo"
fi
judged=no
[ "$all" = no ] || [ -z "${GIT_CREDENTIAL_PAT_SPEC:-}" ] || judged=yes

find_home
cache=${XDG_CACHE_HOME:-$HOME/.cache}/git-credential-pat

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# Whether as_root works, which asks nobody for a password.
can_be_root() {
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

is_package_there() {
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

install_packages() {
  # A JDK from elsewhere is as good as the system's.
  [ -n "$(find_jdks)" ] || packages="$packages default-jdk-headless"
  if ! command -v apt-get >/dev/null 2>&1; then
    say "== No apt-get here; the tests need what Debian calls: $(echo "$packages" | tr -s ' \n' ' ')"
    return
  fi
  missing=''
  for package in $packages; do
    is_package_there "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  can_be_root || fail "packages are missing, and sudo wants a password
hint: sudo apt-get install --no-install-recommends$missing"
  say "== Installing$missing"
  # A package source that cannot be reached is no harm as long as the packages are found.
  as_root apt-get -q update || true
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing \
    || fail "these packages are missing and could not be installed:$missing"
}

# Where this machine has Debian's packages from; on another system DEBIAN_MIRROR has to say where they are.
# shellcheck disable=SC2016
debian_mirror() {
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
    'Label: Debian' 2>/dev/null | sed -n 1p)}
  [ -n "$mirror" ] || fail 'no mirror of Debian is known here; set DEBIAN_MIRROR to the URL of one'
  printf '%s' "$mirror"
}

# A small Debian 13 with its git, in the folder that GIT_CREDENTIAL_PAT_TRIXIE names.
provide_trixie() {
  if [ -z "${GIT_CREDENTIAL_PAT_TRIXIE:-}" ]; then
    GIT_CREDENTIAL_PAT_TRIXIE=$cache/trixie
    if [ ! -x "$GIT_CREDENTIAL_PAT_TRIXIE/usr/bin/git" ]; then
      can_be_root || fail "--all makes a Debian 13 system, which takes root, and sudo wants a password
hint: sudo install/verify.sh --all"
      say "== Making a Debian 13 system in $GIT_CREDENTIAL_PAT_TRIXIE"
      mkdir -p "$cache"
      as_root rm -rf "$cache/trixie.part" "$GIT_CREDENTIAL_PAT_TRIXIE"
      mirror=$(debian_mirror)
      # The proxy that apt uses, if any: debootstrap does not look there.
      proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
      as_root env ${proxy:+http_proxy="$proxy"} debootstrap --variant=minbase --include=git,ca-certificates \
        trixie "$cache/trixie.part" "$mirror" >"$cache/trixie.log" 2>&1 \
        || { tail -n 20 "$cache/trixie.log" >&2; fail "no Debian 13 system could be made"; }
      as_root mv "$cache/trixie.part" "$GIT_CREDENTIAL_PAT_TRIXIE"
    fi
  fi
  export GIT_CREDENTIAL_PAT_TRIXIE
}

# The source of git's newest release with its tests built, in the folder that GIT_CREDENTIAL_PAT_GIT_SOURCE names.
provide_git_source() {
  if [ -z "${GIT_CREDENTIAL_PAT_GIT_SOURCE:-}" ]; then
    say "== Providing git's own tests"
    mkdir -p "$cache"
    mirror=$(debian_mirror)
    GIT_CREDENTIAL_PAT_GIT_SOURCE=$(src/test/sh/git-tests.sh prepare "$cache/git-source" "$mirror" 2>"$cache/git-source.log") \
      || { tail -n 20 "$cache/git-source.log" >&2; fail "git's source could not be had"; }
  fi
  export GIT_CREDENTIAL_PAT_GIT_SOURCE
}

# Prism, in the very versions that are locked, as the program that GIT_CREDENTIAL_PAT_PRISM names.
provide_prism() {
  if [ -z "${GIT_CREDENTIAL_PAT_PRISM:-}" ]; then
    GIT_CREDENTIAL_PAT_PRISM=$cache/prism/node_modules/.bin/prism
    if [ ! -x "$GIT_CREDENTIAL_PAT_PRISM" ] || ! cmp -s src/test/prism/package-lock.json "$cache/prism/package-lock.json"; then
      say "== Installing Prism in $cache/prism"
      rm -rf "$cache/prism" "$cache/prism.part"
      mkdir -p "$cache/prism.part"
      cp src/test/prism/package.json src/test/prism/package-lock.json "$cache/prism.part"
      npm ci --prefix "$cache/prism.part" --ignore-scripts --no-audit --no-fund >"$cache/prism.log" 2>&1 \
        || { tail -n 20 "$cache/prism.log" >&2; fail 'Prism could not be installed'; }
      mv "$cache/prism.part" "$cache/prism"
    fi
  fi
  export GIT_CREDENTIAL_PAT_PRISM
}

# Sets $graalvm, or to nothing where there is none and none can be made, and says so.
provide_graalvm() {
  find_graalvm
  [ -z "$graalvm" ] || return 0
  if [ -z "$candidate" ]; then
    assemble=../shared/native-builder/assemble.sh
    if [ ! -x "$cache/graalvm/jdk/bin/native-image" ] && [ -r "$assemble" ]; then
      say "== Putting a builder of native images together in $cache/graalvm"
      rm -rf "$cache/graalvm.part"
      mkdir -p "$cache"
      newest=$(find_jdks | sed -n '1s/^[0-9]* //p')
      if JAVA25=$newest bash "$assemble" "$cache/graalvm.part" >"$cache/graalvm.log" 2>&1; then
        rm -rf "$cache/graalvm"
        mkdir "$cache/graalvm.part/done"
        mv "$cache/graalvm.part/jdk" "$cache/graalvm.part/done/"
        mv "$cache/graalvm.part/done" "$cache/graalvm"
        rm -rf "$cache/graalvm.part"
      else
        no_graalvm="none could be put together, see $cache/graalvm.log"
      fi
    fi
    if [ -x "$cache/graalvm/jdk/bin/native-image" ]; then
      GRAALVM_HOME=$cache/graalvm/jdk
      find_graalvm
      [ -z "$graalvm" ] || return 0
    fi
  fi
  say "== NO NATIVE IMAGE is built and tested, a Java runtime is: $no_graalvm"
}

install_packages
if [ "$all" = yes ]; then
  provide_graalvm
  provide_trixie
  provide_git_source
fi
[ "$judged" = no ] || provide_prism

say '== Checking the scripts'
find install helper src .ci -name '*.sh' -exec shellcheck -x {} + -o -name run -exec shellcheck -x {} +
shellcheck helper/launcher/git-credential-pat helper/launcher/*/git-credential-pat helper/frontends/pip/* helper/frontends/nuget/* \
  helper/packages/deb/p* helper/packages/pkg/postinstall

say '== Running the tests'
# The newest JDK makes the runtime, as in install.sh.
JAVA_HOME=$(find_jdks | sed -n '1s/^[0-9]* //p')
export JAVA_HOME
unset GIT_CREDENTIAL_PAT_STORE GIT_CREDENTIAL_PAT_TRACE GIT_CREDENTIAL_PAT_TOKEN GIT_CREDENTIAL_PAT_PASSPHRASE_FILE \
  GIT_CREDENTIAL_PAT_HELPER
if [ "$all" = no ]; then
  export GIT_CREDENTIAL_PAT_NO_SKIP=basic
  mvn -B -ntp '-DexcludedGroups=all | macos | specification' verify
  exit
fi
export GIT_CREDENTIAL_PAT_NO_SKIP=all
# Real keyrings, gits and terminals on a machine that is busy with all of them: what fails is tried once more, and what
# failed only once is listed under "Flakes" at the end.
set -- -Ppackages -Dsurefire.rerunFailingTestsCount=1 -Dfailsafe.rerunFailingTestsCount=1
if [ -n "$graalvm" ]; then
  GRAALVM_HOME=$graalvm
  export GRAALVM_HOME
  shift
  set -- -Pnative,packages "$@"
fi
[ "$judged" = no ] || set -- "$@" -DexcludedGroups=macos
mvn -B -ntp "$@" verify

# What differs between a native image and a Java runtime, and most between the ends of what that runs on: streams,
# files, sockets and the terminal.
run_on_java() {
  say "== Running the tests of commands on $1"
  GIT_CREDENTIAL_PAT_HELPER=$PWD/$2/bin/git-credential-pat \
    mvn -B -ntp -Dfailsafe.rerunFailingTestsCount=1 failsafe:integration-test failsafe:verify -Dit.test=CommandsIT,ChosenStoresIT,MovingInIT
}

[ -z "$graalvm" ] || run_on_java "$JAVA_HOME" target/image
oldest=$(find_jdks | sed -n '$s/^[0-9]* //p')
if [ "$oldest" != "$JAVA_HOME" ]; then
  helper/image/build-image.sh --java-home "$oldest" --jars target/lib --to target/image-oldest
  run_on_java "$oldest" target/image-oldest
fi
