package io.github.gitcredentialpat.store.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Pty;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file store with a key file behind a passphrase. */
@Tag("slow")
final class PassphraseTest {
  private static final String HOST = "passphrase.example";
  private static final String PASSPHRASE = "correct hörse battery";
  private static final Identity WHERE = new Identity("https", HOST, null);
  private static final String PROMPT = "Passphrase for ";

  @TempDir Path home;

  /** A root folder without a container's marks: there the kernel's keyring may be used. */
  @TempDir Path noContainer;

  private Path passphraseFile;
  private Path key;

  @BeforeEach
  void writePassphrase() throws Exception {
    passphraseFile = Files.writeString(home.resolve("passphrase"), PASSPHRASE + "\nnot this\n");
    key = home.resolve(".local/state/git-credential-pat/key");
  }

  @AfterEach
  void forgetKey() throws Exception {
    if (Files.exists(key)) {
      cache(noContainer).forget(id());
    }
  }

  private byte[] id() throws Exception {
    return Arrays.copyOfRange(Files.readAllBytes(key), 8, 16);
  }

  private Environment surroundings(@Nullable Path file) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home.toString());
    if (file != null) {
      environment.put(Passphrase.VARIABLE, file.toString());
    }
    return new Environment(environment, false, new Deadline());
  }

  private KeyCache cache(Path root) {
    return new KeyCache(surroundings(null), root);
  }

  private FileStore open(@Nullable Path file) {
    return new FileStore(surroundings(file), cache(noContainer));
  }

  private static Entry entry() {
    return Entry.of(
        new EntryKey(WHERE, "alice"), Secret.password("secret".getBytes(UTF_8)), 1_700_000_000L);
  }

  private void assertOpens(FileStore store) throws Exception {
    List<Entry> found = store.find(WHERE);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).secret().sameAs(entry().secret())).isTrue();
  }

  private StoreException failureOf(FileStore store) {
    return catchThrowableOfType(StoreException.class, () -> store.find(WHERE));
  }

  private void requireKernelKeyring() throws Exception {
    byte[] id = "selftest".getBytes(UTF_8);
    cache(noContainer).put(id, new byte[MasterKey.LENGTH]);
    boolean there = cache(noContainer).get(id) != null;
    cache(noContainer).forget(id);
    Requires.present(there, "the kernel's keyring and libkeyutils");
  }

  @Test
  void theKeyIsWrappedAndOpenedByTheFirstLine() throws Exception {
    open(passphraseFile).save(entry());
    byte[] content = Files.readAllBytes(key);
    assertThat(content).hasSize(96).startsWith('g', 'c', 'p', 'K', 1, 1, 0, 0);
    assertThat(Arrays.copyOfRange(content, 16, 20))
        .isEqualTo(new byte[] {0, 0x09, 0x27, (byte) 0xc0});
    forgetKey();
    assertOpens(open(passphraseFile));
    forgetKey();
    assertOpens(open(Files.writeString(home.resolve("windows"), PASSPHRASE + "\r\n")));
    forgetKey();
    assertOpens(open(Files.writeString(home.resolve("bare"), PASSPHRASE)));
  }

  @Test
  void withoutAPassphraseItIsLockedAndSaysWhatToDo() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    StoreException failure = failureOf(open(null));
    assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
    assertThat(failure).hasMessageContaining(key.toString()).hasMessageContaining("terminal");
    failure = catchThrowableOfType(StoreException.class, () -> open(null).save(entry()));
    assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
    failure = catchThrowableOfType(StoreException.class, () -> open(null).list());
    assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
    forgetKey();
    assertOpens(open(passphraseFile));
  }

  @Test
  void withoutEntriesNothingHasToBeUnlocked() throws Exception {
    open(passphraseFile).save(entry());
    open(passphraseFile).delete(entry().key());
    forgetKey();
    assertThat(open(null).find(WHERE)).isEmpty();
    assertThat(open(null).list()).isEmpty();
  }

  @Test
  void aWrongOrUnreadablePassphraseFileIsNamed() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    Path wrong = Files.writeString(home.resolve("wrong"), "wrong\n");
    Path empty = Files.writeString(home.resolve("empty"), "\n" + PASSPHRASE);
    for (Path file : List.of(wrong, empty, home.resolve("missing"))) {
      StoreException failure = failureOf(open(file));
      assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
      assertThat(failure).hasMessageContaining(file.toString());
      assertThat(failure.getMessage()).doesNotContain("hörse");
    }
    assertThat(failureOf(open(Path.of("passphrase")))).hasMessageContaining("absolute");
  }

  @Test
  void aPassphraseThatCannotBeHadMakesNoBareKey() throws Exception {
    for (Path file : List.of(home.resolve("missing"), Path.of("/dev/tty"))) {
      StoreException failure =
          catchThrowableOfType(StoreException.class, () -> open(file).save(entry()));
      assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
      assertThat(key).doesNotExist();
    }
  }

  @Test
  void aChangeInAnyPartOfTheKeyFileIsNoticed() throws Exception {
    open(passphraseFile).save(entry());
    byte[] right = Files.readAllBytes(key);
    cache(noContainer).forget(id());
    for (int offset : new int[] {8, 19, 20, 36, 48, 95}) {
      byte[] changed = right.clone();
      changed[offset] ^= 1;
      Files.write(key, changed);
      StoreException failure = failureOf(open(passphraseFile));
      assertThat(failure).as("byte " + offset).isNotNull();
      assertThat(failure).hasMessageContaining(key.toString());
    }
    for (int offset : new int[] {0, 4, 5, 6, 7, 16}) {
      byte[] changed = right.clone();
      changed[offset] ^= (byte) 0x80;
      Files.write(key, changed);
      assertThat(failureOf(open(passphraseFile)).reason()).isEqualTo(Reason.UNAVAILABLE);
    }
    Files.write(key, right);
    assertOpens(open(passphraseFile));
  }

  @Test
  void thePassphraseCanBeSetChangedAndRemoved() throws Exception {
    open(null).save(entry());
    open(null).protect("first".toCharArray());
    assertThat(failureOf(open(null)).reason()).isEqualTo(Reason.LOCKED);
    Path first = Files.writeString(home.resolve("first"), "first");
    char[] second = "second".toCharArray();
    open(first).protect(second);
    assertThat(second).containsOnly('\0');
    assertThat(failureOf(open(first)).reason()).isEqualTo(Reason.LOCKED);
    Path secondFile = Files.writeString(home.resolve("second"), "second");
    assertOpens(open(secondFile));
    open(secondFile).protect(null);
    assertThat(Files.size(key)).isEqualTo(48);
    assertOpens(open(null));
  }

  @Test
  void theUnlockedKeyStaysInTheKernelForEightHours() throws Exception {
    requireKernelKeyring();
    open(passphraseFile).save(entry());
    assertOpens(open(null));
    String id = HexFormat.of().formatHex(id());
    String line =
        Files.readAllLines(Path.of("/proc/keys")).stream()
            .filter(key -> key.contains("git-credential-pat:" + id))
            .findFirst()
            .orElseThrow();
    assertThat(line.split(" +", -1)).contains("3f000000").containsAnyOf("7h", "8h");
    assertThat(open(null).list()).containsExactly(entry().key());
    open(null).delete(entry().key());
  }

  @Test
  void aCachedKeyOfSomethingElseIsIgnored() throws Exception {
    requireKernelKeyring();
    open(passphraseFile).save(entry());
    cache(noContainer).put(id(), new byte[MasterKey.LENGTH]);
    assertThat(failureOf(open(null)).reason()).isEqualTo(Reason.LOCKED);
    assertOpens(open(passphraseFile));
    assertOpens(open(null));
  }

  @Test
  void asRootInAContainerTheKernelsKeyringIsNotUsed() throws Exception {
    requireKernelKeyring();
    Path docker = Files.createDirectory(home.resolve("docker"));
    Files.createFile(docker.resolve(".dockerenv"));
    open(passphraseFile).save(entry());
    byte[] cached = cache(docker).get(id());
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    if (root) {
      assertThat(cached).isNull();
    } else {
      assertThat(cached).hasSize(MasterKey.LENGTH);
    }
  }

  @Test
  void theDeadlineWaitsForTheDerivation() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    Environment surroundings = surroundings(passphraseFile);
    Thread find =
        new Thread(
            () -> {
              try {
                new FileStore(surroundings, cache(noContainer)).find(WHERE);
              } catch (StoreException e) {
                throw new IllegalStateException(e);
              }
            });
    find.start();
    long most = 0;
    while (find.isAlive()) {
      most = Math.max(most, surroundings.deadline().remainingMillis());
    }
    assertThat(most).isGreaterThan(5_000);
    assertThat(surroundings.deadline().remainingMillis()).isBetween(1L, 5_000L);
  }

  private String child(String... arguments) {
    StringBuilder command = new StringBuilder();
    for (String word : FileStoreChild.command(arguments)) {
      command.append(" '").append(word).append("'");
    }
    return command.toString();
  }

  private Map<String, String> environment() {
    // A container's mark keeps the children of root from the kernel's keyring, as in production.
    return Map.of("HOME", home.toString(), "container", "test");
  }

  @Test
  void thePersonAtTheTerminalIsAskedWithoutEcho() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    String command =
        child("find", HOST) + " </dev/null; stty -a </dev/tty; read line </dev/tty; echo got $line";
    try (Pty pty = new Pty(command, environment())) {
      pty.waitFor(PROMPT, 1);
      pty.type("wrong passphrase\n");
      pty.waitFor("Wrong passphrase.", 1);
      pty.waitFor(PROMPT, 2);
      pty.type(PASSPHRASE + "\n");
      pty.waitFor("found secret", 1);
      pty.waitFor("iutf8", 1);
      pty.type("seen\n");
      String screen = pty.finish();
      assertThat(screen).contains(PROMPT + key).contains("found secret");
      assertThat(screen).doesNotContain("hörse").doesNotContain("wrong passphrase");
      assertThat(screen)
          .as("echo is back")
          .contains(" echo ")
          .contains("seen")
          .contains("got seen");
    }
  }

  @Test
  void threeWrongPassphrasesAreEnough() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    try (Pty pty = new Pty(child("find", HOST), environment())) {
      for (int i = 1; i <= 3; i++) {
        pty.waitFor(PROMPT, i);
        pty.type("wrong" + i + "\n");
      }
      assertThat(pty.finish()).contains("LOCKED").contains(key.toString()).doesNotContain("wrong1");
    }
  }

  @Test
  void whoTypesNothingIsNotAskedAgain() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    for (String nothing : List.of("\n", "\u0004")) {
      try (Pty pty = new Pty(child("find", HOST), environment())) {
        pty.waitFor(PROMPT, 1);
        pty.type(nothing);
        assertThat(pty.finish()).contains("DENIED");
      }
    }
  }

  @Test
  void controlCBringsTheEchoBack() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    String command = "trap : INT; " + child("find", HOST) + "; echo ended $?; stty -a </dev/tty";
    try (Pty pty = new Pty(command, environment())) {
      pty.waitFor(PROMPT, 1);
      pty.type("\u0003");
      String screen = pty.finish();
      assertThat(screen).contains("ended 130").contains(" echo ").doesNotContain("-echo ");
    }
  }

  @Test
  void aBackgroundJobDoesNotAsk() throws Exception {
    open(passphraseFile).save(entry());
    forgetKey();
    String command = "set -m; " + child("find", HOST) + " & wait $!; echo ended $?";
    try (Pty pty = new Pty(command, environment())) {
      assertThat(pty.finish()).contains("LOCKED").contains("ended 1").doesNotContain(PROMPT);
    }
  }

  @Test
  void aNewPassphraseIsAskedForTwice() throws Exception {
    Map<String, String> environment = new HashMap<>(environment());
    environment.put(Passphrase.VARIABLE, "/dev/tty");
    try (Pty pty = new Pty(child("save", HOST, "alice", "secret"), environment)) {
      pty.waitFor("New passphrase for ", 1);
      pty.type("one\n");
      pty.waitFor("Repeat the passphrase: ", 1);
      pty.type("two\n");
      pty.waitFor("New passphrase for ", 2);
      pty.type(PASSPHRASE + "\n");
      pty.waitFor("Repeat the passphrase: ", 2);
      pty.type(PASSPHRASE + "\n");
      assertThat(pty.finish()).contains("saved").doesNotContain("hörse").doesNotContain("two\r");
    }
    assertThat(Files.size(key)).isEqualTo(96);
    assertOpens(open(passphraseFile));
  }

  @Test
  void aPromptShowsNoControlCharacters() throws Exception {
    Path odd = Files.createDirectory(home.resolve("odd\u001b[2Jname"));
    Map<String, String> environment = new HashMap<>(environment());
    environment.put(Passphrase.VARIABLE, "/dev/tty");
    environment.put("XDG_STATE_HOME", odd.toString());
    try (Pty pty = new Pty(child("save", HOST, "alice", "secret"), environment)) {
      pty.waitFor("New passphrase for ", 1);
      pty.waitFor("odd?[2Jname", 1);
      pty.type("\n");
      String prompt = pty.finish().split("DENIED", -1)[0];
      assertThat(prompt).doesNotContain("\u001b");
    }
  }
}
