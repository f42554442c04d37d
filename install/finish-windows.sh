#!/bin/sh
# The end of install.ps1, which git's own sh runs: makes the archives of loaded classes, sets git up, and
# proves through git that a token is kept, found and removed.
#
#   finish-windows.sh PREFIX IMAGE azure|all|none
#
# The folders are Windows' own, with forward slashes.
set -eu
# shellcheck source=install/common.sh
. "$(dirname "$0")/common.sh"
training_commands=$(cd "$(dirname "$0")/../helper/image" && pwd)/training-commands
prefix=$1 image=$2 configure=$3
command=$prefix/bin/git-credential-pat
quote_command
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GIT_DIR GIT_WORK_TREE GIT_PREFIX GIT_CONFIG_PARAMETERS GIT_CREDENTIAL_PAT_STORE
cd "$work"
random=$(od -An -tx1 -N8 /dev/urandom | tr -d ' \n')
password=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
where="protocol=https
host=dev.azure.com
path=git-credential-pat-proof-$random/_git/proof"
kept="$where
username=proof
password=$password"

# Runs the launcher with another option in place of the archive's.
run_with() {
  option=$1
  shift
  ARCHIVE_OPTION=$option sh "$work/launcher" "$@"
}

# Without the archives the program is only slower, so nothing in here ends the installation.
build_archives() {
  # shellcheck disable=SC2016
  sed 's|"$archive"|"$ARCHIVE_OPTION"|' "$command" >"$work/launcher"
  here=$(cygpath -m "$work" 2>/dev/null || printf '%s' "$work")
  for operation in get store get erase; do
    request=$where
    [ "$operation" = get ] || request=$kept
    printf '%s\n' "$request" 'capability[]=authtype' 'capability[]=state' 'wwwauth[]=Bearer' 'wwwauth[]=Basic realm="x"' \
      | GIT_TERMINAL_PROMPT=0 run_with "-XX:DumpLoadedClassList=$here/operations.$operation" "$operation" >/dev/null 2>&1 || true
  done
  # Without its password: that is a person's wish, and deletes.
  printf '%s\n' "$where" | GIT_TERMINAL_PROMPT=0 "$command" erase >/dev/null 2>&1 || true
  dump app operations
  # What a person types, on an empty store of files.
  runs=0
  while read -r words; do
    runs=$((runs + 1))
    # shellcheck disable=SC2086
    HTTPS_PROXY=http://127.0.0.1:9 XDG_DATA_HOME=$here/home XDG_STATE_HOME=$here/home GIT_CREDENTIAL_PAT_STORE=file \
      run_with "-XX:DumpLoadedClassList=$here/commands.$runs" $words >/dev/null 2>&1 </dev/null || true
  done <"$training_commands"
  dump commands commands
}

# Makes the archive $1.jsa from the classes of all runs of the kind $2.
dump() {
  # What Java 25 writes behind a name only holds within one list.
  sed 's/ id: .*//' "$work/$2".* 2>/dev/null | awk '!seen[$0]++' >"$work/$2"
  printf '%s\n' -Xshare:dump -XX:-UseSerialGC -XX:+UseG1GC "\"-XX:SharedClassListFile=$here/$2\"" \
    "\"-XX:SharedArchiveFile=$image/$1.jsa.part\"" >"$work/dump"
  run_with "@$here/dump" capability >"$work/log" 2>&1 || true
  if [ -s "$image/$1.jsa.part" ]; then
    mv -f "$image/$1.jsa.part" "$image/$1.jsa"
  else
    say "The archive of loaded classes $1.jsa could not be made; each start takes some 80 ms longer."
  fi
}

configure_git() {
  [ "$configure" != none ] || return 0
  set -- configure
  [ "$configure" != all ] || set -- "$@" --all-hosts
  "$command" "$@" || fail 'it is installed, but git could not be set up; the line above says why'
}

# Runs git credential with nobody to ask.
ask_git() {
  operation=$1
  if [ "$configure" = none ]; then
    set -- -c credential.helper= -c "credential.helper=$helper" -c credential.useHttpPath=true
  else
    set --
  fi
  GIT_ASKPASS='' SSH_ASKPASS='' GIT_TERMINAL_PROMPT=0 git "$@" credential "$operation"
}

prove() {
  printf '%s\n' "$kept" | ask_git approve || fail 'it is installed, but a throw-away entry could not be stored'
  answer=$(printf '%s\n' "$where" | ask_git fill) || fail 'it is installed, but a throw-away entry was not found again'
  printf '%s\n' "$where" | ask_git reject || fail 'it is installed, but a throw-away entry could not be removed'
  printf '%s\n' "$answer" | grep -qxF "password=$password" || fail 'it is installed, but a throw-away entry came back changed'
  if printf '%s\n' "$where" | ask_git fill >/dev/null 2>&1; then
    fail 'it is installed, but a throw-away entry is still there after its removal'
  fi
}

build_archives
configure_git
prove
if [ "$configure" = none ]; then
  say 'git-credential-pat is installed; git is not set up to use it.'
else
  say 'git-credential-pat is installed. Next: git clone https://dev.azure.com/YOUR-ORG/... and paste a token when git asks for a password.'
fi
