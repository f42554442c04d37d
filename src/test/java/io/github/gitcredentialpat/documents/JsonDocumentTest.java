package io.github.gitcredentialpat.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The fields of docs/json.md, and of the manual, are those that the commands print. */
@Timeout(120)
final class JsonDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/json.md");

  @TempDir Path home;
  private final InMemoryStore store = new Shared();
  private final InMemoryStore absent = new InMemoryStore("absent");
  private final Typed person = new Typed(List.of(store), List.of(store, absent));
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakePats service;

  @BeforeEach
  void start() throws Exception {
    absent.failWith(new StoreException(StoreException.Reason.UNAVAILABLE, "there is none"));
    fake.organization("contoso");
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    person
        .atHome(home)
        .meets(fake)
        .set("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn())
        .set("GIT_DIR", home.resolve("no-repository").toString());
  }

  /** A store whose keychain has a token of git's own helper as well. */
  private final class Shared extends InMemoryStore {
    Shared() {
      super("memory");
    }

    @Override
    public ForeignEntries foreignEntries() {
      return new ForeignEntries() {
        @Override
        public List<ForeignEntry> list() {
          return List.of(
              new ForeignEntry(Program.GIT, "https", "dev.azure.com", "tailspin", "bob", 1, "1"),
              new ForeignEntry(Program.GIT, "https", "git.example", null, "bob", 1, "2"));
        }

        @Override
        public Entry read(ForeignEntry foreign, EntryKey key) {
          return entry(key.identity(), key.user());
        }

        @Override
        public boolean delete(ForeignEntry foreign) {
          return true;
        }
      };
    }
  }

  private Entry entry(Identity identity, @Nullable String user) {
    return Entry.of(
        new EntryKey(identity, user), Secret.password(fake.newToken().getBytes(UTF_8)), 1);
  }

  @Test
  void describesTheFieldsThatArePrinted() throws Exception {
    assertThat(person.run("token", "create", "contoso", "--user", "alice")).isZero();
    store.save(entry(new Identity("http", "tfs.corp.local:8080", "tfs/main"), "alice"));

    assertThat(fields("list", "--check")).isEqualTo(described("list"));
    Set<String> checks = fields("check", "contoso");
    checks.addAll(fields("check", "http://tfs.corp.local:8080/tfs/main"));
    assertThat(checks).isEqualTo(described("check"));
    Set<String> status = fields("status", "contoso");
    status.addAll(fields("status", "http://tfs.corp.local:8080/tfs/main"));
    assertThat(status).isEqualTo(described("status"));
    assertThat(fields("stores")).isEqualTo(described("stores"));
    assertThat(fields("doctor")).isEqualTo(described("doctor"));
    assertThat(fields("token", "list", "contoso")).isEqualTo(described("token list"));
    assertThat(fields("token", "scopes")).isEqualTo(described("token scopes"));
    assertThat(fields("import", "--all")).isEqualTo(described("import"));

    Path archive = home.resolve("tokens");
    assertThat(fields("export", "--encrypted", archive.toString())).isEqualTo(described("export"));
    assertThat(fields("import", "--encrypted", archive.toString()))
        .containsExactly("organization", "outcome", "store", "url", "user");

    Path repository = Files.createDirectories(home.resolve("src/site/.git")).getParent();
    for (String folder : List.of("objects", "refs")) {
      Files.createDirectories(repository.resolve(".git").resolve(folder));
    }
    Files.writeString(repository.resolve(".git/HEAD"), "ref: refs/heads/main\n");
    Files.writeString(
        repository.resolve(".git/config"),
        "[remote \"origin\"]\n\turl = https://pat:"
            + fake.newToken()
            + "@dev.azure.com/contoso/Web/_git/site\n");
    person.environment().remove("GIT_DIR");
    assertThat(fields("remotes", "--recursive", home.resolve("src").toString()))
        .isEqualTo(described("remotes"));
  }

  @Test
  void everyArrayThatIsPrintedIsDescribed() throws IOException {
    Set<String> printed = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Matcher matcher =
            Pattern.compile("new JsonReport\\(\"(\\w+)\"\\)").matcher(Files.readString(file));
        while (matcher.find()) {
          printed.add(matcher.group(1));
        }
      }
    }
    assertThat(arrays()).isEqualTo(printed);
  }

  private Set<String> fields(String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of(command));
    words.add("--json");
    person.answering("open sesame\n", words.toArray(String[]::new));
    JsonNode root = new ObjectMapper().readTree(person.out);
    assertThat(root).as(String.join(" ", command) + person.err).hasSize(2);
    assertThat(root.path("version").asInt()).isEqualTo(1);
    Set<String> names = new TreeSet<>();
    for (JsonNode array : root) {
      for (JsonNode object : array) {
        object.fieldNames().forEachRemaining(names::add);
      }
    }
    return names;
  }

  private static Set<String> described(String command) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : new Markdown(DOCUMENT).section("`" + command + "`")) {
      if (line.endsWith("::")) {
        Matcher matcher = Pattern.compile("\\*\\*\\+\\+(\\w+)").matcher(line);
        while (matcher.find()) {
          names.add(matcher.group(1));
        }
      }
    }
    return names;
  }

  private static Set<String> arrays() throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile("Array `(\\w+)`").matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }
}
