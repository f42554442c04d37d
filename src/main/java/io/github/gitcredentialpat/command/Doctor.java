package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.CredentialSettings.Setting;
import io.github.gitcredentialpat.command.Diagnosis.Severity;
import io.github.gitcredentialpat.command.Findings.Symptom;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says in plain words what is wrong with the set-up, and what mends it. */
@Command(
    name = "doctor",
    description = {
      "Find what keeps git from working with tokens here, and say what mends it.",
      "What it prints can be shown to anybody: the name of an organisation is in it, but no user,"
          + " server, project, path, address or secret.",
      ""
    },
    footer = {
      "",
      "Exit status: 1 when something is an error.",
      "Example: git-credential-pat doctor https://dev.azure.com/contoso"
    })
final class Doctor implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "The organisation, collection or repository; else this repository's remote.")
  private @Nullable String typed;

  @Option(names = "--online", description = "Ask the service as well, with the token that is kept.")
  private boolean online;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    Findings findings = new Findings(session.messages());
    Git git = Git.isThere(session.environment()) ? Git.find(session.environment()) : null;
    if (git == null) {
      findings.add(Diagnosis.GIT_MISSING);
    }
    Place place = place(session, git, findings);
    Setting helper = git == null ? null : git(git, place, findings);
    Wsl wsl = new Wsl(session.environment());
    wsl.report(helper, findings);
    List<StoredEntry> kept = List.of();
    if (helper == null || !wsl.isOfWindows(helper)) {
      kept = new StoreCheckup(asked(session, helper, findings), place, findings).look();
    }
    findings.look(() -> new NeighbourCheckup(session, place, findings).look());
    findings.look(() -> new RuntimeCheckup(session, findings).look(helper));
    if (online && place.isAzure()) {
      new OnlineCheckup(session, place, findings).look(kept);
    }
    kept.forEach(each -> each.entry().wipe());
    session.print(session.json() ? json(findings) : text(findings, session.colored()));
    boolean isIll =
        findings.all().stream().anyMatch(each -> each.diagnosis().severity == Severity.ERROR);
    return isIll ? 1 : 0;
  }

  private Place place(Session session, @Nullable Git git, Findings findings)
      throws CommandException, IOException {
    if (typed != null) {
      Resolution whose = Session.whose(typed);
      if (whose.kind() == Resolution.Kind.HOST) {
        findings.add(Diagnosis.NOT_AZURE);
      }
      return Place.of(typed, whose);
    }
    String remote = git == null ? null : remote(session);
    if (remote == null) {
      findings.add(Diagnosis.NO_PLACE);
      return Place.AZURE;
    }
    Resolution whose = Resolution.parse(remote);
    if (whose.identity() == null) {
      findings.add(
          whose.kind() == Resolution.Kind.REFUSED
              ? Diagnosis.URL_REFUSED
              : Diagnosis.ORGANIZATION_UNKNOWN);
      return Place.AZURE;
    }
    if (whose.kind() == Resolution.Kind.HOST) {
      findings.add(Diagnosis.NOT_AZURE);
    }
    return Place.of(remote, whose);
  }

  private static @Nullable String remote(Session session) throws IOException {
    try {
      return session.remote();
    } catch (CommandException e) {
      // There is none, or it is reached over ssh.
      session.messages().trace(e);
      return null;
    }
  }

  private static @Nullable Setting git(Git git, Place place, Findings findings) {
    Setting[] helper = new Setting[1];
    findings.look(() -> helper[0] = new GitCheckup(git, place, findings).look());
    return helper[0];
  }

  /** With the stores that git's helper asks, unless the person chose others. */
  private Session asked(Session session, @Nullable Setting helper, Findings findings)
      throws CommandException {
    if (helper == null || !commands.helperOptions().isEmpty()) {
      return session;
    }
    List<String> options = helper.options();
    int store = options.indexOf("--store");
    if (store < 0 || store + 1 >= options.size()) {
      return session;
    }
    try {
      return commands.silentSession(options.get(store + 1));
    } catch (CommandException e) {
      findings.add(Diagnosis.STORE_UNKNOWN);
      return session;
    }
  }

  private static String json(Findings findings) {
    Json json = new Json("findings");
    for (Symptom symptom : findings.all()) {
      json.add()
          .put("id", symptom.diagnosis().id)
          .put("severity", symptom.diagnosis().severity.word)
          .put("message", symptom.message())
          .put("fix", symptom.fix());
    }
    return json.text();
  }

  private static String text(Findings findings, boolean colored) {
    StringBuilder text = new StringBuilder();
    for (Symptom symptom : findings.all()) {
      Severity severity = symptom.diagnosis().severity;
      String word = severity.word + " ".repeat(6 - severity.word.length());
      text.append(colored ? "\u001b[" + severity.color + "m" + word + "\u001b[0m" : word);
      text.append(symptom.message()).append('\n');
      if (symptom.fix() != null) {
        text.append("      ").append(symptom.fix()).append('\n');
      }
    }
    return text.toString();
  }
}
