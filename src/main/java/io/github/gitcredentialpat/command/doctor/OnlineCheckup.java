package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Checks whether Azure DevOps can be reached, and what it says of the tokens. */
final class OnlineCheckup {
  private final CommandContext context;
  private final Subject place;
  private final Report findings;

  OnlineCheckup(CommandContext context, Subject place, Report findings) {
    this.context = context;
    this.place = place;
    this.findings = findings;
  }

  /** Asks, first without a token, then with each that is used. */
  void look(List<StoredEntry> stored) {
    findings.look(
        () -> {
          if (isReached()) {
            for (StoredEntry each : stored) {
              if (each.entry().setAsideAt() == 0) {
                token(each);
              }
            }
            findings.look(() -> global(stored));
          }
        });
  }

  private boolean isReached() throws UserException, IOException {
    Identity identity = place.whose().identity();
    try {
      ServiceConnection.open(identity, context.environment())
          .send(
              "GET",
              URI.create(
                  identity.protocol()
                      + "://"
                      + identity.host()
                      + (identity.path() == null ? "" : "/" + identity.path())
                      + "/_apis/connectionData"),
              Map.of("X-TFS-FedAuthRedirect", "Suppress"),
              null,
              TokenChecker.LIMIT);
      findings.add(Diagnosis.REACHABLE, place.fact());
      return true;
    } catch (ServiceException e) {
      // Its message may name a proxy or a server.
      context.messages().trace(e);
      findings.add(
          e.reason() == Reason.TIMEOUT
              ? Diagnosis.NO_ANSWER
              : isOfTls(e) ? Diagnosis.UNTRUSTED : Diagnosis.UNREACHABLE,
          place.fact(),
          place.typed());
      return false;
    }
  }

  private static boolean isOfTls(Throwable error) {
    Throwable cause = error;
    for (int i = 0; cause != null && i < 10; i++) {
      if (cause instanceof SSLException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private void token(StoredEntry stored) {
    Verdict verdict =
        new TokenChecker(context)
            .check(stored.identity(), repository(), stored.entry().secret(), TokenChecker.LIMIT);
    findings.add(diagnosis(verdict.kind()), place.fact(), place.typed());
  }

  /** Whether one of them is for all organizations; only where that takes no sign-in of a person. */
  private void global(List<StoredEntry> stored)
      throws ServiceException, UserException, IOException, StoreException {
    Resolution whose = place.whose();
    boolean isNamed =
        stored.stream()
            .map(StoredEntry::entry)
            .anyMatch(entry -> entry.name() != null || entry.authorizationId() != null);
    if (!isNamed || whose.kind() != Resolution.Kind.ORGANIZATION) {
      return;
    }
    try (SignIn signIn = SignIn.withoutAsking(context, whose)) {
      if (signIn == null) {
        return;
      }
      for (StoredEntry each : stored) {
        Pat token = TokenSelector.of(signIn.pats(), each.entry());
        if (token != null && token.global()) {
          findings.add(Diagnosis.ONLINE_GLOBAL_ENDS, place.fact(), place.typed());
        }
      }
    } catch (ServiceException e) {
      // What the tokens are good for is said already.
      context.messages().trace(e);
    }
  }

  private @Nullable URI repository() {
    return TokenChecker.repository(place.url());
  }

  private static Diagnosis diagnosis(Verdict.Kind kind) {
    return switch (kind) {
      case GOOD -> Diagnosis.ONLINE_GOOD;
      case EXPIRED, REJECTED -> Diagnosis.ONLINE_REJECTED;
      case NOT_A_MEMBER -> Diagnosis.ONLINE_NOT_A_MEMBER;
      case GLOBAL_BARRED -> Diagnosis.ONLINE_GLOBAL;
      case CONDITIONAL_ACCESS -> Diagnosis.ONLINE_CONDITIONAL_ACCESS;
      case NEVER_SIGNED_IN -> Diagnosis.ONLINE_NEVER_SIGNED_IN;
      case IIS_BASIC -> Diagnosis.ONLINE_IIS_BASIC;
      case LACKS_CODE_READ -> Diagnosis.ONLINE_NO_READ;
      case LACKS_CODE_WRITE -> Diagnosis.ONLINE_NO_WRITE;
      case REPOSITORY_NOT_VISIBLE -> Diagnosis.ONLINE_REPOSITORY;
      case PUSH_NOT_PERMITTED -> Diagnosis.ONLINE_NO_PUSH;
      case NOT_CHECKABLE, COULD_NOT_TELL -> Diagnosis.ONLINE_UNKNOWN;
    };
  }
}
