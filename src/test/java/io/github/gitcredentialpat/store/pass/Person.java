package io.github.gitcredentialpat.store.pass;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.testing.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Somebody with a home of their own, a throw-away gpg key in it, and its agent. */
final class Person implements AutoCloseable {
  final Path home;
  final String mail;
  final Map<String, String> environment = new HashMap<>();

  Person(String name, String passphrase) throws Exception {
    mail = name + "@example.com";
    // Short: the agent's socket lies in it, and may have 108 characters.
    home = Files.createTempDirectory(Path.of("/tmp"), "gcp");
    environment.put("HOME", home.toString());
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("GNUPGHOME", home.toString());
    environment.put("PASSWORD_STORE_DIR", storeFolder().toString());
    environment.put("LC_ALL", "C.UTF-8");
    Files.writeString(
        home.resolve(".gitconfig"),
        "[user]\n name = " + name + "\n email = " + mail + "\n[pull]\n rebase = true\n");
    run(
        "gpg",
        "--batch",
        "--quiet",
        "--pinentry-mode=loopback",
        "--passphrase=" + passphrase,
        "--quick-generate-key",
        mail,
        "future-default",
        "default",
        "never");
    forgetPassphrase();
  }

  Path storeFolder() {
    return home.resolve("store");
  }

  /** Files of the store that are not git's. */
  List<Path> files() throws IOException {
    if (!Files.exists(storeFolder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(storeFolder())) {
      return files
          .filter(file -> !file.startsWith(storeFolder().resolve(".git")))
          .filter(Files::isRegularFile)
          .map(storeFolder()::relativize)
          .toList();
    }
  }

  void forgetPassphrase() throws Exception {
    run("gpgconf", "--kill", "gpg-agent");
  }

  /** Gets the other's key, and vouches for it. */
  void trust(Person other) throws Exception {
    Path key = home.resolve("key-of-" + other.mail);
    Files.writeString(key, other.run("gpg", "--armor", "--export", other.mail));
    run("gpg", "--batch", "--quiet", "--import", key.toString());
    run("gpg", "--batch", "--quiet", "--yes", "--quick-lsign-key", other.fingerprint());
  }

  String fingerprint() throws Exception {
    for (String line : run("gpg", "--batch", "--with-colons", "--list-keys", mail).split("\n")) {
      if (line.startsWith("fpr:")) {
        return line.split(":")[9];
      }
    }
    throw new AssertionError("no key of " + mail);
  }

  /** Runs a command that must succeed. Returns its output. */
  String run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(home.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }

  /** This person's store, each call with a run's whole time. */
  Store store() {
    return new Patient();
  }

  PassStore store(boolean mayPrompt) {
    return new PassStore(new Environment(environment, mayPrompt, new Deadline()));
  }

  /** The same, for one call, with a place for its warnings. */
  PassStore store(Console messages) {
    return new PassStore(new Environment(environment, false, new Deadline(), messages));
  }

  @Override
  public void close() throws IOException {
    new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent")
        .start()
        .onExit()
        .join();
    Leftovers.delete(home);
  }

  private final class Patient implements Store {
    @Override
    public String name() {
      return store(false).name();
    }

    @Override
    public String location() {
      return store(false).location();
    }

    @Override
    public String readers() {
      return store(false).readers();
    }

    @Override
    public Capacity capacity() {
      return store(false).capacity();
    }

    @Override
    public List<Entry> find(Identity where) throws StoreException {
      return store(false).find(where);
    }

    @Override
    public List<EntryKey> list() throws StoreException {
      return store(false).list();
    }

    @Override
    public void save(Entry entry) throws StoreException {
      store(false).save(entry);
    }

    @Override
    public boolean delete(EntryKey key) throws StoreException {
      return store(false).delete(key);
    }
  }
}
