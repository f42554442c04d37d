package io.github.gitcredentialpat.store.env;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that the environment holds, or a file that it names, for build agents and containers: read
 * only, and only used when chosen.
 *
 * <table>
 *   <caption>The variables, of which the first one that has a token for a place answers</caption>
 *   <tr><td>{@code GIT_CREDENTIAL_PAT_TOKEN}</td><td>a token</td></tr>
 *   <tr><td>{@code GIT_CREDENTIAL_PAT_TOKEN_FILE}</td><td>a {@link TokenFile}, read again each
 *     time</td></tr>
 *   <tr><td>{@code AZURE_DEVOPS_EXT_PAT}</td><td>the Azure CLI's</td></tr>
 *   <tr><td>{@code SYSTEM_ACCESSTOKEN}</td><td>a job's of Azure Pipelines</td></tr>
 * </table>
 *
 * <p>Such a token belongs to no URL, so where it may go is fixed here. A job's token is made for
 * the one organization or collection that the agent works for: it goes there, as {@code
 * SYSTEM_COLLECTIONURI} or {@code SYSTEM_TEAMFOUNDATIONCOLLECTIONURI} says, and to nobody without
 * these. The others are the person's own: they go to what {@code GIT_CREDENTIAL_PAT_ORGANIZATION}
 * names; without it to every organization of Azure DevOps Services, all of which are Microsoft's
 * own hosts, and to the agent's server. The form of a path, by which a Server is known otherwise,
 * proves nothing about its host: a submodule's URL could have it, and its server would be handed
 * the token.
 *
 * <p>Who can read it: every process of the same user and root ({@code /proc/PID/environ}), and all
 * children of the shell that set it; of a file, who may read that.
 *
 * <p>Errors: {@code UNAVAILABLE} when no variable is set, and when asked to keep what belongs to
 * another place; {@code READ_ONLY} when asked to change the token; {@code FAILED} when a file or a
 * name is no good.
 */
public final class EnvStore implements Store {
  private static final String TOKEN = "GIT_CREDENTIAL_PAT_TOKEN";
  private static final String ORGANIZATION = "GIT_CREDENTIAL_PAT_ORGANIZATION";
  private static final String AZURE_CLI = "AZURE_DEVOPS_EXT_PAT";
  private static final String JOB = "SYSTEM_ACCESSTOKEN";
  private static final String COLLECTION = "SYSTEM_COLLECTIONURI";
  private static final String COLLECTION_OF_TFS = "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI";
  private static final Identity SERVICES = new Identity("https", Identity.SERVICES_HOST, null);

  /** Any user name will do with a token, but git wants one. */
  private static final String USER = "pat";

  private final Environment surroundings;
  private @Nullable String notice;

