package io.github.gitcredentialpat.store.choice;

import io.github.gitcredentialpat.entra.AccessTokenLadder;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.agent.AgentStore;
import io.github.gitcredentialpat.store.azkeyvault.KeyVaultStore;
import io.github.gitcredentialpat.store.cache.SharedStore;
import io.github.gitcredentialpat.store.entra.EntraStore;
import io.github.gitcredentialpat.store.env.EnvStore;
import io.github.gitcredentialpat.store.file.FileStore;
import io.github.gitcredentialpat.store.keychain.KeychainStore;
import io.github.gitcredentialpat.store.keyutils.KeyutilsStore;
import io.github.gitcredentialpat.store.openbao.OpenBaoStore;
import io.github.gitcredentialpat.store.pass.PassStore;
import io.github.gitcredentialpat.store.secretservice.SecretServiceStore;
import io.github.gitcredentialpat.store.wincred.WincredStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which stores a run uses: those a person names, else the platform's own chain. */
public final class StoreChoice {
  /** The names of all stores, as a person types them, in the order in which they are listed. */
  public static final String NAMES =
      "secretservice, keychain, wincred, keyutils, pass, file, env, entra, azkeyvault, openbao,"
          + " agent";

  /**
   * Those that many machines share. A cache on each machine stands in front of them, but for the
   * agent, from which nothing is to be kept.
   */
  private static final String SHARED = "azkeyvault,openbao,agent";

  /** How long the kernel's keyring keeps an unused entry by default, in seconds. */
  public static final int DEFAULT_TIMEOUT = 8 * 60 * 60;

  private StoreChoice() {}

