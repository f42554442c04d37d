package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.azure.ScopeNames;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.online.CreationSetting;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.TokenUse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a token that is missing when git asks is created at the service. */
final class CreationOptions {
  @Option(
      names = "--create",
      description =
          "Only create a token on the server whenever git asks and none is stored (needs a sign-in).")
  private boolean create;

  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      completionCandidates = ScopeNames.class,
      description = "With --create: its scopes (default: git).")
  private @Nullable String scopes;

  @Option(
      names = "--days",
      paramLabel = "DAYS",
      description = "With --create: how long it lives (default: 30).")
  private @Nullable Integer days;

  boolean isWanted() {
    return create;
  }

  /** Complains of wrong usage before anything is done. */
  void check() throws UserException {
    if (!create && (scopes != null || days != null)) {
      throw UserException.wrongUsage("--scopes and --days need --create");
    }
    if (days != null && !CreationSetting.isPossible(days)) {
      throw UserException.wrongUsage("--days takes 1 to 365");
    }
    if (scopes != null && TokenUse.GIT.isRuledOutBy(parsed().scope())) {
      throw UserException.wrongUsage(
          "git cannot use a token with these scopes; add one of Code, such as --scopes git");
    }
  }

  private Scopes.Parsed parsed() throws UserException {
    try {
      return Scopes.parse(scopes);
    } catch (IllegalArgumentException e) {
      throw UserException.wrongUsage(e.getMessage());
    }
  }

  /** Turns it on, for this person. */
  void setUp(CommandContext context, ConfigFileOptions choice) throws UserException, IOException {
    if (choice.scope() != Scope.GLOBAL) {
      throw UserException.wrongUsage("--create is for you alone; omit --system and --local");
    }
    Environment surroundings = context.run().surroundings();
    String scope = CreationSetting.DEFAULT_SCOPE;
    if (scopes != null) {
      Scopes.Parsed parsed = parsed();
      parsed.warnings().forEach(context::say);
      scope = parsed.scope();
    }
    CreationSetting setting =
        new CreationSetting(scope, days == null ? CreationSetting.DEFAULT_DAYS : days);
    String what = Scopes.describe(setting.scope()) + ", for " + TokenLifetime.days(setting.days());
    if (setting.equals(CreationSetting.of(surroundings))) {
      context.say("missing tokens are already created: " + what);
      return;
    }
    if (!choice.isDryRun()) {
      setting.save(surroundings);
    }
    choice.show(
        context,
        CreationSetting.file(surroundings).toString(),
        List.of("+ scopes=" + setting.scope(), "+ days=" + setting.days()));
    if (!choice.isDryRun()) {
      context.done("missing tokens are created when git asks: " + what);
      context.say("to undo this", "git-credential-pat unconfigure --create");
    }
  }

  /** Turns it off. Returns whether it was on. */
  static boolean remove(CommandContext context, ConfigFileOptions choice) throws IOException {
    Environment surroundings = context.run().surroundings();
    CreationSetting setting = CreationSetting.of(surroundings);
    if (setting == null) {
      return false;
    }
    if (!choice.isDryRun()) {
      CreationSetting.remove(surroundings);
    }
    choice.show(
        context,
        CreationSetting.file(surroundings).toString(),
        List.of("- scopes=" + setting.scope(), "- days=" + setting.days()));
    return true;
  }
}
