package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever else asks an agent: a script, another user, over ssh, many at once, and badly. */
final class AgentClientsIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;
  private static final String REQUEST = "protocol=https\nhost=dev.azure.com\npath=contoso/x\n";
  private static final int MANY = 50;

  @TempDir private Path folder;

  private final String token = AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  private Person alice;
  private AgentProcess agent;

  @BeforeEach
  void open() throws Exception {
    Path here = Files.createDirectory(folder.resolve("here"));
    alice =
        new Person(GitVersion.ofThisMachine(), "file", here, Keychain.files(here).environment());
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    done(alice.helper("store", (REQUEST + "username=pat\npassword=" + token).split("\n")));
  }

  private AgentProcess serve(String... options) throws Exception {
    agent = new AgentProcess(folder.resolve("run/agent.sock"), alice.environment(), options);
    return agent;
  }

  @AfterEach
  void close() throws Exception {
    if (agent != null) {
      agent.close();
    }
  }

  /** Somebody whose home has no token, and whose git asks the script of {@code --client}. */
  private Person withScript(String shell, String program, String... options) throws Exception {
    Person guest =
        new Person(
            GitVersion.ofThisMachine(),
            "",
            Files.createDirectory(folder.resolve("there")),
            Map.of());
    List<String> words = new ArrayList<>(List.of("agent", "--client"));
    words.addAll(List.of(options));
    Path script =
        Files.writeString(
            guest.home().resolve("client"),
            done(alice.command(words.toArray(String[]::new))).out());
    // Nothing but what the script needs: the first of socat and nc that is there is taken.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String each : List.of("cat", "dash", "busybox", program)) {
      Path found = Path.of("/usr/bin", each);
      Requires.present(
          Files.isExecutable(found), each + " (Debian: busybox, netcat-openbsd, socat)");
      Path link = bin.resolve(each);
      Files.writeString(link, "#!/bin/sh\nexec " + found + " \"$@\"\n");
      assertThat(link.toFile().setExecutable(true)).isTrue();
    }
    guest.configure("credential.helper", "!PATH=" + bin + " " + shell + " " + script);
    guest.set("GIT_CREDENTIAL_PAT_SOCKET", agent.socket().toString());
    return guest;
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource({"dash, socat", "dash, nc", "busybox sh, socat", "busybox sh, nc"})
  void aScriptDoesWhereTheProgramIsNot(String shell, String program) throws Exception {
    serve("--for", "contoso");
    try (GitServer server = GitServer.ofAzure(folder, azure)) {
      server.repository(REPOSITORY, "contoso's site\n");
      Person guest = withScript(shell, program);
      guest.meets(server);
      Programs.Result cloned = done(guest.git(guest.home(), "clone", "-q", URL, "clone"));
      assertThat(cloned.err()).isEmpty();
      assertThat(guest.home().resolve("clone/README")).hasContent("contoso's site\n");

      azure.revoke("contoso", token);
      Programs.Result refused = guest.git(guest.home().resolve("clone"), "fetch", "-q");
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err())
          .contains("git-credential-pat: the agent is read only; the token for contoso stays");
      assertThat(
              guest
                  .credential("fill", "protocol=https", "host=dev.azure.com", "path=fabrikam/x")
                  .err())
          .contains("git-credential-pat: the agent answers for contoso only");
      assertThat(agent.said()).doesNotContain(token);
    }
  }

  @Test
  void aScriptTellsAnAgentThatMayWriteOfANewToken() throws Exception {
    serve("--for", "contoso,fabrikam", "--writable");
    String newer = AzureSite.newToken();
    Person guest = withScript("dash", "socat", "--writable");
    String[] place = {"protocol=https", "host=dev.azure.com", "path=fabrikam/x"};
    done(
        guest.credential(
            "approve", place[0], place[1], place[2], "username=pat", "password=" + newer));
    assertThat(alice.helper("get", place).out()).contains("password=" + newer);
    done(
        guest.credential(
            "reject", place[0], place[1], place[2], "username=pat", "password=" + newer));
    assertThat(alice.helper("get", place).out()).doesNotContain(newer);
    assertThat(agent.said()).doesNotContain(newer);
  }

  /** Asks as another user in a mount namespace of its own, which has the socket alone. */
  private String askedByNobody() throws Exception {
    Path file = Files.createFile(folder.resolve("mounted.sock"));
    String inside =
        "mount --bind \"$1\" /mnt && exec setpriv --reuid 65534 --regid 65534 --clear-groups"
            + " socat -t 30 - UNIX-CONNECT:/mnt/agent.sock";
    // The folder itself lets nobody else in: the socket is what is mounted, into one that does.
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    Files.move(file, mounted.resolve("agent.sock"));
    String prepare = "mount --bind \"$2\" \"$1/agent.sock\" && chmod 755 \"$1\" && ";
    return Programs.run(
            folder,
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "get\n" + REQUEST + "\n",
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                prepare + inside.replace("mount --bind", "mount --rbind"),
                "sh",
                mounted.toString(),
                agent.socket().toString()))
        .out();
  }

  @Test
  void anotherUserIsNotAnswered() throws Exception {
    Requires.present("root".equals(System.getProperty("user.name")), "root, to be another user");
    // Somebody is allowed, so that the socket is open to all; and it is not who asks.
    serve("--for", "contoso", "--allow-user", "65533");
    assertThat(askedByNobody()).startsWith("error=user\n").doesNotContain(token);
    assertThat(agent.log())
        .singleElement()
        .asString()
        .contains("refused: the agent does not answer");
  }

  @Test
  void anotherUserWhoIsNamedIsAnswered() throws Exception {
    Requires.present("root".equals(System.getProperty("user.name")), "root, to be another user");
    serve("--for", "contoso", "--allow-user", "65534");
    assertThat(askedByNobody()).contains("password=" + token);
  }

  @Test
  void aForwardedSocketServesTheOtherMachine() throws Exception {
    Requires.present(
        Files.isExecutable(Path.of("/usr/sbin/sshd")), "sshd (Debian: openssh-server)");
    serve("--for", "contoso");
    try (GitServer server = GitServer.ofAzure(folder, azure);
        SshServer ssh = new SshServer(Files.createDirectory(folder.resolve("ssh")))) {
      server.repository(REPOSITORY, "contoso's site\n");
      Person guest =
          new Person(
              GitVersion.ofThisMachine(),
              "agent",
              Files.createDirectory(folder.resolve("there")),
              Map.of());
      guest.meets(server);
      Path remote = folder.resolve("ssh/agent.sock");
      // Twice: the second one takes the place of the socket that the first one leaves.
      for (String name : List.of("one", "two")) {
        Programs.Result cloned =
            ssh.run(
                List.of("-R", remote + ":" + agent.socket()),
                "cd "
                    + guest.home()
                    + " && HOME="
                    + guest.home()
                    + " GIT_TERMINAL_PROMPT=0"
                    + " GIT_CREDENTIAL_PAT_SOCKET="
                    + remote
                    + " git clone -q "
                    + URL
                    + " "
                    + name);
        assertThat(cloned.exit()).as(cloned.err()).isZero();
        assertThat(guest.home().resolve(name + "/README")).hasContent("contoso's site\n");
      }
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(agent.socket()));
    return client;
  }

  private String answer(SocketChannel client) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    while (client.read(bytes) >= 0) {
      all.write(bytes.array(), 0, bytes.position());
      bytes.clear();
    }
    return all.toString(UTF_8);
  }

  private String asked(String request) throws IOException {
    try (SocketChannel client = connect()) {
      client.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
      return answer(client);
    }
  }

  @Test
  void manyAtOnceAreAllAnswered() throws Exception {
    serve("--for", "contoso");
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        answers.add(threads.submit(() -> asked("get\n" + REQUEST + "\n")));
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get()).contains("password=" + token);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(agent.log()).hasSize(MANY).allMatch(line -> line.endsWith("get contoso: answered"));
    assertThat(agent.children()).isZero();
  }

  @Test
  void whoBehavesBadlyHoldsNobodyUpAndEndsNothing() throws Exception {
    serve("--for", "contoso");
    try (SocketChannel silent = connect();
        SocketChannel large = connect()) {
      ByteBuffer megabyte = ByteBuffer.wrap(new byte[1 << 20]);
      try {
        while (megabyte.hasRemaining()) {
          large.write(megabyte);
        }
      } catch (IOException e) {
        // It was refused before all of it came.
      }
      assertThat(answer(large)).startsWith("error=request\n");
      long start = System.nanoTime();
      assertThat(asked("get\n" + REQUEST + "\n")).contains(token);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(4));
      assertThat(answer(silent)).contains("it did not come in time");
    }
    assertThat(agent.log()).hasSize(3);
    assertThat(agent.end()).isZero();
    assertThat(agent.socket()).doesNotExist();
  }

  /** sshd on a free port of the loopback interface, for this user and by a key of this run. */
  private static final class SshServer implements AutoCloseable {
    private static final Path SERVICE = Path.of("/run/sshd");

    private final Path folder;
    private final int port;
    private final Process daemon;
    private boolean makesFolder;

    SshServer(Path folder) throws Exception {
      this.folder = folder;
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      for (String key : List.of("host", "person")) {
        done(
            run(
                List.of(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    folder.resolve(key).toString())));
      }
      Path configuration =
          Files.writeString(
              folder.resolve("sshd_config"),
              """
              ListenAddress 127.0.0.1
              Port %d
              HostKey %s/host
              AuthorizedKeysFile %s/person.pub
              PidFile none
              UsePAM no
              StrictModes no
              PermitRootLogin yes
              StreamLocalBindUnlink yes
              """
                  .formatted(port, folder, folder));
      if ("root".equals(System.getProperty("user.name"))) {
        // What the service makes, which does not run in a container.
        makesFolder = !Files.exists(SERVICE);
        Files.createDirectories(SERVICE);
      }
      daemon =
          new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (run(List.of(), "true").exit() != 0) {
        assertThat(System.nanoTime()).as(Files.readString(folder.resolve("log"))).isLessThan(end);
        Thread.sleep(50);
      }
    }

    private Programs.Result run(List<String> command) throws Exception {
      return Programs.run(folder, Map.of("PATH", "/usr/bin:/bin"), "", command);
    }

    /** Runs a command there. */
    Programs.Result run(List<String> options, String command) throws Exception {
      List<String> words =
          new ArrayList<>(
              List.of(
                  "ssh", "-F", "none", "-p", "" + port, "-i", folder.resolve("person").toString()));
      words.addAll(List.of("-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"));
      words.addAll(List.of("-o", "UserKnownHostsFile=" + folder.resolve("known")));
      words.addAll(List.of("-o", "ExitOnForwardFailure=yes"));
      words.addAll(options);
      words.addAll(List.of(System.getProperty("user.name") + "@127.0.0.1", command));
      return run(words);
    }

    @Override
    public void close() throws IOException {
      daemon.descendants().forEach(ProcessHandle::destroy);
      daemon.destroyForcibly().onExit().join();
      if (makesFolder) {
        Files.delete(SERVICE);
      }
    }
  }
}
