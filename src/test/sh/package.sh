#!/bin/sh
# Installs a package in a system that is thrown away, uses it there through git as a person without privileges,
# upgrades it meanwhile, and removes it. Ends with status 0 when all of that went well, else says what did not.
#
#   unshare --mount src/test/sh/package.sh SYSTEM LAYER OLDER NEWER [back]
#
# SYSTEM  the root of a Linux system with git; it stays as it is
# LAYER   an empty folder, where a layer over it is mounted
# OLDER   a deb or rpm of an older version, of either form
# NEWER   the one to test, by an absolute path as well
# back    whether the older one takes its place again before it is removed
#
# Standard input: what the tests' BenchmarkServer prints.
set -eu
system=$1 layer=$2 older=$3 newer=$4 back=${5:-}
{ read -r proxy; read -r pem; read -r organization; read -r token; read -r url; } || true
library=/usr/lib/git-credential-pat

fail() {
  printf 'package.sh: %s\n' "$1" >&2
  exit 1
}

mount -t tmpfs none "$layer"
root=$layer/root
mkdir "$layer/upper" "$layer/work" "$root"
mount -t overlay overlay "$root" -o "lowerdir=$system,upperdir=$layer/upper,workdir=$layer/work"
for mounted in /proc /dev; do
  mount --rbind "$mounted" "$root$mounted"
done
mkdir -p "$root/packages"
cp "$older" "$newer" "$root/packages/"
cp "$pem" "$root/packages/pem"
chmod 644 "$root/packages/pem"

inside() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# As a person without privileges, in a home of their own.
person() {
  inside setpriv --reuid=12345 --regid=12345 --clear-groups env HOME=/home/person GIT_TERMINAL_PROMPT=0 "$@"
}

case $newer in
  *.deb)
    install_package() { inside dpkg --install "/packages/${1##*/}"; }
    purge() { inside dpkg --purge git-credential-pat; }
    files() { inside dpkg-query --listfiles git-credential-pat; }
    ;;
  *.rpm)
    # Another system's rpm, which knows nothing of what is installed in there. git calls git by the same name.
    install_package() { rpm --root "$root" --nodeps --upgrade --replacepkgs --oldpackage "$1"; }
    purge() { rpm --root "$root" --nodeps --erase git-credential-pat; }
    files() { rpm --root "$root" --query --list git-credential-pat; }
    ;;
esac

# What git calls: another file with each installation.
program=$library/program/git-credential-pat
used() {
  stat -c %i "$root$program"
}

# The folder that a Java runtime has for each version, which its launcher names.
folder() {
  sed -n "1{/^#!/!q}; s/^home='\(.*\)'/\1/p" "$root$program"
}

request() {
  printf 'protocol=https\nhost=dev.azure.com\npath=%s/Web/_git/site\n' "$organization"
}

answers() {
  request | person git credential fill | grep -qxF "password=$token"
}

# With -Xshare:on Java refuses to start without a fitting archive. A native image has none, nor anything else that was
# made where it was installed.
# shellcheck disable=SC2016
starts_quickly() {
  if [ -z "$(folder)" ]; then
    made=$(find "$root$library" -name '*.jsa*' -o -name runtime)
    [ -z "$made" ] || fail "beside a native image there is: $made"
    return 0
  fi
  for word in capability store --help; do
    request | inside sh -c 'sed '\''s/"$archive"/& -Xshare:on/'\'' "$(readlink -f /usr/bin/git-credential-pat)" >/launcher
      chmod 755 /launcher; exec /launcher "$1"' sh "$word" >/dev/null || fail "$word does not start from its archive"
  done
}

inside mkdir /home/person
inside chown 12345:12345 /home/person

install_package "$older" >"$layer/log" 2>&1 || { cat "$layer/log" >&2; fail "$older cannot be installed"; }
old=$(used) old_folder=$(folder)
starts_quickly

