#!/bin/sh
# Packs an image for those who have no Java and build nothing.
#
#   build-packages.sh --image DIR --documents DIR --version VERSION --time TIME --to DIR [KIND...]
#
# --image      what build-native.sh made: a native image, with nothing to do where it is installed; or build-image.sh:
#              a Java runtime, whose JDK decides a package's size and speed, and which makes its archives there
# --documents  a folder with share/: the manual and completions, which Maven makes of the commands' definitions
# --version    such as 1.2.0 or 1.3.0-SNAPSHOT
# --time       of every file in a package: seconds since 1970, or as in 2026-11-01T00:00:00Z
# --to         where the packages and SHA256SUMS go; packages of the same kind and version are replaced
# --fast       pack quickly and not small, for tests
# KIND         deb, rpm, tar.gz, zip (default: all, and a measurement of how fast a start is)
#
# build-packages.sh --check [KIND...] only says which of the programs that it takes are missing.
#
# The same input makes the same bytes, whoever builds. `mvn -Pnative,packages package` calls this, and with a Java
# runtime `mvn -Ppackages package`. deb needs dpkg-deb, rpm rpmbuild, zip zip; on Linux all need strip and objdump.
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"
export LC_ALL=C TZ=UTC

# Says in one line, with the command that brings them, which programs are missing for these kinds of packages.
check_tools() {
  missing='' packages=''
  need() {
    command -v "$1" >/dev/null 2>&1 || { missing="$missing, $1"; packages="$packages $2"; }
  }
  for kind; do
    case $kind in
      deb) need dpkg-deb dpkg ;;
      rpm) need rpmbuild rpm ;;
      zip) need zip zip ;;
    esac
  done
  need unzip unzip
  # objdump comes along with it.
  [ "$(uname -s)" != Linux ] || need strip binutils
  [ -n "$missing" ] || return 0
  printf '%s: missing: %s\n' "${0##*/}" "${missing#, }" >&2
  if command -v apt-get >/dev/null 2>&1; then
    sudo=''
    [ "$(id -u)" = 0 ] || sudo='sudo '
    printf 'hint: %sapt-get install%s\n' "$sudo" "$packages" >&2
  fi
  exit 1
}

if [ "${1:-}" = --check ]; then
  shift
  [ $# -gt 0 ] || set -- deb rpm tar.gz zip
  check_tools "$@"
  exit 0
fi

image='' documents='' version='' time='' to='' kinds='' fast='' deb_pack='-Zxz -z6' rpm_pack=w12.zstdio level=-9
needed='image documents version time to' known=$needed
while [ $# -gt 0 ]; do
  case $1 in
    deb | rpm | tar.gz | zip) kinds="$kinds $1" ;;
    --fast) fast=yes deb_pack='-Zgzip -z1' rpm_pack=w1.gzdio level=-1 ;;
    -*)
      read_option "$@"
      shift
      ;;
    *) fail "$1 is no kind of package; see the head of this file" ;;
  esac
  shift
done
need_options
# What there is no Java runtime in is a native image.
native=no
[ -d "$image/runtime" ] || native=yes
if [ ! -x "$image/bin/$name" ] || { [ $native = no ] && [ ! -r "$image/commands.classes" ]; }; then
  fail "$image is not an image"
fi
[ -r "$documents/share/man/man1/$name.1" ] || fail "$documents holds no manual; mvn -Ppackages package makes it"
case $time in
  *T*Z) SOURCE_DATE_EPOCH=$(date -d "$time" +%s 2>/dev/null || date -j -f %Y-%m-%dT%H:%M:%SZ "$time" +%s) ;;
  *) SOURCE_DATE_EPOCH=$time ;;
esac
export SOURCE_DATE_EPOCH
# Before 1.3.0 comes 1.3.0~SNAPSHOT, for dpkg and rpm alike.
package_version=$(printf '%s' "$version" | sed 's/-/~/')
mkdir -p "$to"
to=$(cd "$to" && pwd)
make_work_folder

