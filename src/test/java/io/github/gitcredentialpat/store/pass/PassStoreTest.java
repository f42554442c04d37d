package io.github.gitcredentialpat.store.pass;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.OwnTime;
import io.github.gitcredentialpat.testing.Requires;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: the store's contract, and what gpg, git and people at a prompt do.
/** With real gpg, pass and git, and throw-away keys. */
@Tag("slow")
final class PassStoreTest extends StoreContract {
  private static final String PASSPHRASE = "open sesame";

  /** From the field for the passphrase over OK to Cancel. */
  private static final String CANCEL = "\t\t\r";

  private static Person alice;

  @BeforeAll
  static void makeAKey() throws Exception {
    for (String program : List.of("gpg", "pass", "git")) {
      Requires.present(Files.isExecutable(Path.of("/usr/bin", program)), program);
    }
    alice = new Person("alice", "");
    alice.run("pass", "init", alice.mail);
  }

  @AfterAll
  static void removeTheKey() throws Exception {
    if (alice != null) {
      assertThat(alice.files()).containsExactly(Path.of(".gpg-id"));
      alice.close();
    }
  }

  @Override
  protected Store open() {
    return alice.store();
  }

  /** Each takes gpg a process, and is a file: more of them are no other case. */
  @Override
  protected int many() {
    return 200;
  }

  private String passName(String rest) {
    return "git-credential-pat/https/" + host + "/" + rest;
  }

