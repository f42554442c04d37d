package io.github.gitcredentialpat.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The script by which bash completes a command line. */
final class BashCompletion {
  private BashCompletion() {}

  private static final String HEAD =
      """
      # bash completion for git-credential-pat, made from its commands.

      _git_credential_pat() {
          local line=${COMP_LINE:0:COMP_POINT} words=() at='' before='' prefix='' word
          local list='' stored='' value='' found
          COMPREPLY=()
          # By blanks, and not at : and = as well, as readline does it.
          read -ra words <<<"$line"
          [[ $line == *[[:space:]] ]] && words+=('')
          local last=$((${#words[@]} - 1))
          local typed=${words[last]}
          for word in "${words[@]:1:last-1}"; do
              # A program and its arguments.
              [[ $word == -- ]] && return
              before=$word
              case "${at:+$at }$word" in
      """;

  private static final String VALUES =
      """
                  at=${at:+$at }$word ;;
              esac
          done
          if [[ $typed == --*=* ]]; then
              before=${typed%%=*} prefix=$before= typed=${typed#*=}
          fi
          case "$at $before" in
      """;

  private static final String WORDS =
      """
          *) value=none ;;
          esac
          if [[ $value == path ]]; then
              return
          elif [[ $value == none ]]; then
              case $at in
      """;

  private static final String END =
      """
              esac
              [[ $typed == -* ]] && stored=''
          fi
          # Where nothing fits no file does either.
          compopt +o default 2>/dev/null
          found=$list
          if [[ -n $stored ]]; then
              # shellcheck disable=SC2086
              found+=$'\\n'$(git-credential-pat complete $stored -- "${words[@]:1}" </dev/null 2>/dev/null)
          fi
          [[ ${COMP_WORDBREAKS-} == *=* ]] && prefix=''
          while IFS= read -r word; do
              # Options only to those who ask for one.
              [[ $word == -* && $typed != -* ]] && continue
              if [[ -n $word && $word == "$typed"* ]]; then
                  printf -v word %q "$word"
                  # What stands before a colon is not replaced.
                  [[ $typed == *:* && ${COMP_WORDBREAKS-} == *:* ]] && word=${word#"${typed%"${typed##*:}"}"}
                  COMPREPLY+=("$prefix$word")
              fi
          done <<<"$found"
      }

      complete -o default -F _git_credential_pat git-credential-pat
      """;

  /** A file of bash-completion's folder. */
  static String of(CommandLine line) {
    List<CommandSyntax> all = CommandSyntax.of(line);
    StringBuilder script = new StringBuilder(HEAD);
    script.append("        ").append(paths(all)).append(")\n");
    script.append(VALUES);
    CommandSyntax.values(all)
        .forEach(
            (value, places) -> {
              script.append("    ").append(patterns(places)).append(") ");
              script.append(settings(value)).append(" ;;\n");
            });
    script.append(WORDS);
    for (CommandSyntax words : all) {
      List<String> list = new ArrayList<>();
      words.commands().forEach(command -> list.add(command.name()));
      words.options().forEach(option -> list.addAll(option.names()));
      script.append("        ").append(quoted(words.path())).append(") ");
      script.append("list=").append(lines(list));
      if (!words.words().isEmpty()) {
        script.append(" stored=").append(quoted(String.join(" ", words.words())));
      }
      script.append(" ;;\n");
    }
    return script.append(END).toString();
  }

  private static String paths(List<CommandSyntax> all) {
    return all.stream().skip(1).map(words -> quoted(words.path())).collect(Collectors.joining("|"));
  }

  /** The command and the option that a value stands behind; any command where none is named. */
  static String patterns(List<CommandSyntax.Place> places) {
    return places.stream()
        .map(
            place ->
                place.command() == null
                    ? "*" + quoted(" " + place.option())
                    : quoted(place.command() + " " + place.option()))
        .collect(Collectors.joining("|"));
  }

  private static String settings(CommandSyntax.Value value) {
    if (value.takes() == CommandSyntax.Takes.A_PATH) {
      return "value=path";
    }
    return "value=any"
        + (value.choices().isEmpty() ? "" : " list=" + lines(value.choices()))
        + (value.stored().isEmpty() ? "" : " stored=" + value.stored());
  }

  private static String lines(List<String> words) {
    return "$'" + String.join("\\n", words) + "'";
  }

  /** The text quoted as one word for a shell. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