case $(uname -m) in
  x86_64 | amd64) arch=x64 deb_arch=amd64 rpm_arch=x86_64 ;;
  aarch64 | arm64) arch=arm64 deb_arch=arm64 rpm_arch=aarch64 ;;
  *) fail "no package is known for a processor $(uname -m)" ;;
esac
case $(uname -s) in
  Darwin) system=macos ;;
  Linux) system=linux ;;
  *) fail "packages for $(uname -s) are not built by this script" ;;
esac
measured=no
[ -n "$kinds$fast" ] || measured=yes
[ -n "$kinds" ] || kinds='deb rpm tar.gz zip'
# shellcheck disable=SC2086
check_tools $kinds

# Copies the image to $1, as it is when it comes out of a package: without archives, which are made where it
# is installed, and without what only a developer wants of a runtime. Its launcher looks for it in $2.
copy_image() {
  "$helper/image/copy-image.sh" --image "$image" --to "$1" --home "$2"
  rm -f "$1/runtime/lib/server"/*.jsa "$1/runtime/lib/classlist" \
    "$1/runtime/lib/jrt-fs.jar" "$1/runtime/lib/jexec" "$1/runtime/bin/keytool"
  # Names of functions, for debuggers: 5 MB. (On macOS it would end the signatures.)
  [ "$system" = macos ] || find "$1" -type f \( -name '*.so' -o -path '*/runtime/bin/*' -o -name jspawnhelper \) \
    -exec strip --strip-unneeded {} +
}

# The license, ours and those of all that comes along, to $1: the texts are taken from the jars. The runtime
# has its own in runtime/legal.
copy_licenses() {
  mkdir -p "$1"
  if [ $native = yes ]; then
    cp "$image"/licenses/* "$1/"
    return
  fi
  cp "$here/copyright" "$1/copyright"
  for jar in "$image"/lib/*.jar; do
    library=${jar##*/}
    # No jar without its place in the list.
    grep -q "lib/$(printf '%s' "${library%.jar}" | sed 's/-[0-9.]*$//')[-*.]" "$1/copyright" \
      || fail "helper/packages/copyright does not say whose $library is"
    mkdir "$work/texts"
    unzip -q -o -j "$jar" 'META-INF/*LICENSE*' 'META-INF/*NOTICE*' 'META-INF/AL2.0' 'META-INF/LGPL2.1' \
      -d "$work/texts" 2>/dev/null || true
    for text in "$work"/texts/*; do
      [ ! -f "$text" ] || cp "$text" "$1/${library%.jar}.${text##*/}"
    done
    rm -rf "$work/texts"
  done
}

# Gives everything below $1 the modes and the time that it has in a package.
settle() {
  find "$1" -type d -exec chmod 755 {} +
  find "$1" -type f -perm -100 -exec chmod 755 {} +
  find "$1" -type f ! -perm -100 -exec chmod 644 {} +
  stamp=$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S 2>/dev/null || date -r "$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S)
  find "$1" -exec touch -h -t "$stamp" {} +
}

