#!/bin/sh
# Fills in the Homebrew formula, the Scoop manifest and the winget manifests for a release.
#
#   fill-manifests.sh --version VERSION --sums SHA256SUMS --to DIR
#
# --sums  the release's SHA256SUMS; every file that a manifest names must be in it
#
# As they lie in helper/manifests they hold no version and no sum, so that nobody takes one for the real thing.
# shellcheck source=helper/common.sh
. "$(dirname "$0")/../common.sh"

version='' sums='' to=''
read_options 'version sums to' '' "$@"
printf '%s\n' "$version" | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+$' || fail "$version is no version of a release"
[ -r "$sums" ] || fail "$sums cannot be read"
url=https://github.com/gitcredentialpat/$name/releases/download/v$version

# Writes $2, made of the file $1, or nothing.
fill_in() {
  mkdir -p "$(dirname "$2")"
  sed "s|@VERSION@|$version|g; s|@URL@|$url|g" "$here/$1" \
    | awk -v sums="$sums" '
        BEGIN {
          while ((getline line < sums) > 0) {
            split(line, words, / [ *]/)
            if (words[1] ~ /^[0-9a-f]+$/ && length(words[1]) == 64) sum[words[2]] = words[1]
          }
        }
        match($0, /@SHA256:[^@]*@/) {
          file = substr($0, RSTART + 8, RLENGTH - 9)
          if (!(file in sum)) { print file; bad = 1; exit }
          $0 = substr($0, 1, RSTART - 1) sum[file] substr($0, RSTART + RLENGTH)
        }
        { text = text $0 "\n" }
        END { if (bad) exit 1; printf "%s", text }' >"$2.part" \
    || { missing=$(cat "$2.part"); rm -f "$2.part"; fail "$sums has no sum of $missing, which helper/manifests/$1 names"; }
  mv "$2.part" "$2"
}

fill_in "homebrew/$name.rb" "$to/homebrew/$name.rb"
fill_in "scoop/$name.json" "$to/scoop/$name.json"
fill_in winget/version.yaml "$to/winget/GitCredentialPat.GitCredentialPat.yaml"
fill_in winget/installer.yaml "$to/winget/GitCredentialPat.GitCredentialPat.installer.yaml"
fill_in winget/locale.yaml "$to/winget/GitCredentialPat.GitCredentialPat.locale.en-US.yaml"
