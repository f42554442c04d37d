package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What other programs keep for the same host: what git would use before it asks anybody, what lies
 * on disk in plain text, and what goes stale. Of files only hosts are looked at, and their bytes
 * wiped.
 */
final class NeighbourCheckup {
  private final Session session;
  private final Place place;
  private final Findings findings;

  NeighbourCheckup(Session session, Place place, Findings findings) {
    this.session = session;
    this.place = place;
    this.findings = findings;
  }

  void look() {
    findings.look(this::netrc);
    findings.look(this::plaintext);
    for (Store store : session.allStores()) {
      ForeignEntries entries = store.foreignEntries();
      if (entries != null) {
        findings.look(() -> keychain(entries));
      }
    }
  }

  private void netrc() throws IOException {
    Path home = ConfigurationFile.home(session.environment());
    for (String name : List.of(".netrc", "_netrc")) {
      if (machines(home.resolve(name)).stream().anyMatch(this::isMeant)) {
        findings.add(Diagnosis.NETRC);
        return;
      }
    }
  }

  private void plaintext() throws IOException {
    Path home = ConfigurationFile.home(session.environment());
    String base = session.environment().get("XDG_CONFIG_HOME");
    Path configuration = base == null || base.isEmpty() ? home.resolve(".config") : Path.of(base);
    long count = 0;
    for (Path file :
        List.of(home.resolve(".git-credentials"), configuration.resolve("git/credentials"))) {
      count += hosts(file).stream().filter(this::isMeant).count();
    }
    if (count > 0) {
      findings.add(Diagnosis.PLAINTEXT, Fact.count(count));
    }
  }

  private void keychain(ForeignEntries entries) {
    Map<ForeignEntry.Program, Integer> counts = new EnumMap<>(ForeignEntry.Program.class);
    session.run().surroundings().deadline().promptClosed();
    try {
      for (ForeignEntry entry : entries.list()) {
        if (isMeant(entry.host())) {
          counts.merge(entry.program(), 1, Integer::sum);
        }
      }
    } catch (StoreException e) {
      // A keychain that is not here or locked; what is said of stores tells it.
      session.messages().trace(e);
    }
    counts.forEach(
        (program, count) ->
            findings.add(
                Diagnosis.FOREIGN_ENTRIES, Fact.count(count), Fact.program(program), place.fact()));
  }

  private boolean isMeant(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (place.whose() == null || place.isOf(Whose.Kind.ORGANIZATION)) {
      return name.equals(Identity.SERVICES_HOST)
          || name.endsWith("." + Identity.SERVICES_HOST)
          || name.endsWith(".visualstudio.com");
    }
    return name.equals(place.whose().identity().host());
  }

  /** The hosts that a netrc file has entries for. */
  private static List<String> machines(Path file) throws IOException {
    List<String> machines = new ArrayList<>();
    byte[] content = read(file);
    boolean isHost = false;
    boolean isValue = false;
    for (int start = 0; start < content.length; ) {
      int end = start;
      while (end < content.length && content[end] > ' ') {
        end++;
      }
      if (end > start) {
        if (isHost) {
          machines.add(new String(content, start, end - start, US_ASCII));
        }
        // A value may be spelled like a keyword.
        isHost = !isValue && is(content, start, end, "machine");
        isValue =
            !isValue
                && (isHost
                    || is(content, start, end, "login")
                    || is(content, start, end, "password")
                    || is(content, start, end, "account"));
      }
      start = end + 1;
    }
    Arrays.fill(content, (byte) 0);
    return machines;
  }

  /** The hosts in lines such as {@code https://user:password@host/path}. */
  private static List<String> hosts(Path file) throws IOException {
    List<String> hosts = new ArrayList<>();
    byte[] content = read(file);
    int at = -1;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '@') {
        at = i;
      } else if (at >= 0 && (content[i] == '/' || content[i] == '\n')) {
        hosts.add(new String(content, at + 1, i - at - 1, US_ASCII).strip());
        at = -1;
      }
    }
    if (at >= 0) {
      hosts.add(new String(content, at + 1, content.length - at - 1, US_ASCII).strip());
    }
    Arrays.fill(content, (byte) 0);
    return hosts;
  }

  private static byte[] read(Path file) throws IOException {
    return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
  }

  private static boolean is(byte[] content, int start, int end, String word) {
    byte[] wanted = word.getBytes(US_ASCII);
    return Arrays.equals(content, start, end, wanted, 0, wanted.length);
  }
}
