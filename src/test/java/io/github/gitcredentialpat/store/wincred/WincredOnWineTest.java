package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store on Wine's own Credential Manager, which is not ours and keeps things for good. */
@Tag("all")
@Tag("slow")
final class WincredOnWineTest extends StoreContract {
  private static final String IN_GIT = "contrib/credential/wincred/git-credential-wincred.c";

  private static Wine wine;

  @BeforeAll
  static void startWine() throws Exception {
    wine = new Wine();
  }

  @AfterAll
  static void stopWine() throws Exception {
    if (wine != null) {
      wine.stop();
      wine = null;
    }
  }

  @Override
  protected Store open() {
    Environment surroundings = new Environment(Map.of(), false, new Deadline());
    return new WincredStore(surroundings, wine.path());
  }

  @Override
  protected List<String> nativeLibraries() {
    return List.of(wine.path());
  }

  @AfterEach
  void everythingWasGivenBack() {
    assertThat(wine.call("test_leaks")).isZero();
  }

  @Test
  void aLongTokenIsReplacedByAShortOneAndGone() throws Exception {
    store.save(entry("contoso", "alice", "x".repeat(7_000)));
    Entry entry = entry("contoso", "alice", "short");
    store.save(entry);
    assertKept(entry);
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(store.list()).doesNotContain(entry.key());
  }

  @Test
  void keysThatDifferInCaseOnlyStayApart() throws Exception {
    Entry lower = entry("repo", "alice", "1");
    Entry upper = entry("Repo", "alice", "2");
    store.save(lower);
    store.save(upper);
    assertKept(lower);
    assertKept(upper);
  }

  @Test
  void gitsOwnHelperAndOursLeaveEachOtherAlone() throws Exception {
    Path gits = CSources.windowsProgram(gits());
    String where = "protocol=https\nhost=" + host + "\npath=contoso\n";
    String theirs = where + "username=alice\npassword=gits-" + random(8) + "\n";
    Entry ours = entry("contoso", "alice", "ours-" + random(8));
    try {
      wine.run(gits, theirs, "store");
      assertThat(store.find(at(null))).isEmpty();
      store.save(ours);
      assertThat(wine.run(gits, where, "get")).isEqualToIgnoringNewLines(password(theirs));
      assertKept(ours);

      wine.run(gits, where, "erase");
      assertThat(wine.run(gits, where, "get")).isEmpty();
      assertKept(ours);

      wine.run(gits, theirs, "store");
      assertThat(store.delete(ours.key())).isTrue();
      assertThat(wine.run(gits, where, "get")).isEqualToIgnoringNewLines(password(theirs));
    } finally {
      wine.run(gits, where, "erase");
    }
  }

  @Test
  void readsWhatGitsOwnHelperKeeps() throws Exception {
    readsWhatIsKeptBy(CSources.windowsProgram(gits()), "");
  }

  @Test
  void readsWhatGitsNewestHelperKeeps() throws Exception {
    String source = System.getenv("GIT_CREDENTIAL_PAT_GIT_SOURCE");
    Requires.present(source != null, "GIT_CREDENTIAL_PAT_GIT_SOURCE");
    Path newest = Path.of(source).resolve(IN_GIT);
    // Of the same name as the other one's source.
    Path copy = Path.of("target/native/git-credential-wincred-newest.c");
    Files.createDirectories(copy.getParent());
    Files.copy(newest, copy, StandardCopyOption.REPLACE_EXISTING);
    readsWhatIsKeptBy(CSources.windowsProgram(copy), "oauth_refresh_token=again\n");
  }

  private void readsWhatIsKeptBy(Path gits, String more) throws Exception {
    String where = "protocol=https\nhost=" + host + ":8443\npath=contoso/My Project\n";
    String password = "gits-" + random(8) + "-\u00fc\uD83D\uDD11";
    wine.run(
        gits, where + "username=alice@example.com\npassword=" + password + "\n" + more, "store");
    ForeignEntries foreign = store.foreignEntries();
    ForeignEntry entry =
        foreign.list().stream()
            .filter(e -> e.host().equals(host + ":8443"))
            .findAny()
            .orElseThrow();
    assertThat(entry.program()).isEqualTo(ForeignEntry.Program.GIT);
    assertThat(entry.path()).isEqualTo("contoso/My Project");
    assertThat(entry.user()).isEqualTo("alice@example.com");
    assertThat(entry.storedAt()).isCloseTo(System.currentTimeMillis() / 1_000, within(60L));

    EntryKey key = new EntryKey(at("contoso"), entry.user());
    Entry read = foreign.read(entry, key);
    assertThat(new String(read.secret().bytes(), UTF_8)).isEqualTo(password);
    assertThat(read.refreshToken() != null).isEqualTo(!more.isEmpty());
    store.save(read);
    assertKept(read);
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(wine.run(gits, where, "get")).isEmpty();
    assertKept(read);
  }

  private static Path gits() {
    Path source = Path.of("/usr/share/doc/git").resolve(IN_GIT);
    Requires.present(Files.exists(source), source + " (Debian's package git)");
    return source;
  }

  /** What git's helper answers to a get of this. */
  private static String password(String stored) {
    return stored.substring(stored.indexOf("username="));
  }
}
