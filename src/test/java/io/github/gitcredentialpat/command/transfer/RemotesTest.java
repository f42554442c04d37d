package io.github.gitcredentialpat.command.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.secrets.SecretSearch;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Requires;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: one test for each place where git keeps a secret.
/** URLs with secrets in them, in repositories that real git made. */
@Timeout(60)
@Tag("slow")
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
    git = Executables.find("git", System.getenv());
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
        .contains("https://anything:***@" + SITE, "remote.origin.url", "found (use --fix)");
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
    assertThat(person.err).contains("no tokens or passwords in git's settings");
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
        .contains("moved", "url.https://x:***@dev.azure.com/.insteadof", "organization unknown");
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
    assertThat(person.out).contains("url.https://x:***@dev.azure.com/", "found (use --fix)");
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
    assertThat(person.out).contains("the file cannot be changed").doesNotContain(token);
    assertThat(person.err).contains("cannot change " + global + " safely").doesNotContain(token);
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
        .contains("moved", "***@github.com/a", "skipped: its user name")
        .contains("https://a:***@example.com/b?***", "may contain another secret");
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
    assertThat(person.out).contains("another one is stored");
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
    assertThat(person.out).contains("the file cannot be changed");
    Files.delete(lock);
    assertThat(remotes("--fix")).isZero();
  }

  @Test
  void passesOverWhatIsNoSecret() throws Exception {
    git(repository, "remote", "add", "a", "https://contoso@" + SITE);
    git(repository, "remote", "add", "b", "git@ssh.dev.azure.com:v3/contoso/Web/site");
    git(repository, "remote", "add", "c", "ssh://contoso@vs-ssh.visualstudio.com/v3/x@y:z");
    git(repository, "remote", "add", "d", "https://example.com/@a:b@c");
    git(repository, "config", "http.proxy", "http://user@proxy:3128");
    git(repository, "config", "http.extraHeader", "X-Trace: 1");
    git(repository, "config", "http.https://example.com.extraHeader", "Authorization:");
    git(repository, "config", "alias.log2", "!git log --format='%an <%ae>'");
    for (String helper :
        List.of(
            "store --file /home/me/credentials",
            "!f() { echo username=x; echo password=$(cat ~/token); }; f",
            "!f() { echo username=x; echo \"password=$TOKEN\"; }; f",
            "!f() { echo username=x; echo password=\\\"${TOKEN}\\\"; }; f",
            "!printf 'username=x\\npassword=%s\\n'",
            "!vault --token $VAULT_TOKEN read",
            "!echo https://x:$TOKEN@dev.azure.com/contoso",
            "!echo password=`cat /run/secret`")) {
      git(repository, "config", "--add", "credential.helper", helper);
    }
    assertThat(remotes()).describedAs(person.out).isZero();
  }

  @Test
  void aRemoteThatGitNamedByItsUrlIsFoundAndMended() throws Exception {
    String url = "https://build:" + token + "@" + SITE;
    // What git fetch --filter=blob:none URL leaves behind.
    Path config = repository.resolve(".git/config");
    String before = Files.readString(config);
    String named =
        """
        [remote "%s"]
        \tpromisor = true
        \tpartialclonefilter = blob:none
        [extensions]
        \tpartialClone = %s
        [remote "%s"] skipFetchAll
        """;
    Files.writeString(config, before + named.replace("%s", url));
    assertThat(remotes()).isEqualTo(1);
    assertThat(person.out).contains("remote.https://build:***@" + SITE + ".promisor");
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(Files.readString(config))
        .isEqualTo(before + named.replace("%s", "https://contoso@" + SITE));
    assertThat(kept(CONTOSO)).isEqualTo(token);
  }

  @Test
  void aNameWithoutAValueIsFoundToo() throws Exception {
    Path config = repository.resolve(".git/config");
    Files.writeString(
        config,
        Files.readString(config) + "[remote \"https://x:" + token + "@" + SITE + "\"] promisor\n");
    assertThat(remotes()).isEqualTo(1);
    assertThat(remotes("--fix")).isZero();
    assertThat(Files.readString(config)).doesNotContain(token);
  }

  @Test
  void whereverGitKeepsAUrlItIsFoundAndMoved() throws Exception {
    String url = "https://x:" + token + "@" + SITE;
    for (String key :
        List.of(
            "remote.pushDefault",
            "remote.origin.url",
            "remote.origin.pushurl",
            "remote.origin.lfsurl",
            "remote.origin.lfspushurl",
            "submodule.a.url",
            "branch.main.remote",
            "branch.main.pushRemote",
            "lfs.url",
            "lfs.pushurl",
            "fetch.bundleURI",
            "extensions.partialClone",
            "url.https://example.com/.insteadOf",
            "remote." + url + ".prune",
            "url." + url + ".pushInsteadOf",
            "http." + url + ".sslVerify",
            "credential." + url + ".provider",
            "lfs." + url + "/info/lfs.access",
            "lfs." + url + "/info/lfs.locksverify")) {
      Path file = Files.createDirectories(home.resolve("one")).resolve("config");
      Files.deleteIfExists(file);
      write(file, key, key.contains(token) ? "false" : url);
      Files.writeString(home.resolve(".gitconfig"), "[include] path = " + file + "\n");
      assertThat(remotes()).describedAs(key).isEqualTo(1);
      assertThat(person.out).describedAs(key).contains("x:***@").contains("found (use --fix)");
      assertThat(remotes("--fix")).describedAs(key + person.out + person.err).isZero();
      assertThat(Files.readString(file)).describedAs(key).contains(SITE).doesNotContain(token);
      boolean isCompared =
          key.startsWith("http.") || key.startsWith("credential.") || key.startsWith("lfs.https");
      assertThat(Files.readString(file))
          .describedAs(key)
          .contains(isCompared ? "\"https://" + SITE : "https://contoso@" + SITE);
    }
  }

  /** As a person's editor does it: no secret in git's command line. */
  private static void write(Path file, String key, String value) throws IOException {
    int dot = key.indexOf('.');
    int last = key.lastIndexOf('.');
    String subsection = dot < last ? " \"" + key.substring(dot + 1, last) + "\"" : "";
    Files.writeString(
        file,
        "["
            + key.substring(0, dot)
            + subsection
            + "]\n\t"
            + key.substring(last + 1)
            + " = \""
            + value.replace("\\", "\\\\").replace("\"", "\\\"")
            + "\"\n");
  }

  @Test
  void whatCannotBeMovedIsNamed() throws Exception {
    String url = "https://x:" + token + "@" + SITE;
    String[][] settings = {
      {"http.proxy", "http://user:" + token + "@proxy:3128"},
      {"http.https://dev.azure.com.proxy", "user:hunter2@proxy:3128"},
      {"remote.origin.proxy", "socks5h://user:" + token + "@proxy"},
      {"http.extraHeader", "Authorization: Basic " + token},
      {"http.https://dev.azure.com/.extraheader", "AUTHORIZATION: bearer " + token},
      {"http.extraHeader", "PRIVATE-TOKEN: " + token},
      {"credential.helper", "!f() { test $1 = get && echo password=" + token + "; }; f"},
      {"credential.helper", "!f() { echo username=x; echo \"password=hunter2\"; }; f"},
      {"credential.https://dev.azure.com.helper", "vault --token=hunter2"},
      {"credential.helper", "!printf 'username=x\\npassword=%s\\n' " + token},
      {"credential.https://dev.azure.com.username", token},
      {"alias.up", "!git push " + url},
      {"remotes.both", "origin " + url},
      {"my.place", url},
      {"sendemail.smtpPass", "hunter2"},
      {"remote.origin.url", "ssh://me:" + token + "@example.com/a"},
    };
    Path file = home.resolve(".gitconfig");
    for (String[] setting : settings) {
      write(file, setting[0], setting[1]);
      String before = Files.readString(file);
      String what = setting[0] + "=" + setting[1].replace(token, "TOKEN");
      assertThat(remotes("--fix")).describedAs(what).isEqualTo(1);
      assertThat(person.out)
          .describedAs(what)
          .containsIgnoringCase(setting[0])
          .contains("skipped: ")
          .doesNotContain("hunter2", token);
      assertThat(person.err)
          .describedAs(what)
          .contains("hint: git config --file " + file + " --edit\n")
          .doesNotContain("hunter2", token);
      assertThat(Files.readString(file)).isEqualTo(before);
      assertThat(memory.list()).isEmpty();
    }
  }

  @Test
  void whatGitOrOthersWroteDownIsNamed() throws Exception {
    String url = "https://x:" + token + "@" + SITE;
    for (String name :
        List.of("FETCH_HEAD", "logs/refs/heads/main", "branches/old", "remotes/old")) {
      Path file = repository.resolve(".git").resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "0123 not-for-merge\tbranch 'a' of " + url + "\n");
      assertThat(remotes()).describedAs(name).isEqualTo(1);
      assertThat(person.out).contains(file.toString(), "delete it yourself");
      Files.delete(file);
    }
    assertThat(remotes()).isZero();
  }

  @Test
  void theConfigurationOfOtherWorktreesIsSearched() throws Exception {
    git(repository, "config", "extensions.worktreeConfig", "true");
    String identity = "-c user.name=a -c user.email=a@b commit -q --allow-empty -m one";
    git(repository, identity.split(" "));
    Path other = home.resolve("other");
    git(repository, "worktree", "add", "--quiet", other.toString());
    write(
        repository.resolve(".git/worktrees/other/config.worktree"),
        "remote.x.url",
        "https://x:" + token + "@" + SITE);
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(git(other, "config", "remote.x.url")).isEqualTo("https://contoso@" + SITE);
  }

  @Test
  void aTokenForTheWholeHostWaitsForItsOrganization() throws Exception {
    Path file = home.resolve(".gitconfig");
    String url = "https://anything:" + token + "@dev.azure.com";
    String text = "[url \"" + url + "\"]\n\tinsteadOf = https://dev.azure.com\n";
    Files.writeString(file, text);
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.out).contains("organization unknown (use --organization)");
    assertThat(Files.readString(file)).isEqualTo(text);
    assertThat(memory.list()).isEmpty();
    assertThat(person.err)
        .contains("hint: git-credential-pat remotes --fix --organization ORG --recursive ");

    git(repository, "remote", "add", "origin", "https://" + SITE);
    assertThat(remotes("--fix")).isEqualTo(1);
    String hint = person.err.substring(person.err.indexOf("hint: git-credential-pat ") + 25);
    assertThat(hint).startsWith("remotes --fix --organization contoso --recursive ");
    assertThat(person.run(hint.strip().split(" "))).describedAs(person.out).isZero();
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(Files.readString(file))
        .isEqualTo("[url \"https://dev.azure.com\"]\n\tinsteadOf = https://dev.azure.com\n");
    assertThat(git(repository, "remote", "get-url", "origin")).isEqualTo("https://" + SITE);
    assertThat(person.run("remotes", "--organization", "https://example.com")).isEqualTo(2);
  }

  @Test
  void aUserNameIsAnOrganizationWhereSomethingNamesIt() throws Exception {
    Path file = home.resolve(".gitconfig");
    String url = "https://contoso:" + token + "@dev.azure.com/";
    Files.writeString(file, "[url \"" + url + "\"]\n\tinsteadOf = https://dev.azure.com/\n");
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(memory.list()).isEmpty();
    git(repository, "remote", "add", "origin", "https://" + SITE);
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(git(repository, "remote", "get-url", "origin")).isEqualTo("https://" + SITE);
  }

  @Test
  void aUrlThatIsTheStartOfAnotherLeavesThatOneWhole() throws Exception {
    String url = "https://x:" + token + "@dev.azure.com/contoso/Web";
    Path config = repository.resolve(".git/config");
    git(repository, "remote", "add", "a", url);
    git(repository, "remote", "add", "b", url + "/_git/site");
    String text = Files.readString(config) + "# " + url + " was here\n";
    Files.writeString(config, text);
    assertThat(remotes("--fix")).describedAs(person.out + person.err).isZero();
    assertThat(Files.readString(config)).isEqualTo(text.replace("x:" + token, "contoso"));

    // Nor does it spoil one that cannot be moved.
    git(repository, "remote", "set-url", "a", url);
    git(repository, "remote", "set-url", "b", url + "?version=1");
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(git(repository, "remote", "get-url", "a")).doesNotContain(token);
    assertThat(git(repository, "remote", "get-url", "b")).isEqualTo(url + "?version=1");
  }

  @Test
  void whateverKeepsTheFileFromBeingWrittenIsSaidAndNothingIsChanged() throws Exception {
    git(repository, "remote", "add", "origin", "https://x:" + token + "@" + SITE);
    Path config = repository.resolve(".git/config");
    // With ".lock" behind it the name is too long for any file system.
    Path real = repository.resolve("c".repeat(252));
    Files.move(config, real);
    Files.createSymbolicLink(config, real);
    String before = Files.readString(real);
    assertThat(remotes("--fix")).isEqualTo(1);
    assertThat(person.err).contains("File name too long").doesNotContain("Exception");
    assertThat(person.out).contains("stored, but the file cannot be changed");
    assertThat(Files.readString(real)).isEqualTo(before);
  }

  @Test
  void whatCannotBeReadIsNotWithoutSecrets() throws Exception {
    Files.createDirectories(repository.resolve(".git/FETCH_HEAD"));
    Files.writeString(repository.resolve(".lfsconfig"), "[broken");
    assertThat(remotes()).isEqualTo(1);
    assertThat(person.err)
        .contains("cannot read " + repository.resolve(".git/FETCH_HEAD"))
        .contains("git cannot read " + repository.resolve(".lfsconfig"))
        .doesNotContain("no tokens or passwords");
  }

  @Test
  void outsideOfARepositoryWhatHoldsEverywhereIsSearched() throws Exception {
    Files.writeString(
        home.resolve(".gitconfig"),
        "[url \"https://x:" + token + "@dev.azure.com/contoso/\"]\n\tinsteadOf = az:\n");
    GitCommand outside = GitCommand.find(person.environment());
    SecretSearch search = new SecretSearch(new KnownOrganizations());
    GitRepository.outside(outside).search(search, new ArrayList<>());
    assertThat(search.found()).hasSize(1);
  }

  @Test
  void explainsWhereThereIsNoRepository() throws IOException {
    person.set("GIT_DIR", home.resolve("nowhere").toString());
    assertThat(person.run("remotes")).isEqualTo(1);
    assertThat(person.err).contains("git refuses the repository here");
    assertThat(person.run("remotes", "--recursive", home.resolve("no").toString())).isEqualTo(2);
  }
}
