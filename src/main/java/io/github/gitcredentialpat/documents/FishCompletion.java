package io.github.gitcredentialpat.documents;

import java.util.List;
import picocli.CommandLine;

/** The script by which fish completes a command line. */
final class FishCompletion {
  private FishCompletion() {}

  static String of(CommandLine line) {
    List<CommandSyntax> all = CommandSyntax.of(line);
    StringBuilder script = new StringBuilder();
    script.append("# fish completion for git-credential-pat, made from its commands.\n\n");
    script.append("# Whether the command that was typed so far is this one.\n");
    script.append("function __git_credential_pat_at\n");
    script.append("    set -l command ''\n");
    script.append("    for word in (commandline -opc)[2..-1]\n");
    script.append("        switch (string trim -- \"$command $word\")\n");
    script.append("            case --\n                break\n");
    script.append("            case");
    all.stream().skip(1).forEach(words -> script.append(' ').append(quoted(words.path())));
    script.append("\n                set command (string trim -- \"$command $word\")\n");
    script.append("        end\n    end\n");
    script.append("    test \"$command\" = \"$argv[1]\"\nend\n\n");
    script.append("# What is stored on this machine.\n");
    script.append("function __git_credential_pat_stored\n");
    script.append("    git-credential-pat complete $argv -- (commandline -opc)[2..-1]");
    script.append(" </dev/null 2>/dev/null\nend\n\n");
    script.append("complete -c git-credential-pat -f -n 'not __git_credential_pat_at exec'\n");
    for (CommandSyntax words : all) {
      script.append('\n');
      for (CommandSyntax.Command command : words.commands()) {
        begin(script, words).append(" -a ").append(quoted(command.name()));
        script.append(" -d ").append(quoted(command.description())).append('\n');
      }
      if (!words.words().isEmpty()) {
        begin(script, words).append(" -a ");
        script.append(quoted(stored(String.join(" ", words.words())))).append('\n');
      }
      for (CommandSyntax.Option option : words.options()) {
        begin(script, words);
        for (String name : option.names()) {
          script.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceAll("^-+", ""));
        }
        switch (option.takes()) {
          case NOTHING -> {}
          case A_VALUE -> script.append(" -x");
          case A_PATH -> script.append(" -r -F");
        }
        if (!option.stored().isEmpty()) {
          script.append(" -a ").append(quoted(stored(option.stored())));
        } else if (!option.choices().isEmpty()) {
          script.append(" -a ").append(quoted(String.join(" ", option.choices())));
        }
        script.append(" -d ").append(quoted(option.description())).append('\n');
      }
    }
    return script.toString();
  }

  private static StringBuilder begin(StringBuilder script, CommandSyntax words) {
    return script
        .append("complete -c git-credential-pat -n ")
        .append(quoted("__git_credential_pat_at '" + words.path() + "'"));
  }

  private static String stored(String words) {
    return "(__git_credential_pat_stored " + words + ")";
  }

  /** The text quoted as one word for fish. */
  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
