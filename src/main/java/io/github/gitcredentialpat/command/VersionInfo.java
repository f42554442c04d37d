package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.Program;
import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine;

/** Reads the version and the commit from the jar, and names what it runs on. */
final class VersionInfo implements CommandLine.IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    String version = told("version");
    String commit = told("commit");
    return new String[] {
      Program.NAME + " " + (version.isEmpty() ? "unknown" : version),
      // What git said instead, where there was no repository, is of no use here.
      "commit " + (commit.matches("[0-9a-f]+") ? commit : "unknown"),
      (Program.isNative() ? "native image, " : "Java runtime, ")
          + System.getProperty("java.vm.name")
          + " "
          + Runtime.version(),
      System.getProperty("os.name") + " " + System.getProperty("os.arch")
    };
  }

  /** A text that the build wrote. (A native image does not keep the jar's manifest.) */
  private static String told(String name) throws IOException {
    try (InputStream in = VersionInfo.class.getResourceAsStream(name)) {
      return in == null ? "" : new String(in.readAllBytes(), UTF_8).strip();
    }
  }
}
