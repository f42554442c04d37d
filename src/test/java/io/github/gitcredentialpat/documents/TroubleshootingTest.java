package io.github.gitcredentialpat.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/troubleshooting.md is searched by the words that git prints: those of this git. */
final class TroubleshootingTest {
  private static final Map<String, String> REFUSALS =
      Map.of(
          "/403",
          "TF401027: You need the Git 'GenericContribute' permission to do this.",
          "/404",
          "TF401019: The Git repository with name or identifier site does not exist or you do"
              + " not have permissions for the operation you are attempting.");

  @TempDir Path home;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    Requires.present(CSources.isOnPath("git"), "git");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", TroubleshootingTest::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(0, 4);
      byte[] words = REFUSALS.getOrDefault(path, "").getBytes(UTF_8);
      if (path.equals("/401")) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
      }
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), words.length);
      exchange.getResponseBody().write(words);
    }
  }

  @Test
  void hasTheWordsThatGitPrints() throws Exception {
    String port = ":" + server.getAddress().getPort();
    isExplained("fatal: Authentication failed for '", "http://any:wrong@127.0.0.1" + port + "/401");
    isExplained("fatal: could not read Username for '", "http://127.0.0.1" + port + "/401");
    isExplained("terminal prompts disabled", "http://127.0.0.1" + port + "/401");
    isExplained("The requested URL returned error: 403", "http://127.0.0.1" + port + "/403");
    isExplained("remote: TF401027: You need the Git", "http://127.0.0.1" + port + "/403");
    isExplained("fatal: repository '", "http://127.0.0.1" + port + "/404");
    isExplained(
        "remote: TF401019: The Git repository with name or identifier",
        "http://127.0.0.1" + port + "/404");
    isExplained("Failed to connect to", "http://127.0.0.1:1/closed");
  }

  private void isExplained(String words, String url) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "ls-remote", url));
    ProcessBuilder git = new ProcessBuilder(command).directory(home.toFile());
    git.environment().keySet().removeIf(name -> name.startsWith("GIT_") || name.endsWith("_proxy"));
    git.environment().put("HOME", home.toString());
    git.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    git.environment().put("GIT_TERMINAL_PROMPT", "0");
    git.environment().put("LC_ALL", "C.UTF-8");
    Process process = git.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isNotZero();
    assertThat(printed).contains(words);
    assertThat(Files.readString(Path.of("docs/troubleshooting.md"))).contains(words);
  }
}
