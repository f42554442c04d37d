package io.github.gitcredentialpat.command.setup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timer that renews, on a system with stand-ins of its schedulers' programs. */
@Timeout(120)
final class RenewalTimerTest {
  @TempDir Path folder;
  private GitHome person;
  private Path launcher;
  private Path bin;
  private Path table;
  private Path units;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder);
    launcher = person.launcher("bin/git-credential-pat");
    bin = Files.createDirectories(folder.resolve("stand-ins"));
    table = folder.resolve("table");
    units = person.home.resolve(".config/systemd/user");
    program("systemctl", "echo 'Failed to connect to bus' >&2; exit 1");
    person.typed.set("PATH", bin + ":/usr/bin:/bin");
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private void program(String name, String script) throws Exception {
    Path program = bin.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  /** A crontab(1) with this table, or none. */
  private void cron() throws Exception {
    program(
        "crontab",
        "case $1 in -l) cat '"
            + table
            + "' 2>/dev/null || { echo 'no crontab for alice' >&2; exit 1; } ;; -) cat >'"
            + table
            + "' ;; *) exit 2 ;; esac");
  }

  /** A systemctl(1) that does what it is told and notes it. */
  private void systemd() throws Exception {
    Path enabled = folder.resolve("enabled");
    program(
        "systemctl",
        "echo \"$*\" >>'"
            + folder.resolve("systemctl.log")
            + "'\ncase $2 in is-enabled) test -e '"
            + enabled
            + "' ;; enable) touch '"
            + enabled
            + "' ;; disable) rm '"
            + enabled
            + "' ;; esac");
  }

  private int run(String... words) {
    return person.typed.run(words);
  }

  @Test
  void aTimerOfSystemdIsSetUpOnceAndTakenOut() throws Exception {
    systemd();
    assertThat(run("configure", "--renew")).describedAs(person.typed.err).isZero();
    assertThat(person.typed.err)
        .contains("tokens are renewed daily by a systemd timer")
        .contains("hint: git-credential-pat unconfigure --renew");
    Path service = units.resolve("git-credential-pat-renew.service");
    Path timer = units.resolve("git-credential-pat-renew.timer");
    assertThat(service).content().contains("\"" + launcher + "\" \"renew\" \"--if-left\" \"14\"");
    assertThat(timer).content().contains("RandomizedDelaySec=4h", "Persistent=true");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(service)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("systemctl.log"))
        .content()
        .contains("--user daemon-reload\n--user enable --now git-credential-pat-renew.timer\n");
    assertThat(person.global).doesNotExist();

    assertThat(run("configure", "--renew")).isZero();
    assertThat(person.typed.err).contains("already renewed daily");
    assertThat(person.typed.out).isEmpty();

    assertThat(run("unconfigure", "--renew")).isZero();
    assertThat(person.typed.out).contains("- OnCalendar=daily");
    assertThat(folder.resolve("systemctl.log"))
        .content()
        .endsWith("--user disable --now git-credential-pat-renew.timer\n--user daemon-reload\n");
    assertThat(units).isEmptyDirectory();
    assertThat(run("unconfigure", "--renew")).isZero();
    assertThat(person.typed.err).contains("no timer of this program is set up");
  }

  @Test
  void aUnitOfThePersonsOwnStays() throws Exception {
    systemd();
    Path service = units.resolve("git-credential-pat-renew.service");
    Files.createDirectories(units);
    Files.writeString(service, "[Service]\nExecStart=/bin/true\n");
    assertThat(run("configure", "--renew")).isEqualTo(1);
    assertThat(person.typed.err).contains(service + " is not of this program");
    assertThat(run("unconfigure")).isZero();
    assertThat(service).hasContent("[Service]\nExecStart=/bin/true\n");
  }

  @Test
  void unconfigureTakesTheTimerOutAlongWithAllElse() throws Exception {
    systemd();
    assertThat(run("configure", "--renew", "--all-hosts")).isZero();
    assertThat(person.global).exists();
    assertThat(run("unconfigure", "--all-hosts")).isZero();
    assertThat(units).isNotEmptyDirectory();
    assertThat(run("unconfigure")).isZero();
    assertThat(units).isEmptyDirectory();
  }

  @Test
  void whereSystemdIsGoneItsFilesGoAllTheSame() throws Exception {
    systemd();
    assertThat(run("configure", "--renew")).isZero();
    Path link = Files.createDirectories(units.resolve("timers.target.wants"));
    Files.createSymbolicLink(
        link.resolve("git-credential-pat-renew.timer"),
        units.resolve("git-credential-pat-renew.timer"));
    program("systemctl", "exit 1");
    assertThat(run("unconfigure", "--renew")).isZero();
    assertThat(link).isEmptyDirectory();
    assertThat(units.resolve("git-credential-pat-renew.timer")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# mine\n5 4 * * * backup\n",
        "MAILTO=\"\"\n\n5 4 * * * no line feed",
        "5 4 * * * echo \u00ff\r\n",
        "\n\n"
      })
  void aCrontabComesBackByteByByte(String before) throws Exception {
    cron();
    Files.writeString(table, before, ISO_8859_1);
    assertThat(run("configure", "--renew")).describedAs(person.typed.err).isZero();
    assertThat(person.typed.err).contains("renewed daily by a line in your crontab");
    String with = Files.readString(table, ISO_8859_1);
    assertThat(with).startsWith(before).contains(launcher + " renew --if-left 14 # Added by ");
    assertThat(run("configure", "--renew")).isZero();
    assertThat(Files.readString(table, ISO_8859_1)).isEqualTo(with);
    assertThat(run("unconfigure", "--renew")).isZero();
    String missing = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
    assertThat(Files.readString(table, ISO_8859_1)).isEqualTo(before + missing);
  }

  @Test
  void aPersonWithoutACrontabGetsOne() throws Exception {
    cron();
    assertThat(run("configure", "--renew")).isZero();
    assertThat(table).content().hasLineCount(1);
  }

  @Test
  void aMovedProgramsLineIsReplaced() throws Exception {
    cron();
    assertThat(run("configure", "--renew")).isZero();
    person.launcher("elsewhere/git-credential-pat");
    assertThat(run("configure", "--renew")).isZero();
    assertThat(table).content().hasLineCount(1).contains("elsewhere/git-credential-pat renew");
  }

  @Test
  void aCrontabThatCannotBeReadIsNotReplaced() throws Exception {
    cron();
    Files.writeString(table, "5 4 * * * backup\n");
    Path program = bin.resolve("crontab");
    String good = Files.readString(program);
    program(
        "crontab",
        "[ \"$1\" != -l ] || { head -c 4 '" + table + "'; echo oops >&2; exit 1; }\n" + good);
    assertThat(run("configure", "--renew")).isEqualTo(1);
    assertThat(person.typed.err).contains("crontab failed: oops");
    assertThat(table).hasContent("5 4 * * * backup\n");
  }

  @Test
  void whoMayNotUseCronHasNothingInIt() throws Exception {
    program(
        "crontab", "echo 'You (alice) are not allowed to use this program (crontab)' >&2; exit 1");
    assertThat(run("unconfigure")).isZero();
    assertThat(person.typed.err).doesNotContain("warning");
    assertThat(run("configure", "--renew")).isEqualTo(1);
    assertThat(person.typed.err).contains("crontab failed: You (alice) are not allowed");
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    cron();
    assertThat(run("configure", "--renew", "--dry-run")).isZero();
    assertThat(person.typed.out).contains("crontab (dry run):", "+ ");
    assertThat(table).doesNotExist();
    systemd();
    assertThat(run("configure", "--renew", "--dry-run")).isZero();
    assertThat(person.typed.out).contains("(dry run):", "+ OnCalendar=daily");
    assertThat(units).doesNotExist();
  }

  @Test
  void withoutAnySchedulerItSaysWhatToRun() {
    assertThat(run("configure", "--renew")).isEqualTo(1);
    assertThat(person.typed.err)
        .contains("neither systemd for users nor cron is running here")
        .contains("hint: git-credential-pat renew --if-left 14");
  }

  // --- what doctor says of it ---

  private String doctor() {
    run("doctor", "contoso");
    return person.typed.out;
  }

  @Test
  void doctorSaysWhenTokensWereRenewedLastAndHowItWent() throws Exception {
    systemd();
    assertThat(doctor()).doesNotContain("renew");
    assertThat(run("configure", "--renew")).isZero();
    assertThat(doctor()).contains("a timer renews tokens daily; it has not run yet");
    assertThat(run("renew")).isZero();
    assertThat(doctor())
        .containsPattern("the last renewal of tokens, on 20[0-9-]{8}, left nothing to do");
    assertThat(run("renew", "contoso")).isEqualTo(1);
    assertThat(doctor()).contains("could not renew all of them", "git-credential-pat renew\n");
    Path last = person.home.resolve(".local/state/git-credential-pat/renewal");
    Files.writeString(last, "at=1790000000\nstatus=0\n");
    assertThat(doctor())
        .contains("but the last run was on 2026-09-2", "git-credential-pat configure --renew");
    assertThat(run("unconfigure", "--renew")).isZero();
    assertThat(doctor()).contains("left nothing to do");
  }
}