# What is installed for all of a system, below $1: what deb and rpm have in common.
# What git calls is one file, $program, whose folder's name sorts last, so that dpkg and rpm put it in its place when
# all the others are in theirs: then an upgrade is the rename of this one file, from either form to the other. The
# link to it, which dpkg would switch too early, always stays what it is.
stage_system() {
  library=/usr/lib/$name
  program=$library/program/$name
  # A native image is this file and little else. A Java runtime has a folder for each version, which the launcher names.
  home=$library
  [ $native = yes ] || home=$library/$package_version
  mkdir -p "$1${home%/*}"
  copy_image "$1$home" "$home"
  mkdir -p "$1/usr/bin" "$1$library/program"
  if [ $native = yes ]; then
    mv "$1$home/bin/$name" "$1$program"
    rmdir "$1$home/bin"
    # They are beside the other documents.
    rm -rf "$1$home/licenses"
  else
    cp "$1$home/bin/$name" "$1$program"
  fi
  ln -s "../lib/$name/program/$name" "$1/usr/bin/$name"
  cp -R "$documents/share" "$1/usr/"
  gzip -9 -n "$1"/usr/share/man/man1/*.1
}

# Fills in the words between @ signs of the file $1. A line that begins with one of them stays where it holds.
fill_in() {
  if [ $native = yes ]; then form=NATIVE other=JAVA; else form=JAVA other=NATIVE; fi
  zlib='/^@ZLIB@/d; s|@DEB_ZLIB@||'
  [ $linked = no ] || zlib='s|^@ZLIB@||; s|@DEB_ZLIB@|, zlib1g|'
  sed "/^@$other@/d; s|^@$form@||; $zlib
    s|@VERSION@|$package_version|g; s|@ARCH@|$2|g; s|@SIZE@|${3:-}|g; s|@LIBC@|$libc|g" "$1"
}

# The newest changes, one a line that begins with $1.
changes() {
  awk -v bullet="$1" '/^## / { if (seen++) exit; next }
    seen && /^- / { if (line) print line; line = bullet substr($0, 3); next }
    seen && /^  / { line = line " " substr($0, 3) }
    END { if (line) print line }' "$project/CHANGELOG.md"
}

build_deb() {
  root=$work/deb
  stage_system "$root"
  mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
  doc=$root/usr/share/doc/$name
  copy_licenses "$doc"
  # The texts of licenses that Debian has itself; the others stand in the copyright file.
  find "$doc" -name '*LICENSE*' -exec rm {} + -o -name '*.AL2.0' -exec rm {} + -o -name '*.LGPL2.1' -exec rm {} +
  {
    printf '%s (%s) unstable; urgency=medium\n\n' "$name" "$package_version"
    changes '* ' | fold -s -w 76 | sed 's/ *$//' | sed 's/^\* /  * /; t; s/^/    /'
    printf '\n -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$here/deb/control")" \
      "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')"
  } | gzip -9 -n >"$doc/changelog.gz"
  mkdir -p "$root/usr/share/lintian/overrides"
  fill_in "$here/deb/lintian-overrides" "$deb_arch" >"$root/usr/share/lintian/overrides/$name"
  mkdir "$root/DEBIAN"
  size=$(du -sk --apparent-size "$root/usr" | cut -f1)
  fill_in "$here/deb/control" "$deb_arch" "$size" >"$root/DEBIAN/control"
  # For the archives of a Java runtime; a native image has nothing to do.
  [ $native = yes ] || for file in postinst prerm postrm; do
    fill_in "$here/deb/$file" "$deb_arch" >"$root/DEBIAN/$file"
    chmod 755 "$root/DEBIAN/$file"
  done
  (cd "$root" && find usr -type f | sort | xargs md5sum) >"$root/DEBIAN/md5sums"
  settle "$root"
  # One thread: xz divides its work by threads, and so its output.
  # shellcheck disable=SC2086
  DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group $deb_pack --build "$root" "$work/package" >/dev/null
  finish "${name}_${package_version}_$deb_arch.deb" "$size"
}

build_rpm() {
  root=$work/rpm
  stage_system "$root"
  copy_licenses "$root/usr/share/doc/$name"
  size=$(du -sk --apparent-size "$root/usr" | cut -f1)
  settle "$root"
  {
    fill_in "$here/rpm/$name.spec" "$rpm_arch"
    printf '\n%%changelog\n* %s %s - %s-1\n' "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
      "$(sed -n 's/^Maintainer: //p' "$here/deb/control")" "$package_version"
    changes '- '
  } >"$work/$name.spec"
  rpmbuild -bb --quiet --target "$rpm_arch" --define "_topdir $work/rpmbuild" \
    --define "_dbpath $work/rpmdb" --define "staged $root" \
    --define "_binary_payload $rpm_pack" \
    "$work/$name.spec" >"$work/rpm.log" 2>&1 || { cat "$work/rpm.log" >&2; fail 'rpmbuild failed'; }
  mv "$work"/rpmbuild/RPMS/*/*.rpm "$work/package"
  finish "$name-$package_version-1.$rpm_arch.rpm" "$size"
}

