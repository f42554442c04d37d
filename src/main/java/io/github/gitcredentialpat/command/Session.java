package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.SshAddress;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one command works with.
 *
 * @param run the chain of stores, the environment, and where messages go
 * @param allStores every store there is, usable here or not
 * @param in standard input
 * @param out standard output, for results only
 * @param json whether results are wanted as JSON
 * @param colored whether the person's terminal shows colours
 */
record Session(
    Invocation run,
    List<Store> allStores,
    InputStream in,
    OutputStream out,
    boolean json,
    boolean colored) {

  private static final long PATIENCE_MILLIS = 30 * 60 * 1_000L;

  /** What is stored where. */
  Inventory inventory() {
    return new Inventory(run, allStores);
  }

  Console messages() {
    return run.messages();
  }

  void say(String line) {
    messages().say(line);
  }

  /** Writes a result. */
  void print(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  /** Asks a question and waits for a yes; the end of the input is a no. */
  boolean isConfirmed(String question) throws IOException {
    say(question + " [y/N]");
    // Byte by byte: what comes after this line is for the next question.
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    String answer = line.toString(UTF_8).strip();
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }

  /**
   * One line that is typed without echo, for the caller to wipe; absent when nobody is there, or
   * nobody types anything in half an hour: a token is made on a web page first.
   */
  char @Nullable [] askSecret(String prompt) {
    if (!run.surroundings().mayPrompt()) {
      return null;
    }
    try (Terminal terminal = Terminal.open()) {
      if (terminal != null) {
        return terminal.ask(prompt, PATIENCE_MILLIS);
      }
    }
    java.io.Console console = Terminal.isTerminal(Terminal.INPUT) ? System.console() : null;
    return console == null ? null : console.readPassword("%s", prompt);
  }

  /**
   * HTTP to this place, as the person's git would speak it.
   *
   * @throws ServiceException when the proxy or the certificates in git's configuration or in the
   *     environment cannot be used
   */
  Http http(Identity place) throws ServiceException, CommandException, IOException {
    String url =
        place.protocol() + "://" + place.host() + (place.path() == null ? "" : "/" + place.path());
    Map<String, String> settings = new HashMap<>();
    if (Git.isThere(environment())) {
      Git git = Git.find(environment());
      settings.put("http.proxy", git.setting("--no-type", "http.proxy", url));
      settings.put("http.sslCAInfo", git.setting("--path", "http.sslCAInfo", url));
    }
    return new Http(HttpSettings.of(place.protocol(), environment(), settings::get));
  }

  /**
   * The address of the remote here that is Azure DevOps: the one that git would fetch from, or else
   * the only other.
   *
   * @return a URL; where nothing here is Azure DevOps, that of the host that git would fetch from
   * @throws CommandException when there is none, or they do not agree
   */
  String remote() throws CommandException, IOException {
    List<String> remotes = Repository.remotes(Git.find(environment()));
    Map<Identity, String> azure = new LinkedHashMap<>();
    for (String remote : remotes) {
      Resolution whose = Resolution.parse(remote);
      if (whose.isAzure()) {
        azure.putIfAbsent(whose.identity(), SshAddress.is(remote) ? url(whose) : remote);
      }
    }
    String usual = remotes.isEmpty() ? "" : remotes.get(0);
    String found = azure.get(Resolution.parse(usual).identity());
    if (found != null) {
      return found;
    }
    if (azure.size() > 1) {
      throw CommandException.wrongUsage(
          "the remotes here belong to several organizations ("
              + String.join(", ", azure.keySet().stream().map(Identity::display).toList())
              + "); name one");
    }
    if (azure.isEmpty() && !(usual.startsWith("https://") || usual.startsWith("http://"))) {
      throw CommandException.wrongUsage("no Azure DevOps remote here; name an organization or URL");
    }
    return azure.isEmpty() ? usual : azure.values().iterator().next();
  }

  private static String url(Resolution whose) {
    return "https://" + Identity.SERVICES_HOST + "/" + whose.identity().path();
  }

  Map<String, String> environment() {
    return run.surroundings().environment();
  }

  /** Whose token a person means with the name of an organization, or a URL. */
  static Resolution whose(String typed) throws CommandException {
    Resolution whose = Resolution.parse(typed);
    if (whose.identity() != null) {
      return whose;
    }
    String example = "; try contoso or https://" + Identity.SERVICES_HOST + "/contoso";
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      throw CommandException.wrongUsage(shown(typed) + " names no organization" + example);
    }
    boolean isUrl = typed.contains("://") && !SshAddress.is(typed);
    throw CommandException.wrongUsage(
        isUrl && !whose.namesNoOrganization()
            ? shown(typed) + " cannot be used: " + whose.refusal()
            : shown(typed) + " is not an organization name or URL" + example);
  }

  /** What was typed, without what may be a secret: a user part, or all of it. */
  private static String shown(String typed) {
    int scheme = typed.indexOf("://");
    int start = scheme < 0 ? 0 : scheme + 3;
    int slash = typed.indexOf('/', start);
    int at = typed.lastIndexOf('@', slash < 0 ? typed.length() : slash);
    String bare = at < start ? typed : typed.substring(0, start) + typed.substring(at + 1);
    boolean mayBeSecret = scheme < 0 && !bare.isEmpty() && !UserName.isName(bare);
    return mayBeSecret ? "what was typed" : "\"" + bare + "\"";
  }
}
