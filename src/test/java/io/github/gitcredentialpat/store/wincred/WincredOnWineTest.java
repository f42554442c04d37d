package io.github.gitcredentialpat.store.wincred;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.CSources;
import io.github.gitcredentialpat.Requires;
import io.github.gitcredentialpat.store.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store on Wine's own Credential Manager, which is not ours and keeps things for good. */
@Tag("all")
final class WincredOnWineTest extends StoreContract {
  private static final Path GITS =
      Path.of("/usr/share/doc/git/contrib/credential/wincred/git-credential-wincred.c");

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
    Surroundings surroundings = new Surroundings(Map.of(), false, new Deadline());
    return new WincredStore(surroundings, wine.path());
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
    Requires.present(Files.exists(GITS), GITS + " (Debian's package git)");
    Path gits = CSources.windowsProgram(GITS);
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

  /** What git's helper answers to a get of this. */
  private static String password(String stored) {
    return stored.substring(stored.indexOf("username="));
  }
}
