package io.github.gitcredentialpat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.cli.StoreSource;
import io.github.gitcredentialpat.command.RootCommand;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a person types, run in this process on stores of the test's own. */
public final class Typed implements StoreSource {
  private final List<Store> chain;
  private final List<Store> all;
  private final Map<String, String> environment = new HashMap<>();
  private boolean chosen;
  private @Nullable String unknown;
  private @Nullable String asked;
  private @Nullable Environment surroundings;
  private boolean asksToWrite;

  /** What the last command wrote to standard output and standard error. */
  public String out = "";

  public String err = "";

  public Typed(List<? extends Store> chain, List<? extends Store> all) {
    this.chain = List.copyOf(chain);
    this.all = List.copyOf(all);
  }

  public static Typed on(Store... chain) {
    return new Typed(List.of(chain), List.of(chain));
  }

  /** From now on the stores count as chosen by the person, or not. */
  public Typed chosen(boolean byPerson) {
    chosen = byPerson;
    return this;
  }

  /** There is no store of that name. */
  public void refuses(String name) {
    unknown = name;
  }

  /** Sets a variable of the environment. */
  public Typed set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Map<String, String> environment() {
    return environment;
  }

  /** The stores that the last command was run on, by name; absent for the platform's own. */
  public @Nullable String names() {
    return asked;
  }

  /** A variable as the stores of the last command saw it; absent when it is not set. */
  public @Nullable String seen(String variable) {
    return surroundings == null ? null : surroundings.variable(variable);
  }

  /** Whether the last command's own line named its stores, so that shared ones may be written. */
  public boolean asksToWrite() {
    return asksToWrite;
  }

  /** Has this home folder, and the programs of this machine. */
  public Typed atHome(Path home) {
    return set("HOME", home.toString())
        .set("PATH", System.getenv("PATH"))
        .set("GIT_CONFIG_NOSYSTEM", "1");
  }

  /** Finds Azure DevOps there, and trusts it. */
  public Typed meets(FakeAzureDevOps fake) {
    environment.putAll(fake.environment());
    return this;
  }

  /** Runs a command without anything on standard input; returns its exit status. */
  public int run(String... arguments) {
    return answering("", arguments);
  }

  /** Runs a command with this on standard input; returns its exit status. */
  public int answering(String input, String... arguments) {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    int status = new RootCommand(in, result, messages, environment, this).run(arguments);
    out = result.toString(UTF_8);
    err = messages.toString(UTF_8);
    return status;
  }

  @Override
  public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
    asked = names;
    asksToWrite = false;
    this.surroundings = surroundings;
    if (names != null && names.equals(unknown)) {
      throw new IllegalArgumentException("no such store \"" + names + "\"");
    }
    return new StoreChain(chain, chosen);
  }

  @Override
  public StoreChain typed(String names, int timeout, Environment surroundings) {
    StoreChain typed = chain(names, timeout, surroundings);
    asksToWrite = true;
    return typed;
  }

  @Override
  public List<Store> all(Environment surroundings) {
    return all;
  }
}