# git finds the helper on the PATH.
person git config --global credential.helper pat
person git config --global credential.https://dev.azure.com.useHttpPath true
person git config --global http.proxy "$proxy"
person git config --global http.sslCAInfo /packages/pem
{ request; printf 'username=me\npassword=%s\n' "$token"; } | person git credential approve
answers || fail 'what was stored is not answered'
person git clone -q "$url" /home/person/site || fail 'git cannot clone'

# An upgrade over a use: one run that began before it and ends when the newer version is in its place, and
# many that begin while it is under way.
mkfifo "$layer/begun"
person git-credential-pat get <"$layer/begun" >"$layer/answer" &
begun=$!
exec 3>"$layer/begun"
(
  while [ ! -e "$layer/upgraded" ]; do
    if answers; then echo answered; else echo 'NOT ANSWERED'; fi
  done >"$layer/meanwhile" 2>&1
) 3>&- &
loop=$!
(
  while [ "$(used)" = "$old" ]; do sleep 0.1; done
  sleep 2
  request >&3
) &
late=$!
exec 3>&-
sleep 1
install_package "$newer" >"$layer/log" 2>&1 || { cat "$layer/log" >&2; fail "$newer cannot be installed over $older"; }
sleep 1
touch "$layer/upgraded"
wait "$loop"
wait "$late"
wait "$begun" || fail 'a run that began before the upgrade failed'
grep -qxF "password=$token" "$layer/answer" || fail 'a run that began before the upgrade did not answer'
[ "$(grep -cx answered "$layer/meanwhile")" -ge 4 ] || fail "hardly used during the upgrade: $(cat "$layer/meanwhile")"
! grep -vx answered "$layer/meanwhile" >&2 || fail 'not every run during the upgrade answered'

[ "$(used)" != "$old" ] || fail 'it was not upgraded'
[ -z "$old_folder" ] || [ ! -e "$root$old_folder" ] || fail "the older version left $old_folder behind"
starts_quickly
person git -C /home/person/site fetch -q || fail 'git cannot fetch after the upgrade'
install_package "$newer" >"$layer/log" 2>&1 || { cat "$layer/log" >&2; fail "$newer cannot be installed twice"; }
starts_quickly

wrong=$(inside find "$library" /usr/bin/git-credential-pat ! -type l \( ! -user root -o ! -group root -o -perm /022 \))
[ -z "$wrong" ] || fail "not root's alone: $wrong"
for page in git-credential-pat git-credential-pat-list; do
  files | grep -qx "/usr/share/man/man1/$page.1.gz" || fail "no manual of $page"
done
if [ -x "$root/usr/bin/man" ]; then
  person git help credential-pat | grep -q '^  *git-credential-pat - ' || fail 'git help does not show the manual'
fi
for file in fish/vendor_completions.d/git-credential-pat.fish powershell/git-credential-pat.ps1; do
  files | grep -qx "/usr/share/$file" || fail "no $file"
done
files | grep -q '/usr/share/zsh/.*/_git-credential-pat$' || fail 'nothing for zsh'
# shellcheck disable=SC2016
completed=$(inside bash -c '. /usr/share/bash-completion/completions/git-credential-pat
  COMP_LINE="git-credential-pat sto"; COMP_POINT=${#COMP_LINE}; _git_credential_pat; echo "${COMPREPLY[@]}"' 2>/dev/null)
[ "$completed" = stores ] || fail "bash completes sto to: $completed"

if [ -n "$back" ]; then
  install_package "$older" >"$layer/log" 2>&1 || { cat "$layer/log" >&2; fail "$older cannot be installed over $newer"; }
  starts_quickly
  answers || fail 'what was stored is not answered after the way back'
fi

request | person git credential reject
! answers 2>/dev/null || fail 'what was rejected is still answered'
purge >"$layer/log" 2>&1 || { cat "$layer/log" >&2; fail 'it cannot be removed'; }
left=$(inside find /usr /etc /var/lib/dpkg/info -name '*git-credential-pat*' 2>/dev/null | grep -v /contrib/ || true)
[ -z "$left" ] || fail "it left behind: $left"
inside test -d /home/person/.local/share/git-credential-pat || fail "its removal took a person's files"
