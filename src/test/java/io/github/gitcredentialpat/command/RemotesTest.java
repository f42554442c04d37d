package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.Requires;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** URLs with secrets in them, in repositories that real git made. */
@Timeout(60)
final class RemotesTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String SITE = "dev.azure.com/contoso/My%20Web/_git/site";

  @TempDir Path home;
  private final InMemoryStore memory = new InMemoryStore("memory");
  private final Typed person = Typed.on(memory);
  private final String token = newToken();
  private Path git;
  private Path calls;
  private Path source;
  private Path repository;

  private static String newToken() {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    StringBuilder token = new StringBuilder();
    while (token.length() < 84) {
      token.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
    }
    return token.replace(52, 58, "xxxxxx").replace(76, 80, "AZDO").toString();
  }

  @BeforeEach
  void start() throws Exception {
    git = Programs.find("git", System.getenv());
    Requires.present(git != null, "git");
    person.atHome(home);
    calls = home.resolve("calls");
    Path bin = Files.createDirectory(home.resolve("bin"));
    Path wrapper = bin.resolve("git");
    Files.writeString(
        wrapper, "#!/bin/sh\necho \"$*\" >>'" + calls + "'\nexec " + git + " \"$@\"\n");
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    person.set("PATH", bin + ":" + System.getenv("PATH"));
    source = Files.createDirectory(home.resolve("src"));
    repository = make("site");
  }

  @AfterEach
  void noSecretWasSaid() throws Exception {
    assertThat(person.out + person.err).doesNotContain(token);
    if (Files.exists(calls)) {
      assertThat(Files.readString(calls)).doesNotContain(token);
    }
  }

  private Path make(String name) throws Exception {
    Path folder = Files.createDirectories(source.resolve(name));
    git(folder, "init", "--quiet");
    return folder;
  }

  private String git(Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(git.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(person.environment());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).describedAs(String.join(" ", command)).isZero();
    return out.stripTrailing();
  }

  private int remotes(String... arguments) {
    List<String> words = new ArrayList<>(List.of("remotes", "--recursive", source.toString()));
    words.addAll(Arrays.asList(arguments));
    return person.run(words.toArray(String[]::new));
  }

  private String kept(Identity where) throws StoreException {
    List<Entry> entries = memory.find(where);
    assertThat(entries).describedAs(person.out + person.err).hasSize(1);
    return new String(entries.get(0).secret().bytes(), UTF_8);
  }

  @Test
  void showsAndChangesNothingUnlessAsked() throws Exception {
    git(repository, "remote", "add", "origin", "https://anything:" + token + "@" + SITE);
    String before = Files.readString(repository.resolve(".git/config"));
    assertThat(remotes()).isEqualTo(1);
    assertThat(person.out)
        .contains("https://anything:***@" + SITE, "remote.origin.url", "--fix moves it");
    assertThat(Files.readString(repository.resolve(".git/config"))).isEqualTo(before);
    assertThat(memory.list()).isEmpty();
  }

  @Test
  void movesATokenFromARemote() throws Exception {
    git(repository, "remote", "add", "origin", "https://anything:" + token + "@" + SITE);
    assertThat(remotes("--fix")).describedAs(person.err).isZero();
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(git(repository, "remote", "get-url", "origin")).isEqualTo("https://contoso@" + SITE);
    assertThat(person.err)
        .contains("revoke", "https://dev.azure.com/contoso/_usersSettings/tokens", "token rotate");
    assertThat(remotes()).isZero();
    assertThat(person.err).contains("no URL with a token");
  }

  @Test
  void leavesTheOtherUrlsOfARemoteWhereTheyAre() throws Exception {
    git(repository, "remote", "add", "origin", "https://example.com/a");
    git(repository, "remote", "set-url", "--add", "origin", "https://" + token + "@" + SITE);
    git(repository, "remote", "set-url", "--add", "origin", "https://alice@example.com/b");
    git(repository, "remote", "set-url", "--push", "origin", "https://:" + token + "@" + SITE);
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(git(repository, "remote", "get-url", "--all", "origin").lines())
        .containsExactly(
            "https://example.com/a", "https://contoso@" + SITE, "https://alice@example.com/b");
    assertThat(git(repository, "remote", "get-url", "--push", "origin"))
        .isEqualTo("https://contoso@" + SITE);
    assertThat(kept(CONTOSO)).isEqualTo(token);
  }

  @Test
  void findsSubmodulesAndWhatIsIncluded() throws Exception {
    String secret = "https://x:" + token + "@contoso.visualstudio.com/Web/_git/part";
    String clean = "https://contoso.visualstudio.com/Web/_git/part";
    Path library = make("library");
    git(
        library,
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "one");
    git(
        repository,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        library.toString(),
        "part");
    git(repository, "config", "--file", ".gitmodules", "submodule.part.url", secret);
    git(repository, "config", "submodule.part.url", secret);
    git(repository.resolve("part"), "config", "remote.origin.url", secret);
    Path included = home.resolve("included");
    git(home, "config", "--file", included.toString(), "branch.main.remote", secret);
    git(repository, "config", "include.path", included.toString());
    assertThat(remotes("--fix", "--json")).describedAs(person.out + person.err).isZero();
    JsonNode urls = new ObjectMapper().readTree(person.out).get("urls");
    assertThat(urls.findValuesAsText("file"))
        .containsExactlyInAnyOrder(
            repository.resolve(".git/config").toString(),
            repository.resolve(".gitmodules").toString(),
            repository.resolve(".git/modules/part/config").toString(),
            included.toString());
    assertThat(git(repository, "config", "submodule.part.url")).isEqualTo(clean);
    assertThat(git(repository, "config", "branch.main.remote")).isEqualTo(clean);
    assertThat(git(repository, "config", "--file", ".gitmodules", "submodule.part.url"))
        .isEqualTo(clean);
    assertThat(git(repository.resolve("part"), "remote", "get-url", "origin")).isEqualTo(clean);
    assertThat(person.err).contains("commit " + repository.resolve(".gitmodules"));
    assertThat(kept(CONTOSO)).isEqualTo(token);
  }

  @Test
  void findsInsteadOfInBothItsParts() throws Exception {
    git(
        home,
        "config",
        "--global",
        "url.https://dev.azure.com/contoso/.insteadOf",
        "https://x:" + token + "@dev.azure.com/contoso/");
    git(
        home,
        "config",
        "--global",
        "url.https://x:" + token + "@dev.azure.com/.insteadOf",
        "https://dev.azure.com/");
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out)
        .contains("moved", "url.https://x:***@dev.azure.com/.insteadof", "does not say which");
    assertThat(git(home, "config", "--global", "url.https://dev.azure.com/contoso/.insteadOf"))
        .isEqualTo("https://contoso@dev.azure.com/contoso/");
    assertThat(kept(CONTOSO)).isEqualTo(token);
  }

  @Test
  void takesATokenOutOfTheBaseOfInsteadOfAndLeavesAllElseAsItIs() throws Exception {
    String base = "https://x:" + token + "@dev.azure.com/contoso/My \\\\ \\\"Web\\\"/";
    String text =
        """
        # a \u00fc comment
        [user]\r
        \tname = Alice
          [URL \t"%s"] ; theirs
        \tinsteadOf = az:
        \tinsteadOf = "https://dev.azure.com/contoso/"
        [url "%s"] pushInsteadOf = p:
        [url "https://example.com/"]
        \tinsteadOf = e:""";
    Path global = home.resolve(".gitconfig");
    Files.writeString(global, text.formatted(base, base));
    assertThat(remotes()).isEqualTo(1);
    assertThat(person.out).contains("url.https://x:***@dev.azure.com/", "--fix moves it");
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(person.out + person.err).contains("moved").doesNotContain(token);
    String clean = base.replace("x:" + token, "contoso");
    assertThat(Files.readString(global)).isEqualTo(text.formatted(clean, clean));
    assertThat(kept(CONTOSO)).isEqualTo(token);
    git(repository, "remote", "add", "origin", "az:_git/site");
    assertThat(git(repository, "remote", "get-url", "origin"))
        .isEqualTo("https://contoso@dev.azure.com/contoso/My \\ \"Web\"/_git/site");
    assertThat(remotes()).isZero();
  }

  @Test
  void aFileThatCannotBeChangedSafelyIsLeftAndNamed() throws Exception {
    Path global = home.resolve(".gitconfig");
    // What looks like a header is the end of a value.
    String text =
        "[url \"https://x:"
            + token
            + "@dev.azure.com/contoso/\"] insteadOf = az:\n[a]\n\tb = \\\n[url \"https://x:"
            + token
            + "@dev.azure.com/contoso/\"]\n";
    Files.writeString(global, text);
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out).contains("git could not change the file").doesNotContain(token);
    assertThat(person.err).contains("cannot be changed safely").doesNotContain(token);
    assertThat(Files.readString(global)).isEqualTo(text);
    assertThat(global.resolveSibling(".gitconfig.lock")).doesNotExist();
  }

  @Test
  void keepsAPasswordOfAnotherHostUnderItsUser() throws Exception {
    String url = "https://al%40ice:p%40ss%2F@example.com/a.git";
    git(repository, "remote", "add", "origin", url);
    git(repository, "remote", "add", "other", "https://ghp_" + token + "@github.com/a");
    git(repository, "remote", "add", "query", "https://a:b@example.com/b?x=" + token);
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out)
        .contains("moved", "***@github.com/a", "left: its user name")
        .contains("https://a:***@example.com/b?***", "may be another secret");
    assertThat(git(repository, "remote", "get-url", "origin"))
        .isEqualTo("https://al%40ice@example.com/a.git");
    List<Entry> entries = memory.find(new Identity("https", "example.com", null));
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).key())
        .isEqualTo(new EntryKey(new Identity("https", "example.com", null), "al@ice"));
    assertThat(new String(entries.get(0).secret().bytes(), UTF_8)).isEqualTo("p@ss/");
  }

  @Test
  void changesNoUrlWhoseSecretIsNotKept() throws Exception {
    git(repository, "remote", "add", "origin", "https://x:" + token + "@" + SITE);
    String before = Files.readString(repository.resolve(".git/config"));
    memory.failWith(new StoreException(Reason.DENIED, "no; say yes"));
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.err).contains("no; say yes");
    assertThat(Files.readString(repository.resolve(".git/config"))).isEqualTo(before);
  }

  @Test
  void whereAnotherTokenIsKeptThePersonDecides() throws Exception {
    String url = "https://x:" + token + "@" + SITE;
    git(repository, "remote", "add", "origin", url);
    memory.save(Entry.of(new EntryKey(CONTOSO, null), Secret.password("ours".getBytes(UTF_8)), 5));
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out).contains("another one is kept");
    assertThat(git(repository, "remote", "get-url", "origin")).isEqualTo(url);
    assertThat(remotes("--fix", "--prefer", "kept")).isZero();
    assertThat(kept(CONTOSO)).isEqualTo("ours");
    git(repository, "remote", "set-url", "origin", url);
    assertThat(remotes("--fix", "--prefer", "url")).isZero();
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(git(repository, "remote", "get-url", "origin")).doesNotContain(token);
  }

  @Test
  void searchesBareRepositoriesAndThoseInside() throws Exception {
    Path bare = source.resolve("deep/er/bare.git");
    git(source, "init", "--quiet", "--bare", bare.toString());
    git(bare, "config", "remote.origin.url", "https://x:" + token + "@" + SITE);
    git(make("site/inner"), "remote", "add", "up", "https://y:" + token + "@" + SITE);
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(git(bare, "config", "remote.origin.url")).isEqualTo("https://contoso@" + SITE);
    assertThat(git(repository.resolve("inner"), "remote", "get-url", "up"))
        .isEqualTo("https://contoso@" + SITE);
  }

  @Test
  void whatIsNotWritableIsSaid() throws Exception {
    git(repository, "remote", "add", "origin", "https://x:" + token + "@" + SITE);
    Path lock = Files.createFile(repository.resolve(".git/config.lock"));
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out).contains("git could not change the file");
    Files.delete(lock);
    assertThat(remotes("--fix")).isZero();
  }

  @Test
  void passesOverWhatIsNoSecret() throws Exception {
    git(repository, "remote", "add", "a", "https://contoso@" + SITE);
    git(repository, "remote", "add", "b", "git@ssh.dev.azure.com:v3/contoso/Web/site");
    git(repository, "remote", "add", "c", "ssh://contoso@vs-ssh.visualstudio.com/v3/x@y:z");
    git(repository, "remote", "add", "d", "https://example.com/@a:b@c");
    git(repository, "config", "http.proxy", "http://user:" + token + "@proxy:3128");
    assertThat(remotes()).isZero();
  }

  @Test
  void explainsWhereThereIsNoRepository() throws IOException {
    person.set("GIT_DIR", home.resolve("nowhere").toString());
    assertThat(person.run("remotes")).isEqualTo(1);
    assertThat(person.err).contains("there is no repository here");
    assertThat(person.run("remotes", "--recursive", home.resolve("no").toString())).isEqualTo(2);
  }
}
