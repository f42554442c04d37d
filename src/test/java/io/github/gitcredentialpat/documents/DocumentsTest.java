package io.github.gitcredentialpat.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Pty;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the build makes of the commands' definitions, read by the shells that it is for. */
@Tag("slow")
final class DocumentsTest {
  @TempDir Path folder;

  /** Stands in for the program, which a shell asks for what is stored. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      case "$*" in
      "complete places tokens -- token rotate contoso"*) echo 'blue laptop' ;;
      "complete places"*) printf 'contoso\\nhttp://tfs.example:8080/main\\n' ;;
      "complete accounts -- "*) echo alice@example.com ;;
      complete*) echo "not to be seen" >&2 ;;
      *) echo "ran: $*" ;;
      esac
      """;

  @BeforeEach
  void write() throws IOException {
    Path program = Files.createDirectory(folder.resolve("bin")).resolve("git-credential-pat");
    Files.writeString(program, PROGRAM);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Documents.main(new String[] {folder.toString(), "1.2.3", "2026-11-01T00:00:00Z"});
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void bashCompletesCommandsAndChoices() throws Exception {
    try (Pty bash = typeInto("bash --noprofile --norc -i")) {
      bash.type(". " + share("bash-completion/completions/git-credential-pat") + "\r");
      completes(bash);
    }
  }

  @Test
  @Tag("all")
  void zshCompletesCommandsAndChoices() throws Exception {
    Requires.present(CSources.isOnPath("zsh"), "zsh");
    try (Pty zsh = typeInto("zsh -f -i")) {
      zsh.type("fpath=(" + share("zsh/site-functions") + " $fpath)\r");
      zsh.type("autoload -U compinit; compinit -u -D; PS1=; echo ready | tr a-z A-Z\r");
      zsh.waitFor("READY", 1);
      completes(zsh);
    }
  }

  private Pty typeInto(String shell) throws IOException {
    String path = folder.resolve("bin") + ":" + System.getenv("PATH");
    return new Pty("exec " + shell, Map.of("TERM", "dumb", "HOME", "/nonexistent", "PATH", path));
  }

  /** Tab is typed behind the beginning of each word, and then the line is run. */
  private static void completes(Pty shell) throws Exception {
    shell.type("git-credential-pat ");
    for (String word : List.of("tok", "cr", "--sto", "keyc")) {
      shell.type(word + "\t");
    }
    shell.type("\r");
    shell.waitFor("ran: token create --store keychain", 1);
    shell.type("git-credential-pat print --format cur\t\r");
    shell.waitFor("ran: print --format curl", 1);
    // What is stored: a place, and then a token; a URL; an account, in both spellings.
    shell.type("git-credential-pat token rotate con\tbl\t\r");
    shell.waitFor("ran: token rotate contoso blue laptop", 1);
    shell.type("git-credential-pat list http://tfs.ex\t\r");
    shell.waitFor("ran: list http://tfs.example:8080/main", 1);
    shell.type("git-credential-pat check --user al\t\r");
    shell.waitFor("ran: check --user alice@example.com", 1);
    shell.type("git-credential-pat check --user=al\t\r");
    shell.waitFor("ran: check --user=alice@example.com", 1);
    shell.type("git-credential-pat token scope --add work-items:r\t\r");
    shell.waitFor("ran: token scope --add work-items:read", 1);
    shell.type("exit\r");
    assertThat(shell.finish()).doesNotContain("not to be seen");
  }

