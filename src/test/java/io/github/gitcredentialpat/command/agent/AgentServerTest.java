package io.github.gitcredentialpat.command.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.command.agent.RunningAgent.Settings;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get from an agent, and what they cannot do to it. */
@DisabledOnOs(OS.WINDOWS)
final class AgentServerTest {
  private static final String CONTOSO =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n";

  @TempDir private Path folder;
  private final String token = UUID.randomUUID().toString();

  private RunningAgent agent(Settings settings) throws Exception {
    return new RunningAgent(
        folder, settings, (operation, request) -> "username=pat\npassword=" + token + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site",
        "protocol=https\nhost=dev.azure.com\npath=Contoso",
        "protocol=https\nhost=contoso.visualstudio.com",
        "protocol=https\nhost=contoso.pkgs.visualstudio.com\npath=_packaging/feed",
        "protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/feed",
        "protocol=https\nhost=dev.azure.com\nusername=contoso",
        "protocol=https\nhost=dev.azure.com:443\npath=contoso"
      })
  void everyUrlOfAnOrganizationIsAnswered(String request) throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso"))) {
      assertThat(agent.send("get\n" + request + "\n\n")).contains("password=" + token + "\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol=https\nhost=dev.azure.com\npath=fabrikam/Web/_git/site",
        "protocol=https\nhost=fabrikam.visualstudio.com",
        "protocol=https\nhost=dev.azure.com\npath=fabrikam\nusername=contoso",
        "protocol=https\nhost=dev.azure.com",
        "protocol=http\nhost=dev.azure.com\npath=contoso",
        "protocol=https\nhost=dev.azure.com.\npath=contoso",
        "protocol=https\nhost=contoso.example\npath=contoso",
        "protocol=entra\nhost=login.microsoftonline.com\npath=contoso",
        // The last of two counts, here as with git.
        "protocol=https\nhost=dev.azure.com\npath=contoso\npath=fabrikam"
      })
  void nothingElseIsAsked(String request) throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso").thatWrites())) {
      for (String operation : List.of("get", "store", "erase")) {
        String answer = agent.send(operation + "\n" + request + "\nusername=contoso\n\n");
        if (!request.endsWith("host=dev.azure.com")) {
          assertThat(answer).startsWith("error=organization\n").doesNotContain(token);
        }
      }
      assertThat(agent.send("get\n" + request + "\n\n")).startsWith("error=organization\n");
      assertThat(agent.asked())
          .allMatch(asked -> asked.contains("host=dev.azure.com\nusername=contoso\n"));
    }
  }

  @Test
  void aHostThatIsNamedIsAnsweredWithAllOfItsPaths() throws Exception {
    try (RunningAgent agent = agent(Settings.of("https://tfs.example:8080"))) {
      String request = "get\nprotocol=https\nhost=tfs.example";
      assertThat(agent.send(request + ":8080\npath=tfs/main/_git/x\n\n")).contains(token);
      assertThat(agent.send(request + "\npath=tfs/main/_git/x\n\n")).contains("error=organization");
    }
  }

  @Test
  void neitherARefreshTokenNorAStateGoesOut() throws Exception {
    String all =
        "capability[]=authtype\ncapability[]=state\nusername=pat\npassword="
            + token
            + "\npassword_expiry_utc=4000000000\noauth_refresh_token=renewing\n"
            + "state[]=git-credential-pat:1\nquit=1\n";
    try (RunningAgent agent =
        new RunningAgent(folder, Settings.of("contoso"), (operation, request) -> all)) {
      assertThat(agent.send("get\n" + CONTOSO + "capability[]=authtype\ncapability[]=state\n\n"))
          .isEqualTo(
              "capability[]=authtype\nusername=pat\npassword="
                  + token
                  + "\npassword_expiry_utc=4000000000\n\n\n");
      assertThat(agent.asked().get(0)).doesNotContain("state");
    }
  }

  @Test
  void onlyWhatWasUnderstoodIsHandedOn() throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso").thatWrites())) {
      agent.send(
          "store\n"
              + CONTOSO
              + "username=alice\npassword=new\noauth_refresh_token=renewing\nunknown=x\n"
              + "wwwauth[]=Basic realm=\"x\"\nstate[]=y\npassword_expiry_utc=4000000000\n"
              + "\npassword=behind the end\n");
      assertThat(agent.asked())
          .containsExactly(
              "store\n"
                  + CONTOSO
                  + "username=alice\nwwwauth[]=Basic realm=\"x\"\npassword=new\n"
                  + "password_expiry_utc=4000000000\n\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "erase"})
  void nothingIsChangedUnlessItWasAllowed(String operation) throws Exception {
    String message = operation + "\n" + CONTOSO + "username=pat\npassword=" + token + "\n\n";
    try (RunningAgent agent = agent(Settings.of("contoso"))) {
      assertThat(agent.send(message)).startsWith("error=read-only\nmessage=the agent is read only");
      assertThat(agent.asked()).isEmpty();
    }
    try (RunningAgent agent = agent(Settings.of("contoso").thatWrites())) {
      assertThat(agent.send(message)).doesNotContain("error", token);
      assertThat(agent.asked()).hasSize(1);
    }
  }

  /** As of a connection that was lost: what is left of it means something else than all of it. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "store", "erase"})
  void halfARequestIsNotCarriedOut(String operation) throws Exception {
    String half = operation + "\n" + CONTOSO + "username=pat\n";
    try (RunningAgent agent = agent(Settings.of("contoso").thatWrites())) {
      for (String rest : List.of("", "password=half", "password=whole\n")) {
        assertThat(agent.send(half + rest))
            .isEqualTo("error=request\nmessage=broken request: it is cut off\n\n\n");
      }
      assertThat(agent.asked()).isEmpty();
    }
  }

  @Test
  void anotherUserIsNotAnswered() throws Exception {
    UserPrincipal other =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("65533");
    try (RunningAgent agent = agent(Settings.of("contoso").for_(other))) {
      assertThat(agent.send("get\n" + CONTOSO + "\n")).startsWith("error=user\n");
      assertThat(agent.asked()).isEmpty();
      assertThat(agent.log()).hasSize(1);
      assertThat(agent.log().get(0)).contains("refused: the agent does not answer the user");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "get\nnonsense\n\n",
        "get\nhost=a\rb\n\n",
        "get\nhost=a\0b\n\n",
        "get\nhost=dev.azure.com\n\n",
        "get\nprotocol=https\nhost=\n\n",
        "capability\n\n",
        "GET / HTTP/1.1\nHost: localhost\n\n"
      })
  void aBrokenRequestIsAnsweredAndLogged(String message) throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso"))) {
      assertThat(agent.send(message)).startsWith("error=request\nmessage=");
      assertThat(agent.send("get\n" + CONTOSO + "\n")).contains(token);
      assertThat(agent.asked()).hasSize(1);
      assertThat(agent.log()).hasSize(2);
      assertThat(agent.log().get(0)).contains("refused: ");
    }
  }

  @Test
  void aMegabyteIsRefused() throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso"))) {
      String answer = agent.send("get\n" + ("path=" + "x".repeat(1_000) + "\n").repeat(1_000));
      assertThat(answer)
          .isEqualTo("error=request\nmessage=broken request: it is larger than 64 KiB\n\n\n");
      assertThat(agent.send("get\n" + CONTOSO + "\n")).contains(token);
    }
  }

  @Test
  void whoSendsNothingHoldsNobodyUp() throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso").with(300, 128))) {
      List<SocketChannel> silent = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        silent.add(agent.connect());
      }
      RunningAgent.write(silent.get(0), "get\n" + CONTOSO);
      assertThat(agent.send("get\n" + CONTOSO + "\n")).contains(token);
      for (SocketChannel each : silent) {
        assertThat(RunningAgent.read(each))
            .isEqualTo("error=request\nmessage=broken request: it did not come in time\n\n\n");
        each.close();
      }
      assertThat(agent.asked()).hasSize(1);
      assertThat(agent.log()).hasSize(21);
    }
  }

  @Test
  void whoComesWhenThereAreTooManyIsToldSo() throws Exception {
    try (RunningAgent agent = agent(Settings.of("contoso").with(10_000, 1));
        SocketChannel first = agent.connect()) {
      RunningAgent.write(first, "get\n");
      String answer = "";
      for (int i = 0; i < 100 && !answer.startsWith("error=busy\n"); i++) {
        answer = agent.send("get\n" + CONTOSO + "\n");
      }
      assertThat(answer).startsWith("error=busy\n");
      RunningAgent.write(first, CONTOSO + "\n");
      assertThat(RunningAgent.read(first)).contains(token);
    }
  }

  @Test
  void manyAreAnsweredAtOnce() throws Exception {
    int many = 50;
    CountDownLatch allAreThere = new CountDownLatch(many);
    RunningAgent.Fake fake =
        (operation, request) -> {
          allAreThere.countDown();
          try {
            assertThat(allAreThere.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return "password=" + token;
        };
    ExecutorService clients = Executors.newFixedThreadPool(many);
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), fake)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        answers.add(clients.submit(() -> agent.send("get\n" + CONTOSO + "\n")));
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get()).contains(token);
      }
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void aHelperThatFailsIsAnsweredAndNoEnd() throws Exception {
    RunningAgent.Fake fake =
        (operation, request) -> {
          if (request.contains("path=contoso/hangs")) {
            return "HANGS\npassword=half";
          }
          if (request.contains("path=contoso/breaks")) {
            throw new IllegalStateException("a fault of the agent's own");
          }
          if (request.contains("path=contoso/gone")) {
            throw new IOException("no such program");
          }
          return "password=" + token;
        };
    String request = "get\nprotocol=https\nhost=dev.azure.com\npath=contoso/";
    try (RunningAgent agent = new RunningAgent(folder, Settings.of("contoso"), fake)) {
      assertThat(agent.send(request + "hangs\n\n"))
          .startsWith("error=late\n")
          .doesNotContain("half");
      assertThat(agent.send(request + "gone\n\n")).startsWith("error=failed\n");
      assertThat(agent.send(request + "breaks\n\n")).isEmpty();
      assertThat(agent.send(request + "x\n\n")).contains(token);
      assertThat(agent.log()).hasSize(4);
      assertThat(agent.log().get(2)).contains("internal error (IllegalStateException)");
    }
  }

  @Test
  void whatThePersonHasToKnowComesAlong() throws Exception {
    try (RunningAgent agent =
        new RunningAgent(
            folder,
            Settings.of("contoso"),
            (operation, request) ->
                "err:git-credential-pat: the token has expired\n"
                    + "err:hint: git-credential-pat login contoso\nerr:Picked up something")) {
      assertThat(agent.send("get\n" + CONTOSO + "\n"))
          .isEqualTo("message=the token has expired\nhint=git-credential-pat login contoso\n\n\n");
      assertThat(agent.log().get(0)).endsWith(" get contoso: no token");
    }
  }

  @Test
  void aListHasTheNamesOfWhatIsAnsweredAndNothingElse() throws Exception {
    String json =
        """
        {"version":1,"entries":[
        {"protocol":"https","host":"dev.azure.com","path":"contoso","user":"alice","name":"x"},
        {"protocol":"https","host":"dev.azure.com","path":"fabrikam","user":"bob"},
        {"protocol":"https","host":"tfs.example","path":"tfs/main"},
        {"protocol":"https","host":"github.com","user":"bob"}]}
        """;
    try (RunningAgent agent =
        new RunningAgent(
            folder,
            Settings.of("contoso", "https://tfs.example/tfs/main"),
            (operation, request) -> json)) {
      String contoso = "protocol=https\nhost=dev.azure.com\npath=contoso\nusername=alice\n\n";
      String main = "protocol=https\nhost=tfs.example\npath=tfs/main\n\n";
      assertThat(agent.send("list\n\n")).isEqualTo(contoso + main + "\n\n");
      assertThat(agent.send("list\nprotocol=https\nhost=tfs.example\n\n")).isEqualTo(main + "\n\n");
      assertThat(agent.send("list\nprotocol=https\nhost=github.com\n\n"))
          .startsWith("error=organization\n");
      assertThat(agent.asked()).hasSize(2);
    }
  }

  @Test
  void theLogHasALineForEachAndNoSecret() throws Exception {
    String typedAsUser = UUID.randomUUID().toString();
    try (RunningAgent agent = agent(Settings.of("contoso").thatWrites())) {
      agent.send("get\n" + CONTOSO + "username=" + typedAsUser + "\n\n");
      agent.send("store\n" + CONTOSO + "username=pat\npassword=" + token + "\n\n");
      agent.send("erase\n" + CONTOSO + "username=pat\npassword=" + token + "\n\n");
      agent.send("get\nprotocol=https\nhost=x.example\npath=" + token + "\n\n");
      assertThat(agent.log()).hasSize(4);
      assertThat(String.join("\n", agent.log())).doesNotContain(token, typedAsUser);
      assertThat(agent.log().get(0)).matches("20.*Z user=\\S+ get contoso: answered");
      assertThat(agent.log().get(1)).endsWith(" store contoso: done");
      assertThat(agent.log().get(3))
          .endsWith(" get https://x.example: refused: the agent answers for contoso only");
    }
  }
}
