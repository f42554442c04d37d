#!/bin/sh
# Makes the Windows installer's package of an image for Windows, on Linux.
#
#   build-msi.sh --image DIR --version VERSION --to FILE.msi [--zip FILE.zip]
#
# --image    a build that install.ps1 made, PREFIX\lib\git-credential-pat\build.*: runtime, lib and jvm.options in it
# --version  such as 1.2.0 or 1.3.0-SNAPSHOT; Windows knows only the three numbers
#
# --zip      the same files to unpack anywhere; make-archives.cmd in it has to be run once, where they are
#
# It needs wixl and msitools, as Debian calls them. The package is not signed; docs/security.md says how that is done.
# Single quotes: much in here is for the launcher.
# shellcheck disable=SC2016
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"

image='' version='' to='' zip=''
read_options 'image version to' zip "$@"
if [ ! -f "$image/runtime/bin/java.exe" ] || [ ! -f "$image/lib/jnidispatch.dll" ]; then
  fail "$image is not an image for Windows; install.ps1 makes one"
fi
for tool in wixl wixl-heat msibuild; do
  command -v "$tool" >/dev/null 2>&1 || fail "$tool is missing; it is in the packages wixl and msitools"
done
number=${version%%-*}
printf '%s\n' "$number" | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+$' || fail "$version is no version of three numbers"
make_work_folder

# The jars behind ours and JNA, each behind $1 and with the sign $2 before it.
class_path() {
  path=$1$2$name.jar
  for jar in "$image"/lib/jna-[0-9]*.jar "$image"/lib/*.jar; do
    jar=${jar##*/}
    case "$path;" in
      *"$2$jar;"*) ;;
      *) path="$path;$1$2$jar" ;;
    esac
  done
  printf '%s' "$path"
}

# Fills in the word @$1@ with $2; the text of class paths has no sign that sed gives a meaning to but \.
fill_in() {
  sed "s|@$1@|$(printf '%s' "$2" | sed 's/\\/\\\\/g')|"
}

stage() {
  root=$work/root
  target=$root/lib/$name/image
  mkdir -p "$root/bin" "$target" "$root/licenses"
  cp -R "$image/runtime" "$image/jvm.options" "$target/"
  mkdir "$target/lib"
  cp "$image"/lib/*.jar "$image/lib/jnidispatch.dll" "$target/lib/"
  cp "$here/copyright" "$project/LICENSE" "$root/licenses/"
  # The place is read from a file, which sh does without a process of its own; $0 has slashes of either kind.
  fill_in CLASSPATH "$(class_path '$home/lib' /)" <"$helper/launcher/windows/$name" \
    | sed "s|^home=.*|read -r home <\"\${0%[/\\\\\\\\]*}/../lib/$name/image/place\" \|\| [ -n \"\$home\" ] \|\| exit 1|" >"$root/bin/$name"
  grep -q '^read -r home' "$root/bin/$name" || fail 'the launcher has changed; it has no line home= any more'
  fill_in BUILD image <"$helper/launcher/windows/$name.cmd" | fill_in CLASSPATH "$(class_path '%home%\lib' "\\")" >"$root/bin/$name.cmd"
  fill_in GIT_CLASSPATH "$(class_path '%home%/lib' /)" <"$here/msi/make-archives.cmd" \
    | fill_in CMD_CLASSPATH "$(class_path '%home%\lib' "\\")" >"$target/make-archives.cmd"
  # Line ends as cmd and sh want them, however the sources lie here.
  sed -i 's/\r$//' "$root/bin/$name"
  sed -i 's/\r$//; s/$/\r/' "$root/bin/$name.cmd" "$target/make-archives.cmd"
  ! grep -rq '@[A-Z_]*@' "$root/bin" "$target/make-archives.cmd" || fail 'a word between @ signs is left'
}

# The folder that holds the folder $1.
parent() {
  msiinfo export "$work/package.msi" Directory | awk -F '\t' -v id="$1" '$1 == id { print $2 }'
}

# The rest of the language wixl does not know, so it goes into the package's tables as it is.
fill_tables() {
  component=$(msiinfo export "$work/package.msi" File | awk -F '\t' '$3 ~ /make-archives.cmd$/ { print $2 }')
  folder=$(msiinfo export "$work/package.msi" Component | awk -F '\t' -v id="$component" '$1 == id { print $3 }')
  if [ -z "$component" ] || [ -z "$folder" ]; then fail 'make-archives.cmd is not in the package'; fi
  # The folders that hold folders only, which nothing would remove.
  above=$(parent "$folder")
  # Type 34: a command line, run in a folder; 1024 deferred, 2048 by the system itself, 64 whatever it says.
  msibuild "$work/package.msi" \
    -q 'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE, `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)' \
    -q "INSERT INTO \`Environment\` (\`Environment\`, \`Name\`, \`Value\`, \`Component_\`) VALUES ('Path', '=-*PATH', '[~];[INSTALLDIR]bin', '$component')" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`FileName\`, \`DirProperty\`, \`InstallMode\`) VALUES ('App', '$component', 'app.jsa', '$folder', 2)" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`FileName\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Commands', '$component', 'commands.jsa', '$folder', 2)" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`FileName\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Place', '$component', 'place', '$folder', 2)" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Folder1', '$component', '$above', 2)" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Folder2', '$component', '$(parent "$above")', 2)" \
    -q "INSERT INTO \`RemoveFile\` (\`FileKey\`, \`Component_\`, \`DirProperty\`, \`InstallMode\`) VALUES ('Folder3', '$component', 'INSTALLDIR', 2)" \
    -q "INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('MakeArchives', 3170, '$folder', '\"[System64Folder]cmd.exe\" /c make-archives.cmd')" \
    -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Condition\`, \`Sequence\`) VALUES ('MakeArchives', 'NOT REMOVE', 5500)" \
    -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', 5200)" \
    -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', 3300)"
}

stage
# wixl takes relative names only.
(
  cd "$work"
  cp "$here/msi/$name.wxs" package.wxs
  find root -type f | sort | wixl-heat --prefix root/ --component-group Files --directory-ref INSTALLDIR \
    --var var.Files --win64 >files.wxs
  wixl --arch x64 -D Version="$number" -D Files=root -D Win64=yes -o package.msi package.wxs files.wxs
) >"$work/log" 2>&1 || { cat "$work/log" >&2; fail 'wixl failed'; }
fill_tables
mkdir -p "$(dirname "$to")"
mv "$work/package.msi" "$to"
if [ -n "$zip" ]; then
  mkdir -p "$(dirname "$zip")"
  zip=$(cd "$(dirname "$zip")" && pwd)/${zip##*/}
  rm -f "$zip"
  folder=${zip##*/}
  mv "$work/root" "$work/${folder%.zip}"
  (cd "$work" && zip -q -X -9 -r "$zip" "${folder%.zip}")
fi
