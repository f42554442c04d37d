package io.github.gitcredentialpat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.store.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A person with a home folder, this machine's git, and configuration files that are theirs. */
public final class GitHome {
  private final Path folder;
  private final Path git;

  private final Path calls;

  public final Path home;
  public final Path global;
  public final Path system;
  public final InMemoryStore store = new InMemoryStore("memory");
  public final InMemoryStore other = new InMemoryStore("other");
  public final Typed typed = new Typed(List.of(store), List.of(store, other));

  /** In an empty folder. */
  public GitHome(Path folder) throws IOException {
    this.folder = folder;
    home = Files.createDirectory(folder.resolve("home"));
    calls = folder.resolve("calls");
    global = home.resolve(".gitconfig");
    system = folder.resolve("system-gitconfig");
    git = Executables.find("git", System.getenv());
    Requires.present(git != null, "git");
    typed
        .set("HOME", home.toString())
        .set("GIT_CONFIG_SYSTEM", system.toString())
        .set("GIT_TERMINAL_PROMPT", "0")
        // The tests themselves run in a repository, whose settings are none of theirs.
        .set("GIT_DIR", folder.resolve("no-repository").toString())
        .set("PATH", System.getenv("PATH"));
  }

  /** From now on git says that it is this version; all else it does as the machine's does it. */
  public GitHome gitSays(String version) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path wrapper = bin.resolve("git");
    Files.writeString(
        wrapper,
        "#!/bin/sh\n[ \"$1\" != version ] || { echo 'git version "
            + version
            + "'; exit; }\nexec "
            + git
            + " \"$@\"\n");
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    typed.set("PATH", bin + ":" + System.getenv("PATH"));
    return this;
  }

  /** From now on git's arguments are noted among the calls. */
  public GitHome gitNotes() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path wrapper = bin.resolve("git");
    Files.writeString(
        wrapper, "#!/bin/sh\necho \"git: $*\" >>'" + calls + "'\nexec " + git + " \"$@\"\n");
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    typed.set("PATH", bin + ":" + System.getenv("PATH"));
    return this;
  }

  /** From now on the person is in a repository of that name, which this makes. */
  public Path in(String repository) throws Exception {
    Path path = Files.createDirectories(home.resolve(repository));
    typed.set("GIT_DIR", path.resolve(".git").toString());
    git("init", "--quiet");
    return path.resolve(".git/config");
  }

  /**
   * Makes a launcher that notes what it is called with, and answers with {@code pat} and {@code
   * secret}.
   */
  public Path launcher(String name) throws IOException {
    Path launcher = home.resolve(name);
    Files.createDirectories(launcher.getParent());
    Files.writeString(
        launcher,
        "#!/bin/sh\necho \"called: $*\" >>'"
            + calls
            + "'\ncat >>'"
            + calls
            + "'\ncase $* in *get) echo username=pat; echo password=secret ;; *capability) echo version 0 ;; esac\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    System.setProperty(Launcher.PROPERTY, launcher.toString());
    return launcher;
  }

  /** What launchers noted since the last time. */
  public String calls() throws IOException {
    String noted = Files.exists(calls) ? Files.readString(calls) : "";
    Files.deleteIfExists(calls);
    return noted;
  }

  /** What the machine's git prints, in this home. */
  public String git(String... arguments) throws Exception {
    return gitReading("", arguments);
  }

  /** The same with this on its standard input. */
  public String gitReading(String input, String... arguments) throws Exception {
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
