package io.github.gitcredentialpat.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes what packages tell a person of the commands, from the commands' own definitions: AsciiDoc
 * of a manual page for each, and the completion that bash and zsh read. A part of the build, which
 * lies here since the program needs none of it.
 */
final class Documents {
  private Documents() {}

  /**
   * Writes {@code asciidoc/*.adoc} and {@code completions/git-credential-pat}.
   *
   * @param args a folder, and the version
   */
  public static void main(String[] args) throws IOException {
    CommandLine line =
        new CommandLine(
            new Commands(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                Map.of()));
    prepare(line, Commands.NAME + " " + args[1]);
    Path folder = Path.of(args[0]);
    Path manual = Files.createDirectories(folder.resolve("asciidoc"));
    int status =
        ManPageGenerator.generateManPage(
            manual.toFile(), null, new boolean[0], true, line.getCommandSpec());
    if (status != 0) {
      throw new IOException("the manual pages could not be made: " + status);
    }
    Path completion = Files.createDirectories(folder.resolve("completions")).resolve(Commands.NAME);
    Files.writeString(completion, AutoComplete.bash(Commands.NAME, line));
  }

  /** Gives a command and those below it what the pages lack otherwise. */
  private static void prepare(CommandLine line, String version) {
    CommandSpec spec = line.getCommandSpec();
    spec.versionProvider(null).version(version);
    // A synopsis on one line: the page breaks it where it is shown.
    spec.usageMessage().width(1_000).footerHeading("Notes%n");
    line.getSubcommands().values().forEach(each -> prepare(each, version));
  }
}