  @ParameterizedTest
  @CsvSource({
    "tok, token",
    "token cr, create",
    "--store file list --che, --check",
    "token create --sto, --store",
    "list --store keyc, keychain",
    "print --format n, npm nuget",
    "import --from n, netrc",
    "exec --env AZ, AZURE_DEVOPS_EXT_PAT",
    "remotes --recursive fold, folder/",
    // Nobody types it.
    "keyr, ''",
    "list fold, ''",
    "exec contoso -- fold, folder/",
    "export --encrypted fold, folder/",
    "list con, contoso",
    "use --for x con, contoso",
    "token rotate contoso bl, blue laptop",
    "check --user al, alice@example.com",
    "check --user=al, --user=alice@example.com",
    "token create contoso --scopes work-items:r, work-items:read"
  })
  @Tag("all")
  void fishCompletesCommandsAndChoices(String typed, String expected) throws Exception {
    Requires.present(CSources.isOnPath("fish"), "fish");
    Files.createDirectory(folder.resolve("folder"));
    ProcessBuilder fish =
        new ProcessBuilder(
                "fish",
                "--no-config",
                "-c",
                "source $argv[1]; complete -C $argv[2]",
                share("fish/vendor_completions.d/git-credential-pat.fish"),
                "git-credential-pat " + typed)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    fish.environment().put("HOME", folder.toString());
    fish.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    fish.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
    Process process = fish.start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed.lines().map(line -> line.split("\t")[0]))
        .containsExactlyElementsOf(
            expected.isEmpty() ? List.of() : List.of(expected.split(" (?!laptop)")));
  }

  /** No PowerShell reads it here: its brackets and strings are looked at, and what is in them. */
  @Test
  void powerShellIsToldEveryCommandAndOption() throws Exception {
    String script = Files.readString(Path.of(share("powershell/git-credential-pat.ps1")));
    String withoutStrings = script.replaceAll("(?m)^ *#.*", "").replaceAll("'(?:[^'\n]|'')*'", "s");
    assertThat(withoutStrings).doesNotContain("'");
    String brackets =
        withoutStrings.replaceAll("\"[^\"\n]*\"", "s").replaceAll("[^(){}\\[\\]]", "");
    String left = brackets;
    for (String before = ""; !before.equals(left); ) {
      before = left;
      left = left.replaceAll("\\(\\)|\\{\\}|\\[\\]", "");
    }
    assertThat(left).as("brackets without their other half").isEmpty();
    for (CommandSyntax words : CommandSyntax.of(Documents.commands())) {
      String block =
          between(script, "\n        '" + words.path() + "' = [ordered]@{\n", "\n        }\n");
      for (CommandSyntax.Command command : words.commands()) {
        assertThat(block).contains("'" + command.name() + "' = '");
      }
      for (CommandSyntax.Option option : words.options()) {
        assertThat(block).contains("'" + option.names().get(0) + "' = '");
      }
    }
    assertThat(script).contains("'print --format' = @('token', 'header'");
    assertThat(script).contains("'list --store' = @('secretservice', 'keychain'");
    assertThat(script).contains("'token rotate' = 'places tokens'", "'check --user' = 'accounts'");
  }

  @Test
  void everyCommandThatIsShownHasItsPage() throws Exception {
    List<String> expected =
        CommandSyntax.of(Documents.commands()).stream()
            .map(words -> ("git-credential-pat " + words.path()).strip().replace(' ', '-'))
            .map(name -> name + ".adoc")
            .toList();
    try (Stream<Path> pages = Files.list(folder.resolve("asciidoc"))) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .hasSizeGreaterThan(15)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aPageHasWhatTheHelpHas() throws Exception {
    for (CommandLine command : CommandSyntax.shown(Documents.commands())) {
      CommandLine.Model.CommandSpec spec = command.getCommandSpec();
      String page = page(spec.qualifiedName("-"));
      for (CommandLine.Model.OptionSpec option : spec.options()) {
        if (!option.hidden()) {
          assertThat(page).contains("**++" + option.longestName() + "++**");
        }
      }
      assertThat(page).contains(":docdate: 2026-11-01", ":mansource: git-credential-pat 1.2.3");
    }
    // Whole paragraphs, whatever line the screen of help breaks them at.
    String print = page("git-credential-pat-print");
    for (String line : print.split("\n")) {
      if (line.startsWith("++Print a token")) {
        assertThat(line).hasSizeGreaterThan(120);
      }
    }
  }

  @Test
  void everyPageHasItsSections() throws Exception {
    List<String> rest = List.of("Exit status", "Environment", "Examples", "See also");
    for (CommandSyntax words : CommandSyntax.of(Documents.commands())) {
      String page = page(("git-credential-pat " + words.path()).strip().replace(' ', '-'));
      assertThat(page)
          .containsSubsequence("== Name", "== Synopsis", "== Description", "== Options")
          .containsSubsequence(rest);
      assertThat(page.substring(page.indexOf("== Examples"))).contains("git-credential-pat ");
    }
    assertThat(page("git-credential-pat"))
        .containsSubsequence("== Stores", "**++keyutils++**::", "== JSON", "== Exit status")
        .containsSubsequence("== Environment", "**++GIT_CREDENTIAL_PAT_EXPLAIN++**::", "== Files")
        .contains("**++git-credential-pat token rotate contoso++**::");
    assertThat(page("git-credential-pat-token-list"))
        .containsSubsequence("== JSON", "**++automatic++**::", "== Exit status");
    assertThat(page("git-credential-pat-check"))
        .contains("++0 valid, 1 not valid, 3 cannot tell.++");
  }

  private String page(String name) throws IOException {
    return Files.readString(folder.resolve("asciidoc").resolve(name + ".adoc"));
  }

  private String share(String file) {
    return folder.resolve("share").resolve(file).toString();
  }

  private static String between(String text, String begin, String end) {
    assertThat(text).contains(begin);
    String rest = text.substring(text.indexOf(begin) + begin.length());
    return rest.substring(0, rest.indexOf(end));
  }
}
