package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.command.doctor.Diagnosis.Severity;
import io.github.gitcredentialpat.command.doctor.Report.Symptom;
import io.github.gitcredentialpat.git.ConfiguredStores;
import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.Wsl;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.CreationSetting;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says in plain words what is wrong with the set-up, and how to fix it. */
@Command(
    name = "doctor",
    description = {
      "Diagnose problems and suggest fixes.",
      "The output is safe to share: it names organizations, but no user, server, project, path,"
          + " address or secret.",
      ""
    },
    footer = {
      "",
      "Exit status: 0 no errors, 1 errors found.",
      "Example: git-credential-pat doctor https://dev.azure.com/contoso"
    })
public final class Doctor implements Callable<Integer> {
  private static final int LONGEST_WORD = "error".length();

  private final GlobalOptions global;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization, collection or repository. Default: this repository's remote.")
  private @Nullable String typed;

  @Option(names = "--online", description = "Also check the stored token with the server.")
  private boolean online;

  public Doctor(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    Report findings = new Report(context.messages());
    GitCommand git =
        GitCommand.isThere(context.environment()) ? GitCommand.find(context.environment()) : null;
    if (git == null) {
      findings.add(Diagnosis.GIT_MISSING);
    }
    Subject place = place(context, git, findings);
    Setting helper = git == null ? null : git(git, place, findings);
    Wsl wsl = new Wsl(context.environment());
    WslCheckup.report(wsl, helper, findings);
    List<StoredEntry> stored = List.of();
    if (helper == null || !wsl.isOfWindows(helper)) {
      stored = new StoreCheckup(asked(context, helper, findings), place, findings).look();
    }
    findings.look(() -> new OtherProgramsCheckup(context, place, findings).look());
    findings.look(() -> new RenewalCheckup(context, findings).look());
    creation(context, findings);
    findings.look(() -> new RuntimeCheckup(context, findings).look(helper));
    if (online && place.isAzure()) {
      new OnlineCheckup(context, place, findings).look(stored);
    }
    stored.forEach(each -> each.entry().wipe());
    context.print(context.json() ? json(findings) : text(findings, context.screen()));
    return count(findings, Severity.ERROR) > 0 ? 1 : 0;
  }

  private static void creation(CommandContext context, Report findings) {
    CreationSetting setting = CreationSetting.of(context.run().surroundings());
    if (setting != null) {
      findings.add(Diagnosis.CREATES, PublicText.count(setting.days()));
    }
  }

  private Subject place(CommandContext context, @Nullable GitCommand git, Report findings)
      throws UserException, IOException {
    if (typed != null) {
      Resolution whose = TypedPlace.resolve(typed);
      if (whose.kind() == Resolution.Kind.HOST) {
        findings.add(Diagnosis.NOT_AZURE);
      }
      return Subject.of(typed, whose);
    }
    String remote = git == null ? null : remote(context);
    if (remote == null) {
      findings.add(Diagnosis.NO_PLACE);
      return Subject.AZURE;
    }
    Resolution whose = Resolution.parse(remote);
    if (whose.identity() == null) {
      findings.add(
          whose.kind() == Resolution.Kind.REFUSED
              ? Diagnosis.URL_REFUSED
              : Diagnosis.ORGANIZATION_UNKNOWN);
      return Subject.AZURE;
    }
    if (whose.kind() == Resolution.Kind.HOST) {
      findings.add(Diagnosis.NOT_AZURE);
    }
    return Subject.of(remote, whose);
  }

  private static @Nullable String remote(CommandContext context) throws IOException {
    try {
      return GitRepository.azureRemote(GitCommand.find(context.environment()));
    } catch (UserException e) {
      // There is none, or it is reached over ssh.
      context.messages().trace(e);
      return null;
    }
  }

  private static @Nullable Setting git(GitCommand git, Subject place, Report findings) {
    Setting[] helper = new Setting[1];
    findings.look(() -> helper[0] = new GitCheckup(git, place, findings).look());
    return helper[0];
  }

  /** With the stores that git's helper asks, unless the person chose others. */
  private CommandContext asked(CommandContext context, @Nullable Setting helper, Report findings)
      throws UserException {
    if (helper == null || !global.helperOptions().isEmpty()) {
      return context;
    }
    ConfiguredStores stores = ConfiguredStores.of(helper);
    if (stores.names() == null) {
      return context;
    }
    try {
      return global.silentContext(stores);
    } catch (UserException e) {
      findings.add(Diagnosis.STORE_UNKNOWN);
      return context;
    }
  }

  private static String json(Report findings) {
    JsonReport json = new JsonReport("findings");
    for (Symptom symptom : findings.all()) {
      json.add()
          .put("id", symptom.diagnosis().id)
          .put("severity", symptom.diagnosis().severity.word)
          .put("message", symptom.message())
          .put("fix", symptom.fix());
    }
    return json.text();
  }

  private String text(Report findings, Screen screen) {
    StringBuilder text = new StringBuilder();
    // Which version it is, and of what system, is what a report of a fault begins with.
    String version = String.join(", ", spec.root().version());
    text.append(screen.wrap(version, "  ")).append('\n');
    for (Symptom symptom : findings.all()) {
      Severity severity = symptom.diagnosis().severity;
      String word = (severity.word + "     ").substring(0, LONGEST_WORD);
      text.append(screen.marked(severity.mark, word, symptom.message())).append('\n');
      if (symptom.fix() != null) {
        // A command to copy stays on one line.
        text.append(screen.hasSymbols() ? "  " : "      ").append(symptom.fix()).append('\n');
      }
    }
    return text.append(summary(findings, screen)).append('\n').toString();
  }

  private static String summary(Report findings, Screen screen) {
    long problems = count(findings, Severity.ERROR);
    long warnings = count(findings, Severity.WARN);
    String summary =
        (problems == 0 ? "no problems" : problems == 1 ? "1 problem" : problems + " problems")
            + (warnings == 0 ? "" : warnings == 1 ? ", 1 warning" : ", " + warnings + " warnings");
    Severity worst = problems > 0 ? Severity.ERROR : warnings > 0 ? Severity.WARN : Severity.OK;
    return screen.color(worst.mark.color(), summary);
  }

  private static long count(Report findings, Severity severity) {
    return findings.all().stream().filter(each -> each.diagnosis().severity == severity).count();
  }
}
