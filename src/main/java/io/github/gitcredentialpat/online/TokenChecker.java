package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.TokenCheck;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks the service about tokens; a failure to ask is a verdict too. */
public final class TokenChecker {
  /** For all requests about one token together. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final int AT_ONCE = 8;
  private static final int MOST_PATIENCE = 5;

  private final CommandContext context;

  public TokenChecker(CommandContext context) {
    this.context = context;
  }

  /**
   * Whether a token is good.
   *
   * @param repository the repository that it is to be good for; absent for the place as such
   * @param limit for all requests together, from when the first one goes out
   */
  public Verdict check(Identity place, @Nullable URI repository, Secret token, Duration limit) {
    return check(place, repository, token, limit, false);
  }

  /**
   * The same, where the limit is for a machine that has nothing else to do. TLS is mostly this
   * process's own work, and where many programs run, the time for that is not the service's: the
   * limit is as much longer as the work before the first request took longer than its processor
   * time, up to {@link #MOST_PATIENCE} times.
   */
  Verdict checkPatiently(Identity place, @Nullable URI repository, Secret token, Duration limit) {
    return check(place, repository, token, limit, true);
  }

  private Verdict check(
      Identity place, @Nullable URI repository, Secret token, Duration limit, boolean patiently) {
    if (token.authtype() != null) {
      return Verdict.couldNotTell("it is a " + token.authtype() + " credential, not a password");
    }
    // A token for a whole server is asked about where it is wanted.
    Identity wanted =
        repository == null ? null : Resolution.parse(repository.toString()).identity();
    boolean isMeant =
        wanted != null
            && (wanted.equals(place)
                || (place.path() == null
                    && wanted.protocol().equals(place.protocol())
                    && wanted.host().equals(place.host())));
    try {
      long start = System.nanoTime();
      Duration worked = processorTime();
      Http http = ServiceConnection.open(place, context.environment());
      http.prepare();
      Duration all = limit;
      if (patiently) {
        long took = System.nanoTime() - start;
        long work = processorTime().minus(worked).toNanos();
        all = Duration.ofNanos((long) (limit.toNanos() * patience(took, work)));
      }
      TokenCheck check = new TokenCheck(http);
      return isMeant
          ? check.checkRepository(wanted, repository, token.bytes(), all)
          : check.check(place, token.bytes(), all);
    } catch (ServiceException | UserException | IOException e) {
      context.messages().trace(e);
      return Verdict.couldNotTell(e.getMessage());
    }
  }

  /**
   * The factor by which to wait longer where work took this long.
   *
   * @param work its processor time; 0 when that is not known
   */
  static double patience(long took, long work) {
    return work <= 0 ? 1 : Math.max(1, Math.min(MOST_PATIENCE, (double) took / work));
  }

  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Whether a host shows itself as Azure DevOps; false when it could not be asked. */
  public boolean isAzureDevOps(Identity place) {
    try {
      return new TokenCheck(ServiceConnection.open(place, context.environment()))
          .isAzureDevOps(place, LIMIT);
    } catch (ServiceException | UserException | IOException e) {
      context.messages().trace(e);
      return false;
    }
  }

  /** Whether an organization answers anybody; also true when that could not be told. */
  boolean mayHavePublicProjects(Identity place) {
    try {
      return new TokenCheck(ServiceConnection.open(place, context.environment()))
          .mayHavePublicProjects(place, LIMIT);
    } catch (ServiceException | UserException | IOException e) {
      context.messages().trace(e);
      return true;
    }
  }

  /** Checks all of them, several at a time; shows progress on a terminal. */
  public List<Verdict> checkAll(List<StoredEntry> stored) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Verdict>> answers = new ArrayList<>();
      for (StoredEntry each : stored) {
        answers.add(
            threads.submit(() -> check(each.identity(), null, each.entry().secret(), LIMIT)));
      }
      boolean progress = Terminal.isTerminal(Terminal.ERROR) && stored.size() > 1;
      List<Verdict> verdicts = new ArrayList<>();
      for (Future<Verdict> answer : answers) {
        if (progress) {
          context
              .messages()
              .progress("checking tokens: " + verdicts.size() + " of " + stored.size());
        }
        verdicts.add(answer.get());
      }
      if (progress) {
        context.messages().progress("");
      }
      return verdicts;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The repository that a URL leads to: what stands before and right behind {@code _git}. */
  public static @Nullable URI repository(String url) {
    int git = url.indexOf("/_git/");
    if (git < 0 || url.indexOf("://") < 0) {
      return null;
    }
    int end = url.indexOf('/', git + "/_git/".length());
    String repository = end < 0 ? url : url.substring(0, end);
    int user = repository.indexOf('@');
    int scheme = repository.indexOf("://") + 3;
    int slash = repository.indexOf('/', scheme);
    if (user > 0 && user < slash) {
      // Not for a request: it may even be a token.
      repository = repository.substring(0, scheme) + repository.substring(user + 1);
    }
    try {
      return URI.create(repository.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
