package io.github.gitcredentialpat.store.entra;

import io.github.gitcredentialpat.entra.AccessTokenLadder;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Access tokens of Entra for organizations of Azure DevOps Services, where personal access tokens
 * are forbidden: read only, and only used when chosen. Git takes one as a password; it lives for
 * about an hour.
 *
 * <p>What answers is the first way of {@code entra.AccessTokenLadder} that leads anywhere; its
 * token is kept in {@link AccessTokenCache} until five minutes before its end, so that most runs
 * ask nobody. Who changes something ({@link #find(Identity)}) sees what is kept, and only who
 * answers or shows ({@link #find(Identity, List)}) has a new one fetched. What a server refused is
 * set aside there: it is not answered again for a while, and the next one is fetched.
 *
 * <p>A server, a collection and any other host get nothing.
 *
 * <p>Who can read it: as {@code keyutils}, or as {@code file}; and whoever can ask for one as this
 * user, for there lies no secret in between.
 *
 * <p>Errors: {@code FAILED} for each way that is set up and fails; {@code UNAVAILABLE} when none is
 * set up, and when asked to keep a token.
 */
public final class EntraStore implements Store {
  private final Environment surroundings;
  private final AccessTokenLadder.SignIns signIns;
  private final AccessTokenCache cache;

  /**
   * A store that asks nobody until it is asked.
   *
   * @param signIns the stores that a sign-in is remembered in
   */
  public EntraStore(Environment surroundings, AccessTokenLadder.SignIns signIns) {
    this(surroundings, signIns, Path.of("/"));
  }

  EntraStore(Environment surroundings, AccessTokenLadder.SignIns signIns, Path root) {
    this.surroundings = surroundings;
    this.signIns = signIns;
    this.cache = new AccessTokenCache(surroundings, root);
  }

  @Override
  public String name() {
    return "entra";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(false, Capacity.LONGEST_LINE, 0);
  }

  @Override
  public boolean fetches() {
    return true;
  }

  @Override
  public String location() {
    return "Entra, asked when needed; its access tokens are kept in " + cache.location();
  }

  @Override
  public String readers() {
    return "every program of this user, which can ask Entra as well";
  }

  /** What is kept, whether it may be answered or not. */
  @Override
  public List<Entry> find(Identity where) throws StoreException {
    List<Entry> found = new ArrayList<>(1);
    if (where.isOrganization()) {
      Entry kept = cache.get(where);
      if (kept != null) {
        found.add(kept);
      }
    } else if (where.path() == null && where.host().equals(Identity.SERVICES_HOST)) {
      List<Identity> organizations = cache.organizations();
      for (int i = 0; i < organizations.size(); i++) {
        Entry kept = cache.get(organizations.get(i));
        if (kept != null) {
          found.add(kept);
        }
      }
    }
    return found;
  }

  /** What may be answered; of an organization also what is not kept yet. */
  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    List<Entry> found = find(where);
    if (!where.isOrganization()) {
      return found;
    }
    Entry kept = found.isEmpty() ? null : found.get(0);
    if (kept != null && kept.setAsideAt() == 0) {
      return found;
    }
    return new Fetch(surroundings, signIns, cache).instead(kept, where, unread);
  }

  /** The organizations that an access token is kept for. */
  @Override
  public List<EntryKey> list() throws StoreException {
    List<EntryKey> keys = new ArrayList<>(1);
    List<Identity> organizations = cache.organizations();
    for (int i = 0; i < organizations.size(); i++) {
      Entry kept = cache.get(organizations.get(i));
      if (kept != null) {
        keys.add(kept.key());
        kept.wipe();
      }
    }
    return keys;
  }

  /**
   * Keeps nothing but that a server refused what is kept. Of an access token that git found good
   * nothing is said, for git says so of each.
   */
  @Override
  public void save(Entry entry) throws StoreException {
    if (entry.setAsideAt() != 0) {
      cache.put(entry);
    } else if (!isAccessToken(entry.secret())) {
      throw new StoreException(
          Reason.UNAVAILABLE,
          "it asks Entra for access tokens and keeps no others; add another store, such as --store"
              + " entra,file");
    }
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    return cache.remove(key.identity());
  }

  /** Whether it has the form of Entra's (RFC 7515): three parts, of which the first is JSON. */
  private static boolean isAccessToken(Secret secret) {
    byte[] bytes = secret.bytes();
    int dots = 0;
    for (int i = 0; i < bytes.length; i++) {
      dots += bytes[i] == '.' ? 1 : 0;
    }
    return dots == 2 && bytes.length > 2 && bytes[0] == 'e' && bytes[1] == 'y' && bytes[2] == 'J';
  }
}