# What a person unpacks anywhere, below $work/folder.
stage_folder() {
  folder=$name-$version-$system-$arch
  [ ! -d "$work/folder" ] || return 0
  root=$work/folder/$folder
  copy_image "$root" /nonexistent
  fill_in "$here/README.txt" "$arch" >"$root/README.txt"
  cp "$project/CHANGELOG.md" "$root/"
  copy_licenses "$root/licenses"
  cp "$project/LICENSE" "$root/licenses/LICENSE"
  cp -R "$documents/share" "$root/"
  settle "$work/folder"
  size=$(du -sk "$root" | cut -f1)
}

build_tar() {
  stage_folder
  if tar --version | grep -q GNU; then owner='--owner=0 --group=0 --format=gnu'; else owner='--uid 0 --gid 0'; fi
  # shellcheck disable=SC2086
  (cd "$work/folder" && find "$folder" | sort | tar $owner --numeric-owner --no-recursion -c -f - -T -) \
    | gzip "$level" -n >"$work/package"
  finish "$folder.tar.gz" "$size"
}

build_zip() {
  stage_folder
  (cd "$work/folder" && find "$folder" | sort | zip -q -X "$level" -y -@ "$work/package.zip")
  mv "$work/package.zip" "$work/package"
  finish "$folder.zip" "$size"
}

# Puts $work/package where it belongs, as $1, and says how large it is.
finish() {
  mv "$work/package" "$to/$1"
  printf '%s: %s MB, %s MB installed%s\n' "$1" \
    "$(wc -c <"$to/$1" | awk '{ printf "%.1f", $1 / 1000000 }')" "$(($2 / 1000))" "$not_counted"
}

# How long a start takes from a folder that is no longer where it was built.
measure() {
  copy_image "$work/measured" /nonexistent
  runs_on='a native image'
  if [ $native = no ]; then
    runs_on=Java
    "$work/measured/make-archives.sh"
    printf 'its archives: %s MB\n' $(($(du -ck "$work"/measured/*.jsa | tail -n 1 | cut -f1) / 1000))
  fi
  for words in capability --help; do
    for _ in 1 2 3 4 5 6 7 8 9 10 11; do
      start=$(date +%s%N)
      "$work/measured/bin/$name" "$words" >/dev/null
      printf '%s\n' $((($(date +%s%N) - start) / 100000))
    done | sort -n | awk -v words="$words on $runs_on" 'NR == 6 { printf "%s: %.1f ms\n", words, $1 / 10 }'
  done
}

# Sets what the native parts of the image want of the system: the oldest glibc that all are content with, and
# whether zlib is linked. (Java's own is in its runtime; a native image may take the system's.)
find_needs() {
  libc='' linked=no not_counted=''
  [ $native = yes ] || not_counted=' (its archives not counted)'
  [ "$system" = linux ] || return 0
  find "$image" -type f \( -name '*.so' -o -perm -100 \) ! -name '*.sh' -exec objdump -p {} + >"$work/objects" 2>/dev/null || true
  libc=$(sed -n 's/.* GLIBC_\(2[.0-9]*\)$/\1/p' "$work/objects" | sort -u -t. -k 2n | tail -n 1)
  [ -n "$libc" ] || fail "objdump finds no program in $image"
  # shellcheck disable=SC2013
  for wanted in $(sed -n 's/^ *NEEDED *//p' "$work/objects" | sort -u); do
    case $wanted in
      libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | ld-linux*) ;;
      libz.so.1) linked=yes ;;
      *) [ -n "$(find "$image" -name "$wanted" | head -n 1)" ] || fail "the image wants $wanted, of which no package is known" ;;
    esac
  done
}

find_needs
for kind in $kinds; do
  case $kind in
    deb) build_deb ;;
    rpm) build_rpm ;;
    tar.gz) build_tar ;;
    zip) build_zip ;;
  esac
done
(
  cd "$to"
  rm -f SHA256SUMS
  for package in "$name"*; do
    sha256sum "$package" 2>/dev/null || shasum -a 256 "$package"
  done >SHA256SUMS.part
  mv SHA256SUMS.part SHA256SUMS
)
# macOS' date knows no milliseconds.
if [ "$measured$system" = yeslinux ]; then measure; fi
