package io.github.gitcredentialpat.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the tests of other programs' entries look at in every keychain. */
public final class ForeignEntryAssert {
  /** The key that they are brought over to. */
  public static final EntryKey KEY = new EntryKey(Identity.ofOrganization("contoso"), "alice");

  private ForeignEntryAssert() {}

  /** The only entry there is, stored in the last minute. */
  public static ForeignEntry only(ForeignEntries foreign) throws StoreException {
    List<ForeignEntry> all = foreign.list();
    assertThat(all).hasSize(1);
    ForeignEntry one = all.get(0);
    long now = System.currentTimeMillis() / 1_000;
    assertThat(one.storedAt()).isBetween(now - 60, now + 1);
    return one;
  }

  /** Holds an entry against this. */
  public static void assertIs(
      ForeignEntry entry,
      Program program,
      String host,
      @Nullable String path,
      @Nullable String user) {
    assertThat(entry.program()).isEqualTo(program);
    assertThat(entry.protocol()).isEqualTo("https");
    assertThat(entry.host()).isEqualTo(host);
    assertThat(entry.path()).isEqualTo(path);
    assertThat(entry.user()).isEqualTo(user);
  }

  /** The secret of an entry. */
  public static String password(@Nullable Entry entry) {
    return new String(entry.secret().bytes(), UTF_8);
  }
}
