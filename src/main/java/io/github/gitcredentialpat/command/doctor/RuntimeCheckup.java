package io.github.gitcredentialpat.command.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.platform.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the runtime that this program brings along, and how quickly git gets an answer. */
final class RuntimeCheckup {
  private static final int SECONDS = 10;
  private static final int MOST_OUTPUT = 1 << 20;
  private static final int RUNS = 3;

  /** In milliseconds; a person notices what is longer. */
  private static final long SLOW = 300;

  /** Asks every store for a host that no store has an entry for. */
  private static final byte[] REQUEST = "protocol=https\nhost=doctor.invalid\n\n".getBytes(UTF_8);

  private final CommandContext context;
  private final Report findings;

  RuntimeCheckup(CommandContext context, Report findings) {
    this.context = context;
    this.findings = findings;
  }

  /**
   * Looks at all of it.
   *
   * @param helper as git's configuration has it; absent when git does not ask it
   */
  void look(CredentialSettings.@Nullable Setting helper) throws IOException {
    findings.add(
        runtime(System.getProperty("java.home"), System.getProperty("java.vm.info", "")),
        PublicText.version(System.getProperty("java.version")));
    Launcher launcher = Launcher.present();
    if (launcher == null) {
      findings.add(Diagnosis.LAUNCHER_UNKNOWN);
    } else {
      time(launcher, helper == null ? List.of() : helper.options());
    }
  }

  /**
   * Whether it is our own runtime, and starts from its archive.
   *
   * @param runtime its folder, in the image's; a native image has none
   * @param machine what Java says of itself: whether it shares classes from an archive
   */
  static Diagnosis runtime(@Nullable String runtime, String machine) {
    if (runtime == null) {
      return Diagnosis.RUNTIME_NATIVE;
    }
    Path image = Path.of(runtime).resolveSibling(".");
    if (!Files.isRegularFile(image.resolve("jvm.options"))) {
      return Diagnosis.RUNTIME_OTHER;
    }
    boolean shares = machine.contains("sharing") && Files.isRegularFile(image.resolve("app.jsa"));
    return shares ? Diagnosis.RUNTIME : Diagnosis.RUNTIME_NO_ARCHIVE;
  }

  private void time(Launcher launcher, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(launcher.program().toString());
    command.addAll(options);
    command.add("get");
    ProcessBuilder builder = Subprocess.prepare(command, context.environment());
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    long best = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      Subprocess result = Subprocess.run(builder, REQUEST, SECONDS * 1_000L, MOST_OUTPUT);
      // 1 is a store that could not be asked, which is said of that store.
      if (!result.hasEnded() || result.status() > 1) {
        findings.add(Diagnosis.GET_FAILED);
        return;
      }
      best = Math.min(best, (System.nanoTime() - start) / 1_000_000);
    }
    findings.add(best < SLOW ? Diagnosis.GET_TIME : Diagnosis.GET_SLOW, PublicText.count(best));
  }
}
