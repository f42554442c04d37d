package io.github.gitcredentialpat.store.env;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.Surroundings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token in an environment variable, for build agents and containers: read only, and only used
 * when chosen.
 *
 * <p>The first that is set counts: {@code GIT_CREDENTIAL_PAT_TOKEN}, {@code AZURE_DEVOPS_EXT_PAT}
 * (the Azure CLI's), {@code SYSTEM_ACCESSTOKEN} (the one of Azure Pipelines).
 *
 * <p>Such a token belongs to no URL, so where it may go is fixed here: to every organisation of
 * Azure DevOps Services, all of which are Microsoft's own hosts, and to the one server that the
 * pipeline's agent names in {@code SYSTEM_COLLECTIONURI} or {@code
 * SYSTEM_TEAMFOUNDATIONCOLLECTIONURI} (protocol, host and port). The form of a path, by which a
 * Server is known otherwise, proves nothing about its host: a submodule's URL could have it, and
 * its server would be handed the token.
 *
 * <p>Who can read it: every process of the same user and root ({@code /proc/PID/environ}), and all
 * children of the shell that set it.
 *
 * <p>Errors: {@code UNAVAILABLE} when no variable is set, and when asked to keep what belongs to
 * another host; {@code READ_ONLY} when asked to change the token.
 */
public final class EnvStore implements Store {
  private static final String[] TOKENS = {
    "GIT_CREDENTIAL_PAT_TOKEN", "AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN"
  };
  private static final String[] SERVERS = {
    "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"
  };

  /** Any user name will do with a token, but git wants one. */
  private static final String USER = "pat";

  private final Surroundings surroundings;

  /** A store that reads the environment when it is asked. */
  public EnvStore(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return "env";
  }

  @Override
  public String location() {
    return variable() == null
        ? "no variable of the environment"
        : "the environment variable " + variable();
  }

  @Override
  public String readers() {
    return "every program of this user, and all that is started from the same shell";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(false, 0, 0);
  }

  /** The token, as the only entry of whatever organisation or collection is asked for. */
  @Override
  public List<Entry> find(Identity where) throws StoreException {
    if (!isTrusted(where)) {
      return List.of();
    }
    String variable = variable();
    if (variable == null) {
      throw notSet();
    }
    byte[] token = token(variable).getBytes(StandardCharsets.UTF_8);
    return List.of(Entry.of(new EntryKey(where, USER), Secret.password(token), 0));
  }

  /** One key for all organisations and, where the agent names one, one for its server. */
  @Override
  public List<EntryKey> list() {
    if (variable() == null) {
      return List.of();
    }
    EntryKey services = new EntryKey(new Identity("https", Identity.SERVICES_HOST, null), USER);
    Identity server = server();
    return server == null ? List.of(services) : List.of(services, new EntryKey(server, USER));
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
    if (!isTrusted(where)) {
      throw new StoreException(
          Reason.UNAVAILABLE,
          "the environment's token is not for "
              + where.display()
              + "; choose another store as well: --store env,file");
    }
    String variable = variable();
    if (variable == null) {
      throw notSet();
    }
    throw new StoreException(
        Reason.READ_ONLY,
        "the token for "
            + where.display()
            + " comes from the environment and is not changed; set or unset "
            + variable);
  }

  private static StoreException notSet() {
    return new StoreException(
        Reason.UNAVAILABLE,
        "no token is in the environment; set GIT_CREDENTIAL_PAT_TOKEN, AZURE_DEVOPS_EXT_PAT or"
            + " SYSTEM_ACCESSTOKEN");
  }

  private boolean isTrusted(Identity where) {
    if (where.host().equals(Identity.SERVICES_HOST)) {
      return where.protocol().equals("https");
    }
    Identity server = server();
    return server != null
        && server.protocol().equals(where.protocol())
        && server.host().equals(where.host());
  }

  /** The server that the agent works for, without its collection; absent for a hosted one. */
  private @Nullable Identity server() {
    for (String name : SERVERS) {
      String uri = surroundings.variable(name);
      if (uri != null && uri.indexOf("://") > 0) {
        Identity identity = Whose.tokenOf(uri).identity();
        if (identity != null && !identity.host().equals(Identity.SERVICES_HOST)) {
          return new Identity(identity.protocol(), identity.host(), null);
        }
      }
    }
    return null;
  }

  /** The name of the variable that holds the token, absent when there is none. */
  private @Nullable String variable() {
    for (String name : TOKENS) {
      if (!token(name).isEmpty()) {
        return name;
      }
    }
    return null;
  }

  /** A variable's token; empty when it holds none. */
  private String token(String variable) {
    String value = surroundings.variable(variable);
    // A pipeline that does not know a name hands its macro on as it stands: $(System.AccessToken).
    return value == null || value.startsWith("$(") ? "" : value.strip();
  }
}
