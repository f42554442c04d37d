package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.testing.Pty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Records docs/demo.svg: a clone, the warning of an expiry and a rotation, typed at a terminal with
 * the packaged program and the service of the tests. All that the picture shows was printed then.
 */
public final class DemoRecording {
  private static final int COLUMNS = 80;
  private static final String URL = "https://dev.azure.com/contoso/Web/_git/site";

  private final Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final TerminalSvg picture = new TerminalSvg(COLUMNS);
  private Path folder;

  private DemoRecording(Path home, FakeAzureDevOps fake, FakePats service) {
    this.home = home;
    folder = home;
    environment.put("PATH", Helper.launcher().getParent() + ":/usr/local/bin:/usr/bin:/bin");
    environment.put("HOME", home.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("TERM", "xterm-256color");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CREDENTIAL_PAT_STORE", "file");
    environment.put("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
    environment.putAll(fake.environment());
  }

  /**
   * Writes the picture.
   *
   * @param args the file
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("demo");
    try (FakeAzureDevOps fake = new FakeAzureDevOps();
        GitServer server =
            new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of())) {
      server.repository("contoso/Web/_git/site", "contoso's site\n");
      FakeOrganization contoso = fake.organization("contoso");
      contoso.repository("Web/_git/site", Access.ALL);
      contoso.serve(server::answer);
      FakePats service = new FakePats(fake, "contoso");
      fake.on("vssps.dev.azure.com", service);
      DemoRecording recording =
          new DemoRecording(Files.createDirectory(folder.resolve("home")), fake, service);
      recording.run();
      String svg = recording.picture.text();
      for (String id : service.pats().keySet()) {
        if (svg.contains(service.secretOf(id))) {
          throw new IllegalStateException("the picture shows a token");
        }
      }
      Files.writeString(Path.of(args[0]), svg);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    // The servers' threads.
    System.exit(0);
  }

  private void run() throws Exception {
    // Before the recording: git is set up, and a token is there that ends soon.
    unseen("git-credential-pat configure");
    unseen("git-credential-pat token create contoso --name laptop --expires 5");

    type("git clone " + URL);
    folder = home.resolve("site");
    picture.typed("cd site");
    type("git-credential-pat token rotate contoso --expires 90");
    type("git pull");
    type("git-credential-pat list");
    picture.prompt();
  }

  private void type(String command) throws Exception {
    picture.typed(command);
    picture.printed(unseen(command));
  }

  private String unseen(String command) throws IOException, InterruptedException {
    String line = "stty cols " + COLUMNS + " rows 30; cd '" + folder + "' && exec " + command;
    try (Pty pty = new Pty(line, environment)) {
      return pty.finish();
    }
  }
}
