package io.github.gitcredentialpat.documents;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The script that PowerShell runs once, for example from a profile, to complete a command line. */
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

  private static final String STORED =
      """
          }
          # By command or option: which words that are stored on this machine may follow it.
          $stored = @{
      """;

  private static final String END =
      """
          }
          $command = ''
          $before = ''
          $all = @()
          foreach ($element in $line.CommandElements | Select-Object -Skip 1) {
              if ($element.Extent.EndOffset -ge $cursor) { break }
              $before = $element.Extent.Text
              if ($before -eq '--') { return }
              $all += $before
              $longer = "$command $before".Trim()
              if ($words.ContainsKey($longer)) { $command = $longer }
          }
          $place = "$command $before".Trim()
          $isValue = $values.ContainsKey($place)
          if (-not $isValue) { $place = $command }
          $found = @()
          if ($isValue) { $found += $values[$place] }
          if ($stored.ContainsKey($place) -and -not $typed.StartsWith('-')) {
              $wanted = -split $stored[$place]
              $found += & git-credential-pat complete @wanted -- @all 2>$null
          }
          $quote = [string][char]39
          $found | Where-Object { $_ -like "$typed*" } | ForEach-Object {
              $word = if ($_ -match '[^\\w@.:/-]') { $quote + $_.Replace($quote, $quote + $quote) + $quote } else { $_ }
              [System.Management.Automation.CompletionResult]::new($word, $_, 'ParameterValue', $_)
          }
          if ($isValue) { return }
          $known = $words[$command]
          # Options only to those who ask for one.
          $isOption = $typed.StartsWith('-')
          $known.Keys | Where-Object { $_ -like "$typed*" -and $_.StartsWith('-') -eq $isOption } | ForEach-Object {
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
    script.append(STORED);
    for (CommandSyntax words : all) {
      if (!words.words().isEmpty()) {
        pair(script, words.path(), String.join(" ", words.words()));
      }
      for (CommandSyntax.Option option : words.options()) {
        if (!option.stored().isEmpty()) {
          option.names().forEach(n -> pair(script, words.path() + " " + n, option.stored()));
        }
      }
    }
    return script.append(END).toString();
  }

  private static void pair(StringBuilder script, String word, String description) {
    script.append("            ").append(quoted(word));
    script.append(" = ").append(quoted(description)).append('\n');
  }

  /** The text as a PowerShell string in which nothing is replaced. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
