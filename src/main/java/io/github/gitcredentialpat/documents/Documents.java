package io.github.gitcredentialpat.documents;

import io.github.gitcredentialpat.command.RootCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/**
 * Generates, from the commands' own definitions, completions for shells and the AsciiDoc of the
 * manual. Part of the build; the program's jar does not contain this package.
 */
public final class Documents {
  private Documents() {}

  /**
   * Writes {@code share/}, as it is installed, and {@code asciidoc/}.
   *
   * @param args a folder, the version, and its date as in 2026-11-01T00:00:00Z
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path share = folder.resolve("share");
    write(
        share.resolve("bash-completion/completions/git-credential-pat"),
        BashCompletion.of(commands()));
    write(share.resolve("zsh/site-functions/_git-credential-pat"), ZshCompletion.of(commands()));
    write(
        share.resolve("fish/vendor_completions.d/git-credential-pat.fish"),
        FishCompletion.of(commands()));
    write(share.resolve("powershell/git-credential-pat.ps1"), PowerShellCompletion.of(commands()));
    String date = args[2].replaceFirst("T.*", "");
    new ManPages(Path.of(""), args[1], date)
        .write(commands(), Files.createDirectories(folder.resolve("asciidoc")));
  }

  /** The commands, which are looked at and never run. */
  static CommandLine commands() {
    return new RootCommand(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            Map.of())
        .line();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
