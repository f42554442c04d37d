#!/bin/sh
# Runs git's own tests for credential helpers against ours.
#
#   git-tests.sh prepare FOLDER MIRROR  fetch git's newest released source from Debian and build what its tests need
#   git-tests.sh run SOURCE LAUNCHER STORE
#
# "prepare" (it wants libcurl's headers) prints the folder of the source (some 90 MB) and does nothing when it is there already; "run" says 21 of 21
# and 8 of 8 or fails. The home folder of the run is one of the tests' own, so that only STORE's keychain is touched.
set -eu

prepare() {
  folder=$(mkdir -p "$1" && cd "$1" && pwd)
  mirror=$2
  source=$folder/git
  if ! test -x "$source/t/helper/test-tool" || ! test -x "$source/git-remote-https"; then
    cd "$folder"
    rm -rf git lists cache
    mkdir -p lists/partial cache/archives/partial
    # A list of its own: the machine's package sources stay as they are.
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb-src [signed-by=$keyring] $mirror sid main" >sources.list
    apt() {
      "$@" -q -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=root >&2
    }
    apt apt-get update
    apt apt-get source --download-only git
    # shellcheck disable=SC2012
    # The newest, should an older one lie here too. dpkg-source does not check the signature: apt-get did.
    dpkg-source --no-check -x "$(ls -t git_*.dsc | head -n 1)" git >&2
    # Only git's core, what speaks https, submodules, and the programs of its tests.
    make -s -C git -j"$(nproc)" CFLAGS='-O1 -w' NO_RUST=1 NO_EXPAT=1 NO_GETTEXT=1 NO_ICONV=1 NO_OPENSSL=1 \
      NO_PERL=1 NO_PYTHON=1 NO_TCLTK=1 git git-remote-http git-remote-https git-submodule git-sh-setup git-sh-i18n \
      t/helper/test-tool GIT-BUILD-OPTIONS bin-wrappers/git >&2
    mkdir -p git/templates/blt
    rm -rf lists cache sources.list
  fi
  echo "$source"
}

run() {
  source=$1 launcher=$2 store=$3
  here=$(cd "$(dirname "$0")" && pwd)
  trash=$(mktemp -d)
  trap 'rm -rf "$trash"' EXIT
  # git's tests take one word as helper and unset every variable that begins with GIT_.
  printf '#!/bin/sh\nexec "%s" --store "%s" "$@"\n' "$launcher" "$store" >"$trash/helper"
  chmod +x "$trash/helper"
  unset XDG_DATA_HOME XDG_STATE_HOME
  export GIT_TEST_CREDENTIAL_HELPER="$trash/helper" GIT_TEST_EXT_CHAIN_LINT=0 TEST_OUTPUT_DIRECTORY="$trash"
  echo "git $(sed -n 's/^GIT_VERSION *= *//p' "$source/GIT-VERSION-FILE"), $store"
  passes 21 "$source/t/t0303-credential-external.sh"
  passes 8 "$here/authtype.sh"
}

# Runs one test script and fails unless exactly so many tests passed.
passes() {
  (cd "$source/t" && sh "$2" --root="$trash") >"$trash/log" 2>&1 || true
  if grep -qx "# passed all $1 test(s)" "$trash/log"; then
    echo "$(basename "$2"): $1 of $1"
  else
    cat "$trash/log"
    exit 1
  fi
}

case "${1-} $#" in
  'prepare 3') prepare "$2" "$3" ;;
  'run 4') run "$2" "$3" "$4" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
