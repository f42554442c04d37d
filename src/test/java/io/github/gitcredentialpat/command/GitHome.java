package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.Requires;
import io.github.gitcredentialpat.store.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A person with a home folder, this machine's git, and configuration files that are theirs. */
final class GitHome {
  private final Path folder;
  private final Path git;

  final Path home;
  final Path global;
  final Path system;
  final Typed typed = Typed.on(new InMemoryStore("memory"));

  /** In an empty folder. */
  GitHome(Path folder) throws IOException {
    this.folder = folder;
    home = Files.createDirectory(folder.resolve("home"));
    global = home.resolve(".gitconfig");
    system = folder.resolve("system-gitconfig");
    git = Programs.find("git", System.getenv());
    Requires.present(git != null, "git");
    typed
        .set("HOME", home.toString())
        .set("GIT_CONFIG_SYSTEM", system.toString())
        .set("GIT_TERMINAL_PROMPT", "0")
        .set("PATH", System.getenv("PATH"));
  }

  /** From now on git says that it is this version; all else it does as the machine's does it. */
  GitHome gitSays(String version) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path wrapper = bin.resolve("git");
    Files.writeString(
        wrapper,
        "#!/bin/sh\n[ \"$1\" != version ] || { echo git version "
            + version
            + "; exit; }\nexec "
            + git
            + " \"$@\"\n");
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    typed.set("PATH", bin + ":" + System.getenv("PATH"));
    return this;
  }

  /** What the machine's git prints, in this home. */
  String git(String... arguments) throws Exception {
    return gitReading("", arguments);
  }

  /** The same with this on its standard input. */
  String gitReading(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(git.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    Map<String, String> environment = new TreeMap<>(typed.environment());
    builder.environment().putAll(environment);
    Path err = Files.createTempFile(folder, "err", "");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().write(input.getBytes(UTF_8));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).describedAs(command + ": " + Files.readString(err)).isZero();
    return out;
  }
}
