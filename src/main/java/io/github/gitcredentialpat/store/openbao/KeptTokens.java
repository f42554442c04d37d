package io.github.gitcredentialpat.store.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.openbao.ClientTokens;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.cache.MachineCache;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of logins on this machine, until a minute before their end. One is kept for who asks
 * and where, so that another role, server or home never gets it: the user name of its key is a
 * digest of that.
 */
final class KeptTokens implements ClientTokens {
  private static final String RING = "git-credential-pat-openbao";
  private static final String FOLDER = "openbao";

  /** No URL has this protocol, and no request is answered. */
  private static final Identity LOGINS = new Identity("openbao", "login", null);

  /** In seconds: what is asked with it may take its time. */
  private static final long BEFORE_THE_END = 60;

  private final MachineCache cache;

  KeptTokens(Environment surroundings) {
    cache = new MachineCache(surroundings, Path.of("/"), RING, FOLDER);
  }

  @Override
  public @Nullable String get(String... who) {
    String digest = MachineCache.digest(who);
    Entry found = cache.find(LOGINS, entry -> digest.equals(entry.key().user()) && isAlive(entry));
    if (found == null) {
      return null;
    }
    String token = new String(found.secret().bytes(), UTF_8);
    found.wipe();
    return token;
  }

  @Override
  public void keep(String token, long seconds, String... who) {
    long now = System.currentTimeMillis() / 1000;
    Entry entry =
        Entry.of(
                new EntryKey(LOGINS, MachineCache.digest(who)),
                Secret.password(token.getBytes(UTF_8)),
                now)
            .with(new Expiry(now + seconds, Expiry.Source.SERVICE), null);
    if (isAlive(entry)) {
      // What others left goes once it is over.
      cache.put(entry, other -> !isAlive(other));
    } else {
      cache.remove(entry.key());
    }
    entry.wipe();
  }

  private static boolean isAlive(Entry entry) {
    return entry.expiry() != null
        && entry.expiry().at() - BEFORE_THE_END > System.currentTimeMillis() / 1000;
  }
}