  private static void assertFails(Reason reason, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.inOneLine()).contains(text);
            });
  }

  private static String onlyPassword(Store store, Entry like) throws Exception {
    List<Entry> found = store.find(like.key().identity());
    assertThat(found).hasSize(1);
    return new String(found.get(0).secret().bytes(), UTF_8);
  }

  @Test
  void passShowsIt() throws Exception {
    store.save(entry("contoso", "alice", "the-token"));
    assertThat(alice.run("pass", "show", passName("contoso/alice")))
        .isEqualTo("the-token\nstored_at=1700000000");
  }

  @Test
  void readsWhatAPersonInsertedWithPass() throws Exception {
    Path file = alice.home.resolve("typed");
    Files.writeString(file, "typed-token\nnote: mine\nscopes=vso.code\n");
    alice.run("sh", "-c", "pass insert -m " + passName("contoso/alice") + " < " + file);
    Files.delete(file);
    Entry found = store.find(at("contoso")).get(0);
    assertThat(found.key()).isEqualTo(new EntryKey(at("contoso"), "alice"));
    assertThat(new String(found.secret().bytes(), UTF_8)).isEqualTo("typed-token");
    assertThat(found.scopes()).isEqualTo("vso.code");
  }

  @Test
  void filesAreForTheirOwnerOnlyAndNothingUnfinishedStays() throws Exception {
    Path folder = alice.storeFolder().resolve("git-credential-pat/https/" + host + "/contoso");
    Files.createDirectories(folder);
    Path abandoned = Files.createFile(folder.resolve(".unfinished-1-1"));
    assertThat(abandoned.toFile().setLastModified(1_000)).isTrue();
    store.save(entry("contoso", "alice", "the-token"));
    store.save(entry("fabrikam", "alice", "the-token"));
    assertThat(folder.toFile().list()).containsExactly("alice.gpg");
    assertThat(Files.getPosixFilePermissions(folder.resolve("alice.gpg")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(folder.resolveSibling("fabrikam")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aDamagedFileDoesNotHideAnother() throws Exception {
    store.save(entry("contoso", "alice", "good"));
    store.save(entry("contoso", "bob", "bad"));
    Path file = alice.storeFolder().resolve(passName("contoso/bob.gpg"));
    Files.writeString(file, "no gpg file");
    assertThat(onlyPassword(store, entry("contoso", null, ""))).isEqualTo("good");
    store.delete(new EntryKey(at("contoso"), "alice"));
    assertFails(Reason.DAMAGED, file.toString(), () -> store.find(at("contoso")));
  }

  @Test
  void aNameThatNoFileCanHaveIsALimit() throws Exception {
    Entry fits = entry("contoso", "u".repeat(226), "1");
    store.save(fits);
    assertKept(fits);
    Entry entry = entry("contoso", "u".repeat(300), "1");
    assertFails(Reason.LIMIT, "230", () -> store.save(entry));
    assertThat(store.delete(entry.key())).isFalse();
    assertThat(store.find(at("p".repeat(300)))).isEmpty();
  }

  @Test
  void aLinkLeadsNobodyOut(@TempDir Path outside) throws Exception {
    Path folder = alice.storeFolder().resolve("git-credential-pat/https/" + host);
    Files.createDirectories(folder);
    Path link = Files.createSymbolicLink(folder.resolve("contoso"), outside);
    assertFails(
        Reason.DENIED,
        "out of the store",
        () -> store.save(entry("contoso", "alice", "the-token")));
    assertThat(outside.toFile().list()).isEmpty();
    Files.delete(link);
  }

  @Test
  void withoutAStoreItSaysHowToMakeOne() throws Exception {
    try (Person bare = new Person("bare", "")) {
      assertFails(Reason.UNAVAILABLE, "pass init", () -> bare.store().find(at("contoso")));
      assertFails(Reason.UNAVAILABLE, "pass init", () -> bare.store().list());
      assertFails(
          Reason.UNAVAILABLE, "pass init", () -> bare.store().save(entry("contoso", "a", "t")));
      assertThat(bare.files()).isEmpty();
      bare.environment.put("PASSWORD_STORE_DIR", "store");
      assertFails(Reason.UNAVAILABLE, "absolute", () -> bare.store().find(at("contoso")));
    }
  }

  @Test
  void theNearestGpgIdCounts() throws Exception {
    try (Person bob = new Person("bob", "")) {
      alice.trust(bob);
      alice.run(
          "pass", "init", "-p", "git-credential-pat/https/" + host + "/team", alice.mail, bob.mail);
      store.save(entry("team", "alice", "for both"));
      store.save(entry("own", "alice", "for one"));
      bob.environment.put("PASSWORD_STORE_DIR", alice.storeFolder().toString());
      assertThat(onlyPassword(bob.store(), entry("team", null, ""))).isEqualTo("for both");
      assertFails(Reason.UNAVAILABLE, "other people's keys", () -> bob.store().find(at("own")));
      // What one cannot read does not hide what one can.
      assertThat(bob.store().find(at(null))).hasSize(1);
      Files.delete(
          alice.storeFolder().resolve("git-credential-pat/https/" + host + "/team/.gpg-id"));
    }
  }

  @Test
  void aKeyThatNobodyVouchedForIsNotUsed() throws Exception {
    try (Person bob = new Person("bob", "");
        Person carol = new Person("carol", "")) {
      Path key = bob.home.resolve("carol");
      Files.writeString(key, carol.run("gpg", "--armor", "--export", carol.mail));
      bob.run("gpg", "--batch", "--quiet", "--import", key.toString());
      Files.createDirectories(bob.storeFolder());
      Files.writeString(bob.storeFolder().resolve(".gpg-id"), bob.mail + "\n" + carol.mail + "\n");
      assertFails(
          Reason.FAILED,
          "gpg --lsign-key " + carol.mail,
          () -> bob.store().save(entry("contoso", "bob", "t")));
      Files.writeString(bob.storeFolder().resolve(".gpg-id"), "nobody@example.com # gone\n");
      assertFails(
          Reason.FAILED,
          "gpg --list-keys nobody@example.com",
          () -> bob.store().save(entry("contoso", "bob", "t")));
      assertThat(bob.files()).containsExactly(Path.of(".gpg-id"));
    }
  }

  @Test
  void anUnsignedGpgIdIsRefusedWhereSignaturesAreWanted() throws Exception {
    try (Person bob = new Person("bob", "")) {
      bob.run("pass", "init", bob.mail);
      bob.environment.put("PASSWORD_STORE_SIGNING_KEY", bob.fingerprint());
      assertFails(
          Reason.DENIED, "not signed", () -> bob.store().save(entry("contoso", "bob", "t")));
      bob.run("pass", "init", bob.mail);
      bob.store().save(entry("contoso", "bob", "t"));
      Files.writeString(bob.storeFolder().resolve(".gpg-id"), bob.mail + "\n" + bob.mail + "\n");
      assertFails(
          Reason.DENIED, "not signed", () -> bob.store().save(entry("contoso", "bob", "u")));
    }
  }

  @Test
  void twoPeopleShareAStoreThroughARemote(@TempDir Path remote) throws Exception {
    try (Person anna = new Person("anna", "");
        Person bob = new Person("bob", "")) {
      anna.trust(bob);
      bob.trust(anna);
      anna.run("git", "init", "--quiet", "--bare", "-b", "main", remote.toString());
      anna.run("pass", "init", anna.mail, bob.mail);
      anna.run("pass", "git", "init", "-b", "main");
      anna.run("pass", "git", "remote", "add", "origin", remote.toString());
      Entry first = entry("contoso", "build", "from-anna");
      anna.store().save(first);
      anna.run("pass", "git", "push", "--quiet", "-u", "origin", "main");

      bob.run("git", "clone", "--quiet", remote.toString(), bob.storeFolder().toString());
      assertThat(onlyPassword(bob.store(), first)).isEqualTo("from-anna");
      bob.store().save(entry("contoso", "build", "from-bob"));
      bob.store().save(entry("fabrikam", "build", "another"));
      assertThat(bob.run("pass", "git", "status", "--porcelain")).isEmpty();
      assertThat(bob.run("pass", "git", "log", "-2", "--format=%an %s"))
          .isEqualTo(
              "bob Keep "
                  + passName("fabrikam/build")
                  + "\n"
                  + "bob Keep "
                  + passName("contoso/build")
                  + "\n");
      bob.run("pass", "git", "push", "--quiet");

      anna.run("pass", "git", "pull", "--quiet");
      assertThat(onlyPassword(anna.store(), first)).isEqualTo("from-bob");
      assertThat(anna.run("pass", "show", passName("fabrikam/build"))).startsWith("another\n");
      assertThat(anna.store().delete(first.key())).isTrue();
      assertThat(anna.run("pass", "git", "status", "--porcelain")).isEmpty();
      anna.run("pass", "git", "push", "--quiet");

      bob.run("pass", "git", "pull", "--quiet");
      assertThat(bob.store().find(first.key().identity())).isEmpty();
      assertThat(bob.store().list()).hasSize(1);
    }
  }

  @Test
  void theCommitIsNotMisledByTheGitThatCalls(@TempDir Path repository) throws Exception {
    try (Person bob = new Person("bob", "")) {
      bob.run("pass", "init", bob.mail);
      bob.run("pass", "git", "init");
      Path hook = bob.storeFolder().resolve(".git/hooks/post-commit");
      Files.createDirectories(hook.getParent());
      Files.writeString(hook, "#!/bin/sh\ntouch " + bob.home + "/hook-ran\n");
      assertThat(hook.toFile().setExecutable(true)).isTrue();
      bob.run("git", "init", "--quiet", repository.toString());
      bob.environment.put("GIT_DIR", repository.resolve(".git").toString());
      bob.environment.put("GIT_WORK_TREE", repository.toString());
      bob.environment.put("GIT_INDEX_FILE", repository.resolve("index").toString());
      bob.store().save(entry("contoso", "*", "t"));
      bob.environment.keySet().removeIf(name -> name.startsWith("GIT_"));
      assertThat(bob.run("pass", "git", "log", "-1", "--format=%s")).contains(host);
      assertThat(bob.run("pass", "git", "status", "--porcelain")).isEmpty();
      assertThat(bob.home.resolve("hook-ran")).doesNotExist();
      assertThat(repository.resolve("index")).doesNotExist();
    }
  }

  @Test
  void aStoreThatCannotCommitKeepsTheTokenAllTheSameAndSaysSo() throws Exception {
    try (Person bob = new Person("bob", "")) {
      bob.run("pass", "init", bob.mail);
      bob.run("pass", "git", "init");
      Path lock = Files.createFile(bob.storeFolder().resolve(".git/index.lock"));
      Entry entry = entry("contoso", "bob", "t");
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      bob.store(new Console(said, false)).save(entry);
      assertThat(onlyPassword(bob.store(), entry)).isEqualTo("t");
      assertThat(said.toString(UTF_8)).contains(passName("contoso/bob.gpg"), "did not commit");
      Files.delete(lock);
      said.reset();
      assertThat(bob.store(new Console(said, false)).delete(entry.key())).isTrue();
      assertThat(said.toString(UTF_8)).as("what git never saw and is gone").isEmpty();
      Files.writeString(bob.storeFolder().resolve(".gitignore"), "git-credential-pat\n");
      bob.store(new Console(said, false)).save(entry);
      assertThat(said.toString(UTF_8)).as("what is ignored").isEmpty();
    }
  }

  @Test
  void aPassphraseAndNobodyToAskIsLockedAndQuick() throws Exception {
    try (Person bob = new Person("bob", PASSPHRASE)) {
      bob.run("pass", "init", bob.mail);
      Entry entry = entry("contoso", "bob", "t");
      bob.store().save(entry);
      OwnTime time = new OwnTime();
      assertFails(Reason.LOCKED, "gpg -d -o /dev/null", () -> bob.store(false).find(at("contoso")));
      assertThat(time.millis()).isLessThan(4_000);
      assertThat(bob.store(false).list()).containsExactly(entry.key());
      unlock(bob);
      assertThat(onlyPassword(bob.store(false), entry)).isEqualTo("t");
    }
  }

  /** As a person does in another terminal. */
  private void unlock(Person person) throws Exception {
    person.run(
        "gpg",
        "--batch",
        "--pinentry-mode=loopback",
        "--passphrase=" + PASSPHRASE,
        "-d",
        "-o",
        "/dev/null",
        person.storeFolder().resolve(passName("contoso/bob.gpg")).toString());
  }

  /** Under the lock nobody is asked, for whom all others would wait. */
  @Test
  void asksOnceWhereTheAgentRemembersNothing() throws Exception {
    try (Person bob = new Person("bob", PASSPHRASE)) {
      Path prompts = bob.home.resolve("prompts");
      Path pinentry = bob.home.resolve("pinentry");
      Files.writeString(
          pinentry,
          "#!/bin/sh\necho OK\nwhile read -r line; do case $line in GETPIN*) echo asked >> '"
              + prompts
              + "'; echo 'D "
              + PASSPHRASE
              + "' ;; esac; echo OK; done\n");
      assertThat(pinentry.toFile().setExecutable(true)).isTrue();
      Files.writeString(
          bob.home.resolve("gpg-agent.conf"),
          "pinentry-program " + pinentry + "\ndefault-cache-ttl 0\nmax-cache-ttl 0\n");
      bob.run("pass", "init", bob.mail);
      bob.store().save(entry("contoso", "bob", "old"));
      bob.forgetPassphrase();
      Invocation run =
          new Invocation(
              new StoreChain(List.of(bob.store(true)), true),
              new Environment(bob.environment, true, new Deadline()),
              new Console(new ByteArrayOutputStream(), false),
              1_800_000_000L);
      String request =
          "protocol=https\nhost=" + host + "\npath=contoso\nusername=bob\npassword=new\n";
      assertThat(CredentialHelper.store(run, new ByteArrayInputStream(request.getBytes(UTF_8))))
          .isTrue();
      assertThat(prompts).hasContent("asked");
      assertThat(onlyPassword(bob.store(true), entry("contoso", "bob", ""))).isEqualTo("new");
      assertThat(Files.readAllLines(prompts)).hasSize(2);
    }
  }

  @Test
  void asksForThePassphraseOnTheTerminal() throws Exception {
    Requires.present(Files.isExecutable(Path.of("/usr/bin/pinentry-curses")), "pinentry-curses");
    Requires.present(Files.isExecutable(Path.of("/usr/bin/script")), "script (bsdutils)");
    try (Person bob = new Person("bob", PASSPHRASE)) {
      Files.writeString(
          bob.home.resolve("gpg-agent.conf"), "pinentry-program /usr/bin/pinentry-curses\n");
      bob.run("pass", "init", bob.mail);
      bob.store().save(entry("contoso", "bob", "the-token"));
      assertThat(typeAtThePrompt(bob, "no\r", "no\r", "no\r"))
          .startsWith("LOCKED wrong passphrase");
      assertThat(typeAtThePrompt(bob, CANCEL)).startsWith("DENIED");
      assertThat(typeAtThePrompt(bob, PASSPHRASE + "\r")).isEqualTo("the-token");
    }
  }

  /** Runs {@link Reader} on a terminal of its own. Returns what it found. */
  private String typeAtThePrompt(Person person, String... typed) throws Exception {
    person.forgetPassphrase();
    Path result = person.home.resolve("result");
    Files.deleteIfExists(result);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    // Standard streams are no terminal, as with git.
    String command =
        java
            + " -cp '"
            + System.getProperty("java.class.path")
            + "' '"
            + Reader.class.getName()
            + "' "
            + host
            + " </dev/null >"
            + result
            + " 2>"
            + person.home
            + "/errors";
    ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qfec", command, "/dev/null");
    builder.environment().clear();
    builder.environment().putAll(person.environment);
    builder.environment().put("TERM", "xterm");
    builder.environment().put("SHELL", "/bin/sh");
    Process process = builder.redirectErrorStream(true).start();
    try (InputStream screen = process.getInputStream();
        OutputStream keyboard = process.getOutputStream()) {
      for (String answer : typed) {
        awaitDialog(screen, person);
        Thread.sleep(500);
        for (byte key : answer.getBytes(UTF_8)) {
          keyboard.write(key);
          keyboard.flush();
          Thread.sleep(20);
        }
      }
      screen.readAllBytes();
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return Files.readString(result).strip();
  }

  private static void awaitDialog(InputStream screen, Person person) throws Exception {
    StringBuilder shown = new StringBuilder();
    while (shown.indexOf("Cancel") < 0) {
      int c = screen.read();
      assertThat(c)
          .as(
              "%s, then %s%s",
              shown,
              Files.readString(person.home.resolve("result")),
              Files.readString(person.home.resolve("errors")))
          .isNotNegative();
      shown.append((char) c);
    }
    assertThat(shown.toString()).contains("assphrase");
  }

  /** What runs on the terminal. */
  static final class Reader {
    public static void main(String[] args) throws Exception {
      Store store = new PassStore(new Environment(System.getenv(), true, new Deadline()));
      try {
        for (Entry entry : store.find(new Identity("https", args[0], "contoso"))) {
          System.out.println(new String(entry.secret().bytes(), UTF_8));
        }
      } catch (StoreException e) {
        System.out.println(e.reason() + " " + e.getMessage());
      }
    }
  }

  @Test
  void aGpgThatNeverEndsIsEndedWithItsChildrenAndItsPrompt(@TempDir Path folder) throws Exception {
    store.save(entry("contoso", "alice", "t"));
    Path gpg = folder.resolve("gpg2");
    Files.copy(Path.of("/bin/sleep"), folder.resolve("pinentry"));
    Files.writeString(
        gpg,
        "#!/bin/sh\ncd "
            + folder
            + "\nsh -c './pinentry 1000 & echo $! >prompt'\n"
            + "sleep 1000 &\necho $$ $! $(cat prompt) >pids\n"
            + "echo \"[GNUPG:] PINENTRY_LAUNCHED $(cat prompt) curses\" >&2\nwait\nsleep 1000\n");
    assertThat(gpg.toFile().setExecutable(true)).isTrue();
    List<Long> pids = new ArrayList<>();
    String path = alice.environment.get("PATH");
    alice.environment.put("PATH", folder + ":" + path);
    try {
      PassStore slow = alice.store(false);
      OwnTime time = new OwnTime();
      assertFails(Reason.TIMEOUT, "stopped", () -> slow.find(at("contoso")));
      assertThat(time.millis()).isBetween(4_000L, 5_000L);
    } finally {
      alice.environment.put("PATH", path);
    }
    for (String pid : Files.readString(folder.resolve("pids")).strip().split(" ")) {
      pids.add(Long.parseLong(pid));
    }
    assertThat(pids).hasSize(3);
    for (long pid : pids) {
      // The machine's first process may take a moment to bury it.
      for (int i = 0; i < 200 && isRunning(pid); i++) {
        Thread.sleep(100);
      }
      assertThat(isRunning(pid)).isFalse();
    }
  }

  private static boolean isRunning(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    return process.isPresent() && process.get().isAlive();
  }

  /** A gpg whose status lines are those of a success, and whose output is this script's. */
  private static void withGpg(Path folder, String script, ThrowingCallable call) throws Throwable {
    Path gpg = folder.resolve("gpg2");
    Files.writeString(
        gpg,
        "#!/bin/sh\necho '[GNUPG:] DECRYPTION_OKAY' >&2\n" + script + "\n",
        StandardCharsets.UTF_8);
    assertThat(gpg.toFile().setExecutable(true)).isTrue();
    String path = alice.environment.get("PATH");
    alice.environment.put("PATH", folder + ":" + path);
    try {
      call.call();
    } finally {
      alice.environment.put("PATH", path);
    }
  }

  @Test
  void aPlainTextWhoseEndWasNotSeenIsNoToken(@TempDir Path folder) throws Throwable {
    store.save(entry("contoso", "alice", "t"));
    // Until then our reader waits, and so sees that the pipe stays open; half of the time it has.
    String endless = "sleep 1000 2>/dev/null & echo $! >" + folder + "/pid; sleep 2.5";
    try {
      for (String script : List.of(endless, "printf tok; " + endless)) {
        withGpg(
            folder,
            script,
            () -> assertFails(Reason.TIMEOUT, "stopped", () -> store.find(at("contoso"))));
        assertThat(new ProcessBuilder("kill", pid(folder)).start().waitFor()).isZero();
      }
    } finally {
      ProcessHandle.of(Long.parseLong(pid(folder))).ifPresent(ProcessHandle::destroy);
    }
    withGpg(
        folder,
        "head -c 1048577 /dev/zero",
        () -> assertFails(Reason.TIMEOUT, "stopped", () -> store.find(at("contoso"))));
  }

  private static String pid(Path folder) throws Exception {
    return Files.readString(folder.resolve("pid")).strip();
  }

  @Test
  void anEmptyPlainTextIsDamageAndAnEmptyPasswordIsNot(@TempDir Path folder) throws Throwable {
    Entry empty = entry("contoso", "alice", "");
    store.save(empty);
    assertKept(empty);
    for (String script : List.of("true", "echo", "printf '\\r\\n\\n'")) {
      withGpg(
          folder,
          script,
          () -> assertFails(Reason.DAMAGED, "is empty", () -> store.find(at("contoso"))));
    }
  }

  @Test
  void runsNothingFromTheWorkTreeNorFromWhereAnybodyMayWrite(@TempDir Path folder)
      throws Exception {
    Path ran = folder.resolve("ran");
    Path here = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "work-tree");
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    for (Path place : List.of(here, open)) {
      for (String program : List.of("gpg", "gpg2", "git")) {
        Path file = place.resolve(program);
        Files.writeString(file, "#!/bin/sh\ntouch " + ran + "\nexit 2\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
      }
    }
    Path relative = Path.of("").toAbsolutePath().relativize(here);
    String path = alice.environment.get("PATH");
    alice.environment.put("PATH", ":.:" + relative + ":" + here + ":" + open);
    try {
      Entry entry = entry("contoso", "alice", "t");
      store.save(entry);
      assertKept(entry);
    } finally {
      alice.environment.put("PATH", path);
      for (String name : here.toFile().list()) {
        Files.delete(here.resolve(name));
      }
      Files.delete(here);
    }
    assertThat(ran).doesNotExist();
  }

  @Test
  void noSecretIsAnArgument(@TempDir Path folder) throws Exception {
    Path gpg = folder.resolve("gpg2");
    Files.writeString(
        gpg,
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >>" + folder + "/arguments\nexec /usr/bin/gpg \"$@\"\n");
    assertThat(gpg.toFile().setExecutable(true)).isTrue();
    String path = alice.environment.get("PATH");
    alice.environment.put("PATH", folder + ":" + path);
    try {
      Entry entry =
          entry("contoso", "alice", "very-secret")
              .with(null, Secret.password("also-secret".getBytes(UTF_8)));
      store.save(entry);
      assertKept(entry);
    } finally {
      alice.environment.put("PATH", path);
    }
    assertThat(Files.readString(folder.resolve("arguments")))
        .contains("--encrypt", "--decrypt")
        .doesNotContain("secret");
  }
}