  /** A store that reads the environment at each call. */
  public EnvStore(Environment surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * A token and where it goes.
   *
   * @param variable where it comes from
   * @param scope an organization, a collection, or a host with all that is on it
   * @param token its bytes, without what clung to them
   * @param isMarked whether more than blanks clung to them
   */
  @SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
  private record Offer(String variable, Identity scope, byte[] token, boolean isMarked) {}

  /** All tokens that the environment offers, one for each place: the first one wins. */
  private static final class Offers {
    private final List<Offer> all = new ArrayList<>(4);
    private @Nullable StoreException problem;
    private int badLines;

    void add(String variable, List<Identity> scopes, byte[] text) {
      for (Identity scope : scopes) {
        add(variable, scope, text);
      }
    }

    void add(String variable, Identity scope, byte[] text) {
      if (EnvToken.isToken(text) && first(scope) == null) {
        byte[] bare = TokenFormat.bare(text);
        byte[] own = bare == text ? text.clone() : bare;
        all.add(new Offer(variable, scope, own, TokenFormat.isMarked(text)));
      }
    }

    /** The first one that may go there; absent when none may. */
    @Nullable Offer first(Identity where) {
      for (int i = 0; i < all.size(); i++) {
        if (where.path() != null || all.get(i).scope().path() == null) {
          if (goesTo(all.get(i).scope(), where)) {
            return all.get(i);
          }
        }
      }
      return null;
    }

    void fails(StoreException e) {
      problem = problem == null ? e : problem;
    }

    void wipe() {
      for (int i = 0; i < all.size(); i++) {
        Arrays.fill(all.get(i).token(), (byte) 0);
      }
    }
  }

  @Override
  public String name() {
    return "env";
  }

  @Override
  public String location() {
    StringBuilder text = new StringBuilder();
    for (String name : new String[] {TOKEN, TokenFile.VARIABLE, AZURE_CLI, JOB}) {
      if (isSet(name)) {
        text.append(text.length() == 0 ? "the environment: " : ", ").append(name);
      }
    }
    if (isSet(TokenFile.VARIABLE)) {
      text.append("; the file is ").append(surroundings.variable(TokenFile.VARIABLE));
    }
    if (isSet(JOB) && collection() == null) {
      text.append("; " + JOB + " is ignored, since " + COLLECTION + " is not set");
    }
    return text.length() == 0 ? "no environment variable is set" : text.toString();
  }

  @Override
  public String readers() {
    return "every program of this user, and everything started from the same shell";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(false, 0, 0);
  }

  @Override
  public @Nullable String notice() {
    return notice;
  }

  /**
   * The token, as the only entry of the requested organization or collection; for a whole host, as
   * the entry of the place there that it is for.
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // The very one is meant.
  public List<Entry> find(Identity where) throws StoreException {
    notice = null;
    Offers offers = offers();
    List<Entry> found = new ArrayList<>(2);
    try {
      Offer first = where.path() == null ? null : offers.first(where);
      for (Offer offer : offers.all) {
        if (where.path() == null ? goesTo(offer.scope(), where) : offer == first) {
          Identity identity = where.path() == null ? offer.scope() : where;
          Secret secret = Secret.password(offer.token().clone());
          found.add(Entry.of(new EntryKey(identity, USER), secret, 0));
          if (offer.isMarked()) {
            notice =
                "ignored quotes or invisible characters around the token in " + offer.variable();
          }
        }
      }
    } finally {
      offers.wipe();
    }
    if (found.isEmpty() && offers.problem != null) {
      throw offers.problem;
    }
    if (offers.all.isEmpty() && where.host().equals(Identity.SERVICES_HOST)) {
      throw notSet();
    }
    return found;
  }

  /** One key for each place that a token is for. */
  @Override
  public List<EntryKey> list() throws StoreException {
    Offers offers = offers();
    offers.wipe();
    if (offers.all.isEmpty() && offers.problem != null) {
      throw offers.problem;
    }
    List<EntryKey> keys = new ArrayList<>(2);
    for (Offer offer : offers.all) {
      keys.add(new EntryKey(offer.scope(), USER));
    }
    return keys;
  }

  /** Lines of the file that are no good. */
  @Override
  public int damaged() {
    Offers offers = offers();
    offers.wipe();
    return offers.badLines;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    refuse(entry.key().identity());
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    refuse(key.identity());
    return false;
  }

  private void refuse(Identity where) throws StoreException {
    Offers offers = offers();
    offers.wipe();
    Offer offer = null;
    for (Offer each : offers.all) {
      if (offer == null && goesTo(each.scope(), where)) {
        offer = each;
      }
    }
    if (offer != null) {
      String variable = offer.variable();
      throw new StoreException(
          Reason.READ_ONLY,
          "cannot change the token for "
              + where.display()
              + ", it comes from the environment; "
              + (variable.equals(TokenFile.VARIABLE)
                  ? "change the file of " + variable
                  : "change or unset " + variable));
    }
    if (offers.problem != null) {
      throw offers.problem;
    }
    if (offers.all.isEmpty() && where.host().equals(Identity.SERVICES_HOST)) {
      throw notSet();
    }
    throw new StoreException(
        Reason.UNAVAILABLE,
        "the environment's token is not for "
            + where.display()
            + "; add another store, such as --store env,file");
  }

  private StoreException notSet() {
    return new StoreException(
        Reason.UNAVAILABLE,
        isSet(JOB)
            ? JOB + " is ignored, since " + COLLECTION + " is not set; set both"
            : "no token in the environment; set "
                + TOKEN
                + ", "
                + TokenFile.VARIABLE
                + ", "
                + AZURE_CLI
                + ", or "
                + JOB
                + " with "
                + COLLECTION);
  }

  // --- what there is ---

  private Offers offers() {
    Offers offers = new Offers();
    List<Identity> own = List.of();
    try {
      own = ownScopes();
    } catch (StoreException e) {
      offers.fails(e);
    }
    offers.add(TOKEN, own, bytes(TOKEN));
    addFile(offers, own);
    offers.add(AZURE_CLI, own, bytes(AZURE_CLI));
    Identity collection = collection();
    if (collection != null) {
      offers.add(JOB, collection, bytes(JOB));
    }
    return offers;
  }

  private void addFile(Offers offers, List<Identity> own) {
    String path = surroundings.variable(TokenFile.VARIABLE);
    if (path == null) {
      return;
    }
    try {
      TokenFile file = TokenFile.read(path);
      byte[] only = file.only();
      if (only != null) {
        if (!EnvToken.isToken(only)) {
          offers.fails(
              new StoreException(Reason.FAILED, TokenFile.VARIABLE + ": no token in " + path));
        }
        offers.add(TokenFile.VARIABLE, own, only);
        Arrays.fill(only, (byte) 0);
      }
      for (TokenFile.Token token : file.tokens()) {
        offers.add(TokenFile.VARIABLE, token.scope(), token.text());
        Arrays.fill(token.text(), (byte) 0);
      }
      StoreException problem = file.problem();
      if (problem != null) {
        offers.fails(problem);
      }
      offers.badLines = file.badLines();
    } catch (StoreException e) {
      offers.fails(e);
    }
  }

  /** Where a person's own token goes. */
  private List<Identity> ownScopes() throws StoreException {
    String name = surroundings.variable(ORGANIZATION);
    if (name != null) {
      Identity named = EnvToken.scope(name);
      if (named == null) {
        throw new StoreException(
            Reason.FAILED,
            ORGANIZATION
                + " is not an organization; set it to a name such as contoso or a collection's URL");
      }
      return List.of(named);
    }
    Identity server = collection();
    return server == null || server.host().equals(Identity.SERVICES_HOST)
        ? List.of(SERVICES)
        : List.of(SERVICES, new Identity(server.protocol(), server.host(), null));
  }

  /** The organization or collection that the pipeline's agent works for; absent outside of one. */
  private @Nullable Identity collection() {
    for (String name : new String[] {COLLECTION, COLLECTION_OF_TFS}) {
      String uri = surroundings.variable(name);
      Identity scope = uri == null || uri.indexOf("://") < 0 ? null : EnvToken.scope(uri);
      if (scope != null) {
        return scope;
      }
    }
    return null;
  }

  /** Whether a token for one place may go to another, or to a part of it. */
  private static boolean goesTo(Identity scope, Identity where) {
    if (!scope.protocol().equals(where.protocol()) || !scope.host().equals(where.host())) {
      return false;
    }
    if (scope.path() == null || where.path() == null) {
      return true;
    }
    // Of a host that is not known for a Server the path is as it was given.
    String path = where.path().toLowerCase(Locale.ROOT);
    return path.equals(scope.path()) || path.startsWith(scope.path() + "/");
  }

  private boolean isSet(String variable) {
    byte[] text = bytes(variable);
    boolean isSet = EnvToken.isToken(text);
    Arrays.fill(text, (byte) 0);
    return isSet;
  }

  private byte[] bytes(String variable) {
    String value = surroundings.variable(variable);
    return value == null ? new byte[0] : value.getBytes(UTF_8);
  }
}