  /**
   * The chain of stores for this run.
   *
   * @param names names joined by commas, as {@code --store} and {@code GIT_CREDENTIAL_PAT_STORE}
   *     give them; absent for the platform's chain
   * @param timeout how long the kernel's keyring keeps an entry that is not used, in seconds
   * @throws IllegalArgumentException when there is no store of that name, with a line for a person
   */
  public static StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
    return chain(names, timeout, surroundings, false);
  }

  /**
   * The same for a person's command whose command line names the stores: what many machines share
   * can be written as well. Everybody else, git first of all, only reads it, so that no machine's
   * bad day costs the others their token.
   */
  public static StoreChain writable(String names, int timeout, Environment surroundings) {
    return chain(names, timeout, surroundings, true);
  }

  /** Whether one of these stores, joined by commas, is shared by many machines. */
  public static boolean hasShared(String names) {
    for (String name : names.split(",")) {
      if (("," + SHARED + ",").contains("," + name + ",")) {
        return true;
      }
    }
    return false;
  }

  private static StoreChain chain(
      @Nullable String names, int timeout, Environment surroundings, boolean writable) {
    List<Store> stores = new ArrayList<>(2);
    String all = names == null ? platform() : names;
    for (int start = 0; start <= all.length(); ) {
      int comma = all.indexOf(',', start);
      int end = comma < 0 ? all.length() : comma;
      add(stores, open(all.substring(start, end), all, timeout, surroundings, writable));
      start = end + 1;
    }
    return new StoreChain(stores, names != null);
  }

  /** Counts a store that is named twice once. */
  private static void add(List<Store> stores, Store store) {
    for (int i = 0; i < stores.size(); i++) {
      if (stores.get(i).name().equals(store.name())) {
        return;
      }
    }
    stores.add(store);
  }

  /**
   * Seconds from {@code 90}, {@code 30m} or {@code 8h}, as {@code --timeout} gives them.
   *
   * @param duration absent for the default
   * @throws IllegalArgumentException when it is none of these, with a line for a person
   */
  public static int timeout(@Nullable String duration) {
    return seconds("--timeout", duration, DEFAULT_TIMEOUT);
  }

  private static int seconds(String option, @Nullable String duration, int otherwise) {
    if (duration == null) {
      return otherwise;
    }
    int unit = duration.endsWith("h") ? 3600 : duration.endsWith("m") ? 60 : 1;
    String number = unit == 1 ? duration : duration.substring(0, duration.length() - 1);
    try {
      int seconds = Math.multiplyExact(Integer.parseInt(number), unit);
      if (seconds > 0) {
        return seconds;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        option + " takes seconds, minutes or hours, such as 90, 30m or 8h");
  }

  /** Every store there is, usable here or not. */
  public static List<Store> all(Environment surroundings) {
    return chain(NAMES.replace(" ", ""), DEFAULT_TIMEOUT, surroundings).stores();
  }

  /** The names of the stores that this system uses by default. */
  private static String platform() {
    String system = System.getProperty("os.name");
    if (system.startsWith("Windows")) {
      return "wincred,file";
    }
    return system.startsWith("Mac") ? "keychain" : "secretservice,file";
  }

  /**
   * The stores in which a sign-in is remembered: those of a chain that can be written, else the
   * platform's own.
   */
  public static StoreChain forSignIns(StoreChain chain, Environment surroundings) {
    for (Store store : chain.stores()) {
      if (!store.isShared() && store.capacity().writable()) {
        return chain;
      }
    }
    return chain(null, DEFAULT_TIMEOUT, surroundings);
  }

  /** The store of an agent's tokens, of whose classes nobody else loads any. */
  private static final class Agent {
    static Store open(Environment surroundings) {
      return new AgentStore(surroundings);
    }
  }

  /** The store of access tokens, of whose classes nobody else loads any. */
  private static final class Entra {
    static Store open(String names, int timeout, Environment surroundings) {
      return new EntraStore(surroundings, new Others(names, timeout, surroundings));
    }
  }

  /** The other stores of a chain with a store that asks for access tokens. */
  private record Others(String names, int timeout, Environment surroundings)
      implements AccessTokenLadder.SignIns {
    @Override
    public StoreChain open() {
      StringBuilder others = new StringBuilder();
      for (String name : names.split(",")) {
        if (!name.equals("entra") && !hasShared(name)) {
          others.append(others.length() == 0 ? "" : ",").append(name);
        }
      }
      String chosen = others.length() == 0 ? null : others.toString();
      return forSignIns(chain(chosen, timeout, surroundings), surroundings);
    }
  }

  /**
   * Those that many machines share, of whose classes nobody else loads any: each has a nested class
   * of its own, since Java loads an interface as soon as a method hands on what implements it.
   */
  private static final class Shared {
    /** For how long a machine asks a vault nothing again by default, in seconds. */
    private static final int DEFAULT_PERIOD = 15 * 60;

    static Store of(
        String name, SharedStore.Opening opening, Environment surroundings, boolean writable) {
      String period = surroundings.variable("GIT_CREDENTIAL_PAT_CACHE");
      return new SharedStore(
          name, opening, surroundings, seconds("--cache", period, DEFAULT_PERIOD), writable);
    }
  }

  /** OpenBao and HashiCorp Vault. */
  private record OpenBao(Environment surroundings) implements SharedStore.Opening {
    static Store open(Environment surroundings, boolean writable) {
      return Shared.of("openbao", new OpenBao(surroundings), surroundings, writable);
    }

    @Override
    public Store open() {
      return new OpenBaoStore(surroundings);
    }
  }

  /** Azure Key Vault. */
  private record KeyVault(String names, int timeout, Environment surroundings)
      implements SharedStore.Opening {
    static Store open(String names, int timeout, Environment surroundings, boolean writable) {
      KeyVault opening = new KeyVault(names, timeout, surroundings);
      return Shared.of("azkeyvault", opening, surroundings, writable);
    }

    @Override
    public Store open() {
      return new KeyVaultStore(surroundings, new Others(names, timeout, surroundings));
    }
  }

  /**
   * Opens one store.
   *
   * @param all the names of the whole chain
   * @param writable whether it may be written where many machines share it
   */
  private static Store open(
      String name, String all, int timeout, Environment surroundings, boolean writable) {
    return switch (name) {
      case "agent" -> Agent.open(surroundings);
      case "entra" -> Entra.open(all, timeout, surroundings);
      case "azkeyvault" -> KeyVault.open(all, timeout, surroundings, writable);
      case "env" -> new EnvStore(surroundings);
      case "file" -> new FileStore(surroundings);
      case "keychain" -> new KeychainStore(surroundings);
      case "keyutils" -> new KeyutilsStore(timeout);
      case "openbao" -> OpenBao.open(surroundings, writable);
      case "pass" -> new PassStore(surroundings);
      case "secretservice" -> new SecretServiceStore(surroundings);
      case "wincred" -> new WincredStore(surroundings);
      default ->
          throw new IllegalArgumentException(
              "no such store \"" + name + "\"; choose from " + NAMES);
    };
  }
}
