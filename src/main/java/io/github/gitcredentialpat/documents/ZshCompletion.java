package io.github.gitcredentialpat.documents;

import static io.github.gitcredentialpat.documents.BashCompletion.quoted;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** A function for zsh's {@code fpath}, which completes a command line. */
final class ZshCompletion {
  private ZshCompletion() {}

  private static final String HEAD =
      """
      #compdef git-credential-pat
      # zsh completion for git-credential-pat, made from its commands.

      _git-credential-pat() {
          local word at='' before='' value=any stored=''
          local -a commands options choices
          for word in "${(@)words[2,CURRENT-1]}"; do
              if [[ $word == -- ]]; then
                  # A program and its arguments.
                  _default
                  return
              fi
              before=$word
              case "${at:+$at }$word" in
      """;

  private static final String VALUES =
      """
                  at=${at:+$at }$word ;;
              esac
          done
          if [[ $PREFIX == --*=* ]]; then
              before=${PREFIX%%=*}
              compset -P '*='
          fi
          case "$at $before" in
      """;

  private static final String WORDS =
      """
          (*) value=none ;;
          esac
          if [[ $value == path ]]; then
              _files
              return
          elif [[ $value == none ]]; then
              case $at in
      """;

  private static final String END =
      """
              esac
          fi
          if [[ -n $stored && $PREFIX != -* ]]; then
              choices+=("${(@f)$(git-credential-pat complete ${=stored} -- "${(@)words[2,-1]}" </dev/null 2>/dev/null)}")
              choices=("${(@)choices:#}")
          fi
          (( $#choices )) && compadd -a choices
          (( $#commands )) && _describe -t commands command commands
          (( $#options )) && _describe -o -t options option options
      }

      _git-credential-pat "$@"
      """;

  static String of(CommandLine line) {
    List<CommandSyntax> all = CommandSyntax.of(line);
    StringBuilder script = new StringBuilder(HEAD);
    script
        .append("        (")
        .append(
            all.stream()
                .skip(1)
                .map(words -> quoted(words.path()))
                .collect(Collectors.joining("|")))
        .append(")\n");
    script.append(VALUES);
    CommandSyntax.values(all)
        .forEach(
            (value, places) -> {
              script.append("    (").append(BashCompletion.patterns(places)).append(") ");
              script.append(settings(value)).append(" ;;\n");
            });
    script.append(WORDS);
    for (CommandSyntax words : all) {
      script.append("        (").append(quoted(words.path())).append(")\n");
      if (!words.words().isEmpty()) {
        script.append("            stored=").append(quoted(String.join(" ", words.words())));
        script.append('\n');
      }
      script.append("            commands=(");
      words.commands().forEach(each -> item(script, each.name(), each.description()));
      script.append(")\n            options=(");
      for (CommandSyntax.Option option : words.options()) {
        option.names().forEach(name -> item(script, name, option.description()));
      }
      script.append(") ;;\n");
    }
    return script.append(END).toString();
  }

  private static void item(StringBuilder script, String word, String description) {
    script.append("\n                ").append(quoted(word + ":" + description));
  }

  private static String settings(CommandSyntax.Value value) {
    if (value.takes() == CommandSyntax.Takes.A_PATH) {
      return "value=path";
    }
    String choices =
        value.choices().stream().map(BashCompletion::quoted).collect(Collectors.joining(" "));
    return "choices=("
        + choices
        + ")"
        + (value.stored().isEmpty() ? "" : " stored=" + value.stored());
  }
}
