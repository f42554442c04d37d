package io.github.gitcredentialpat.store.secretservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.PrivateBus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store contract and more, on a real KeePassXC with an open database. */
@Tag("all")
@Timeout(120)
@Tag("slow")
final class KeePassXcTest extends SecretServiceContract {
  private static PrivateBus bus;
  private static KeePassXc keepassxc;

  @BeforeAll
  static void startKeePassXc() throws Exception {
    bus = new PrivateBus();
    keepassxc = new KeePassXc(bus);
    keepassxc.start(false);
  }

  @AfterAll
  static void stopKeePassXc() throws Exception {
    if (bus != null) {
      bus.close();
    }
  }

  @Override
  PrivateBus bus() {
    return bus;
  }

  @Override
  boolean mayPrompt() {
    return true;
  }

  private SecretServiceStore open(boolean mayPrompt) {
    return open(mayPrompt, new Deadline());
  }

  @Test
  void entriesOutliveKeePassXc() throws Exception {
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("contoso", "", " {USERNAME}\r"));
    entries.add(entry(" ", null, " Gr\u00fc\u00dfe, \uD83D\uDD11 "));
    entries.add(entry("tab\tinside", " ", "x".repeat(65_535)));
    for (Entry entry : entries) {
      store.save(entry);
    }
    keepassxc.start(false);
    for (Entry entry : entries) {
      assertKept(entry);
    }
  }

  @Test
  void savesWithoutAPromptWhereNobodyMayBeAsked() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    open(false).save(entry);
    assertKept(entry);
    Entry replaced = entry("contoso", "alice", "2");
    open(false).save(replaced);
    assertKept(replaced);
    StoreException failure = assertFails(Reason.DENIED, () -> open(false).delete(entry.key()));
    assertThat(failure.getMessage()).contains("needs to prompt");
    assertKept(replaced);
  }

  @Test
  void aClosedDatabaseIsLockedAndNotEmpty() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    keepassxc.lock();
    try {
      StoreException failure = assertFails(Reason.LOCKED, () -> open(false).find(at("contoso")));
      assertThat(failure.getMessage()).contains("contoso").contains("unlock it");
      assertFails(Reason.LOCKED, () -> open(false).find(at("fabrikam")));
      assertFails(Reason.LOCKED, () -> open(false).save(entry("contoso", "alice", "2")));
      assertFails(Reason.LOCKED, () -> open(false).save(entry("fabrikam", "alice", "2")));
      assertFails(Reason.LOCKED, () -> open(false).delete(entry.key()));
      assertFails(Reason.LOCKED, () -> open(false).list());
      assertFails(Reason.LOCKED, () -> open(true).list());
    } finally {
      keepassxc.unlock();
    }
    assertKept(entry);
    assertThat(store.find(at("fabrikam"))).isEmpty();
  }

  @Test
  void anEntryThatAPersonMustReleaseIsLocked() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    keepassxc.start(true);
    try {
      assertFails(Reason.LOCKED, () -> open(false).find(at("contoso")));
      assertFails(Reason.LOCKED, () -> open(false).save(entry("contoso", "alice", "2")));
      assertThat(open(false).find(at("fabrikam"))).isEmpty();
      assertThat(open(false).list()).contains(entry.key());
      Entry own = entry("fabrikam", "alice", "3");
      SecretServiceStore maker = open(false);
      maker.save(own);
      assertThat(maker.find(at("fabrikam"))).hasSize(1);
    } finally {
      keepassxc.start(false);
    }
    assertKept(entry);
  }

  @Test
  void leavesAttributesThatKeePassXcAddsAlone() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    store.save(entry("contoso", null, "2"));
    store.save(entry(null, null, "3"));
    assertThat(store.find(at(null)).stream().map(Entry::key))
        .containsExactlyInAnyOrder(
            new EntryKey(at("contoso"), "alice"),
            new EntryKey(at("contoso"), null),
            new EntryKey(at(null), null));
  }
}
