package io.github.gitcredentialpat.store.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.command.agent.RunningAgent;
import io.github.gitcredentialpat.command.agent.RunningAgent.Fake;
import io.github.gitcredentialpat.command.agent.RunningAgent.Settings;
import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.OwnTime;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store has that asks an agent, and how it fails. */
@DisabledOnOs(OS.WINDOWS)
final class AgentStoreTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String REQUEST =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n";

  @TempDir private Path folder;
  private final String alices = UUID.randomUUID().toString();
  private final String bobs = UUID.randomUUID().toString();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Two accounts in contoso, as this program answers git for them. */
  private String twoAccounts(String operation, String request) {
    if (operation.equals("list")) {
      return "{\"version\":1,\"entries\":["
          + "{\"protocol\":\"https\",\"host\":\"dev.azure.com\",\"path\":\"contoso\",\"user\":\"alice\"},"
          + "{\"protocol\":\"https\",\"host\":\"dev.azure.com\",\"path\":\"contoso\",\"user\":\"bob\"}]}";
    }
    if (!operation.equals("get")) {
      return "";
    }
    return request.contains("username=bob\n")
        ? "username=bob\npassword=" + bobs
        : "username=alice\npassword=" + alices;
  }

  private Environment surroundings(Path socket) {
    return new Environment(
        Map.of("GIT_CREDENTIAL_PAT_SOCKET", socket.toString(), "HOME", folder.toString()),
        false,
        new Deadline(),
        new Console(err, false));
  }

  private AgentStore store(Path socket) {
    return new AgentStore(surroundings(socket));
  }

  private static StoreException failure(ThrowingCallable call) {
    return catchThrowableOfType(StoreException.class, call);
  }

  private static String text(Secret secret) {
    return new String(secret.bytes(), UTF_8);
  }

  private String got(Path socket, String request) throws IOException {
    Environment surroundings = surroundings(socket);
    Invocation run =
        new Invocation(
            new StoreChain(List.of(new AgentStore(surroundings)), true),
            surroundings,
            surroundings.messages(),
            System.currentTimeMillis() / 1000);
    GetOperation get = CredentialHelper.get(run, new ByteArrayInputStream(request.getBytes(UTF_8)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    get.writeTo(out);
    return out.toString(UTF_8);
  }

  @Test
  void theUserOfTheRequestChoosesTheAccount() throws Exception {
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), this::twoAccounts)) {
      assertThat(got(agent.path(), REQUEST)).isEqualTo("username=alice\npassword=" + alices + "\n");
      assertThat(got(agent.path(), REQUEST + "username=bob\n"))
          .isEqualTo("username=bob\npassword=" + bobs + "\n");
      assertThat(err.toString(UTF_8)).isEmpty();
    }
  }

  @Test
  void eachListedEntryIsFoundUnderItsKey() throws Exception {
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), this::twoAccounts)) {
      AgentStore store = store(agent.path());
      assertThat(store.list())
          .containsExactly(new EntryKey(CONTOSO, "alice"), new EntryKey(CONTOSO, "bob"));
      List<Entry> all = store.find(new Identity("https", "dev.azure.com", null));
      assertThat(all.stream().map(entry -> entry.key().user() + " " + text(entry.secret())))
          .containsExactly("alice " + alices, "bob " + bobs);
    }
  }

  @Test
  void aUserWhoStandsForNobodyIsNone() throws Exception {
    try (RunningAgent agent =
        new RunningAgent(
            folder,
            Settings.of("contoso"),
            (operation, request) ->
                "username=pat\npassword="
                    + alices
                    + "\npassword_expiry_utc=4000000000\n"
                    + "oauth_refresh_token=renewing")) {
      Entry entry = store(agent.path()).find(CONTOSO).get(0);
      assertThat(entry.key()).isEqualTo(new EntryKey(CONTOSO, null));
      assertThat(entry.expiry()).isEqualTo(new Expiry(4_000_000_000L, Expiry.Source.AGENT));
      assertThat(entry.refreshToken()).isNull();
    }
  }

  @Test
  void whereItIsStoredThePersonIsWarnedAndOnlyOnce() throws Exception {
    long tomorrow = System.currentTimeMillis() / 1000 + 86_400;
    try (RunningAgent agent =
        new RunningAgent(
            folder,
            Settings.of("contoso"),
            (operation, request) ->
                "password="
                    + alices
                    + "\npassword_expiry_utc="
                    + tomorrow
                    + "\nerr:git-credential-pat: warning: it expires soon")) {
      assertThat(got(agent.path(), REQUEST)).contains(alices);
      assertThat(err.toString(UTF_8))
          .isEqualTo("git-credential-pat: agent: warning: it expires soon\n");
    }
  }

  @Test
  void whyThereIsNoneIsSaid() throws Exception {
    try (RunningAgent agent =
        new RunningAgent(
            folder,
            Settings.of("contoso"),
            (operation, request) ->
                "err:git-credential-pat: the token for contoso has expired\n"
                    + "err:hint: git-credential-pat login contoso")) {
      assertThat(got(agent.path(), REQUEST)).isEmpty();
      assertThat(err.toString(UTF_8))
          .isEqualTo(
              """
              git-credential-pat: agent: the token for contoso has expired
              hint: git-credential-pat login contoso
              """);
    }
  }

  @Test
  void anotherOrganizationIsRefusedAndAnotherHostIsNone() throws Exception {
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), this::twoAccounts)) {
      AgentStore store = store(agent.path());
      StoreException refused = failure(() -> store.find(Identity.ofOrganization("fabrikam")));
      assertThat(refused.reason()).isEqualTo(Reason.DENIED);
      assertThat(refused).hasMessage("the agent answers for contoso only");
      assertThat(store.find(new Identity("https", "github.com", null))).isEmpty();
      assertThat(store.find(new Identity("https", "github.com", "x/y"))).isEmpty();
      assertThat(agent.asked()).isEmpty();
    }
  }

  @Test
  void aRefusalAndANewTokenArePassedOnAndAKnownOneIsNot() throws Exception {
    try (RunningAgent agent =
        new RunningAgent(folder, Settings.of("contoso").thatWrites(), this::twoAccounts)) {
      AgentStore store = store(agent.path());
      Entry bob = Entry.of(new EntryKey(CONTOSO, "bob"), Secret.password(bobs.getBytes(UTF_8)), 1);
      store.save(bob);
      store.save(bob.setAsideAt(2));
      store.save(Entry.of(bob.key(), Secret.password("new".getBytes(UTF_8)), 3));
      assertThat(store.delete(bob.key())).isTrue();
      String head = "protocol=https\nhost=dev.azure.com\npath=contoso\nusername=bob\n";
      assertThat(agent.asked().stream().filter(asked -> !asked.startsWith("get\n")))
          .containsExactly(
              "erase\n" + head + "password=" + bobs + "\n\n",
              "store\n" + head + "password=new\n\n",
              "erase\n" + head + "capability[]=authtype\n\n");
    }
  }

  @Test
  void aReadOnlyAgentTakesNoChange() throws Exception {
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), this::twoAccounts)) {
      AgentStore store = store(agent.path());
      Entry entry =
          Entry.of(new EntryKey(CONTOSO, "bob"), Secret.password("new".getBytes(UTF_8)), 1);
      for (Entry changed : List.of(entry, entry.setAsideAt(2))) {
        StoreException refused = failure(() -> store.save(changed));
        assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused).hasMessageStartingWith("the agent is read only");
      }
      assertThat(failure(() -> store.delete(entry.key())).reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(agent.asked()).allMatch(asked -> asked.startsWith("get\n"));
    }
  }

  @Test
  void withoutAnAgentThereIsNoStore() throws Exception {
    Path nowhere = folder.resolve("agent.sock");
    StoreException absent = failure(() -> store(nowhere).find(CONTOSO));
    assertThat(absent.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(absent.hint()).isEqualTo("git-credential-pat agent --for ORG");
    try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      gone.bind(UnixDomainSocketAddress.of(nowhere));
    }
    assertThat(failure(() -> store(nowhere).list()).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void anAgentThatHangsIsLeftInTime() throws Exception {
    Path path = folder.resolve("agent.sock");
    try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      hanging.bind(UnixDomainSocketAddress.of(path));
      Environment surroundings = surroundings(path);
      surroundings.deadline().shortenTo(1_000);
      OwnTime time = new OwnTime();
      StoreException late = failure(() -> new AgentStore(surroundings).find(CONTOSO));
      assertThat(late.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(time.millis()).isBetween(500L, 1_000L);
    }
  }

  /** Half of a password would be refused by the server, and the token set aside. */
  @ParameterizedTest
  @ValueSource(strings = {"", "username=bob\npassword=ha", "password=half\n", "password=half\n\n"})
  void aCutOffAnswerIsNone(String answer) throws Exception {
    Path path = folder.resolve("agent.sock");
    try (ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dying.bind(UnixDomainSocketAddress.of(path));
      Thread server = new Thread(() -> answerOnce(dying, answer), "dying agent");
      server.start();
      assertThat(failure(() -> store(path).find(CONTOSO)).reason()).isEqualTo(Reason.FAILED);
      server.join();
    }
  }

  private static void answerOnce(ServerSocketChannel server, String answer) {
    try (SocketChannel client = server.accept()) {
      client.read(ByteBuffer.allocate(8192));
      client.write(ByteBuffer.wrap(answer.getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxrwx---"})
  void whereOthersMayPutTheirSocketNobodyIsAsked(String rights) throws Exception {
    Path path = RunningAgent.openFolder(folder, rights).resolve("agent.sock");
    try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      foreign.bind(UnixDomainSocketAddress.of(path));
      StoreException refused = failure(() -> store(path).find(CONTOSO));
      assertThat(refused.reason()).isEqualTo(Reason.DENIED);
      assertThat(refused).hasMessageContaining("other users may write to its folder");
    }
  }

  @Test
  void aSocketThatIsNamedByNoFullPathIsNotLookedForInAWorkTree() throws Exception {
    Path path = Path.of("target");
    assertThat(Files.exists(path)).isTrue();
    assertThat(failure(() -> store(path).find(CONTOSO)).reason()).isEqualTo(Reason.DENIED);
    Path root = folder.getRoot();
    assertThat(failure(() -> store(root).find(CONTOSO)).reason()).isEqualTo(Reason.DENIED);
  }

  /** Each wants to be asked what it answers, and no run keeps what it got. */
  @Test
  void everyGetIsAskedAnew() throws Exception {
    List<String> tokens = new ArrayList<>(List.of(alices, bobs));
    Fake fake = (operation, request) -> "password=" + tokens.remove(0);
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), fake)) {
      AgentStore store = store(agent.path());
      assertThat(text(store.find(CONTOSO).get(0).secret())).isEqualTo(alices);
      assertThat(text(store.find(CONTOSO).get(0).secret())).isEqualTo(bobs);
    }
  }
}
