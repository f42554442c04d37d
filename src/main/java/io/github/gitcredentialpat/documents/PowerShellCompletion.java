package io.github.gitcredentialpat.documents;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** What PowerShell runs once, as by a line of a person's profile, to complete a command line. */
final class PowerShellCompletion {
  private PowerShellCompletion() {}

  private static final String HEAD =
      """
      # PowerShell completion for git-credential-pat, made from its commands.
      Register-ArgumentCompleter -Native -CommandName git-credential-pat -ScriptBlock {
          param($typed, $line, $cursor)
          # By command: each word that may follow it, and what it is for.
          $words = @{
      """;

  private static final String MIDDLE =
      """
          }
          # By option: its values. An option that takes any other value has none.
          $values = @{
      """;

  private static final String END =
      """
          }
          $command = ''
          $before = ''
          foreach ($element in $line.CommandElements | Select-Object -Skip 1) {
              if ($element.Extent.EndOffset -ge $cursor) { break }
              $before = $element.Extent.Text
              $longer = "$command $before".Trim()
              if ($words.ContainsKey($longer)) { $command = $longer }
          }
          if ($values.ContainsKey("$command $before".Trim())) {
              $values["$command $before".Trim()] | Where-Object { $_ -like "$typed*" } | ForEach-Object {
                  [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
              return
          }
          $known = $words[$command]
          $known.Keys | Where-Object { $_ -like "$typed*" } | ForEach-Object {
              [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $known[$_])
          }
      }
      """;

  static String of(CommandLine line) {
    List<CommandSyntax> all = CommandSyntax.of(line);
    StringBuilder script = new StringBuilder(HEAD);
    for (CommandSyntax words : all) {
      script.append("        ").append(quoted(words.path())).append(" = [ordered]@{\n");
      for (CommandSyntax.Command command : words.commands()) {
        pair(script, command.name(), command.description());
      }
      for (CommandSyntax.Option option : words.options()) {
        option.names().forEach(name -> pair(script, name, option.description()));
      }
      script.append("        }\n");
    }
    script.append(MIDDLE);
    for (CommandSyntax words : all) {
      for (CommandSyntax.Option option : words.options()) {
        if (option.takes() != CommandSyntax.Takes.NOTHING) {
          String values =
              option.choices().stream()
                  .map(PowerShellCompletion::quoted)
                  .collect(Collectors.joining(", ", "@(", ")"));
          for (String name : option.names()) {
            String key = quoted((words.path() + " " + name).strip());
            script.append("        ").append(key).append(" = ").append(values).append('\n');
          }
        }
      }
    }
    return script.append(END).toString();
  }

  private static void pair(StringBuilder script, String word, String description) {
    script.append("            ").append(quoted(word));
    script.append(" = ").append(quoted(description)).append('\n');
  }

  /** As a string of PowerShell's in which nothing is replaced. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
