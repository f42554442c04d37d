package io.github.gitcredentialpat.documents;

import picocli.AutoComplete;
import picocli.CommandLine;

/** What bash reads to complete a command line, as picocli writes it; zsh can read it as well. */
final class BashCompletion {
  private BashCompletion() {}

  /** A file of bash-completion's folder. */
  static String of(CommandLine line) {
    return "# bash completion for git-credential-pat, made from its commands by picocli.\n\n"
        + functions(line)
        + "\ncomplete -o default -F _complete_git-credential-pat git-credential-pat\n";
  }

  /** A function for zsh's {@code fpath}, which the first completion replaces by what it defines. */
  static String forZsh(CommandLine line) {
    return "#compdef git-credential-pat\n"
        + "# zsh completion for git-credential-pat, made from its commands by picocli.\n\n"
        + "autoload -U +X bashcompinit && bashcompinit\n\n"
        + functions(line)
        + "\n_git-credential-pat() {\n"
        + "  _bash_complete -o default -F _complete_git-credential-pat\n"
        + "}\n"
        + "_git-credential-pat \"$@\"\n";
  }

  /** Without the head, on how to install it, and without the end, which differs. */
  private static String functions(CommandLine line) {
    String script = AutoComplete.bash(line.getCommandName(), line);
    int begin = script.indexOf("# CompWordsContainsArray");
    int end = script.indexOf("# Define a completion specification");
    if (begin < 0 || end < begin) {
      throw new IllegalStateException("picocli writes its completion in another way now");
    }
    return script.substring(begin, end).stripTrailing() + "\n";
  }
}
