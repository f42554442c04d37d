package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.helper.DatedMark;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a get for an organization that no token is stored for. Where the person wants it
 * so ({@link CreationSetting}) and somebody is signed in, a token is created at the service, stored
 * and answered, all in the time that git waits; else a person at a terminal is told what to type,
 * before git asks.
 */
public final class TokenOnDemand {
  private static final long DAY = 86_400;

  /** For storing and answering, once the service has spoken. */
  private static final long RESERVE_MILLIS = 500;

  /** A request that could not come to its end is not begun. */
  private static final long LEAST_MILLIS = 1_000;

  /**
   * The watchdog gives a run more time where the machine had other things to do; a limit cannot, so
   * it is the last of the two.
   */
  private static final int MOST_PATIENCE = 5;

  private final Invocation run;
  private final Resolution whose;
  private final CreationSetting setting;
  private final CommandContext context;

  private TokenOnDemand(Invocation run, Resolution whose, CreationSetting setting) {
    this.run = run;
    this.whose = whose;
    this.setting = setting;
    context =
        new CommandContext(
            run,
            List.of(),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            false,
            Screen.NONE);
  }

  /** Supplies what a get misses, or says how. Never fails. */
  public static void supply(Invocation run, GetOperation get) {
    Resolution whose = get.missed();
    CreationSetting setting = CreationSetting.of(run.surroundings());
    if (setting != null) {
      Entry made = new TokenOnDemand(run, whose, setting).make(get);
      if (made != null) {
        get.answer(made);
        return;
      }
    }
    if (get.isSilent()
        && get.missed() != null
        && run.surroundings().mayPrompt()
        && Terminal.isTerminal(Terminal.ERROR)) {
      String name = whose.identity().display();
      run.messages()
          .say(
              "no token for " + name + "; git asks for one next",
              "git-credential-pat login " + Wording.argument(name));
    }
  }

  /** Whether tokens are created here. */
  static boolean isOn(Invocation run) {
    return CreationSetting.of(run.surroundings()) != null;
  }

  /**
   * Creates and stores a token in the place of one that has expired.
   *
   * @return it, which the caller wipes; absent where that was not wanted, or could not be done
   */
  static @Nullable Entry inPlaceOfExpired(Invocation run, Resolution whose) {
    CreationSetting setting = CreationSetting.of(run.surroundings());
    return setting == null || whose.kind() != Resolution.Kind.ORGANIZATION
        ? null
        : new TokenOnDemand(run, whose, setting).make(null);
  }

  private @Nullable Entry make(@Nullable GetOperation get) {
    if (!hasPlaceForIt()) {
      return null;
    }
    Deadline deadline = run.surroundings().deadline();
    deadline.doing("creating a token for " + whose.identity().display());
    try (RotationLock lock =
        RotationLock.acquire(
            run.surroundings(), deadline.remainingFairlyMillis() - RESERVE_MILLIS)) {
      if (lock == null) {
        return null;
      }
      // Another git may have been quicker, or a store is locked by now.
      if (get != null && (get.lookAgain() || get.missed() == null)) {
        return null;
      }
      Entry quicker = get == null ? stored() : null;
      if (quicker != null) {
        return quicker;
      }
      try (SignIn signIn = SignIn.withoutAsking(context, whose, limit())) {
        return signIn == null ? null : create(signIn.pats(limit()));
      }
    } catch (ServiceException e) {
      failed(e);
    } catch (UserException | IOException | StoreException e) {
      run.messages().trace(e);
      run.messages().say(cannot() + e.getMessage());
    }
    return null;
  }

  /** What could not be stored would have to be revoked at once. */
  private boolean hasPlaceForIt() {
    for (Store store : run.chain().stores()) {
      if (store.capacity().writable()) {
        return true;
      }
    }
    return false;
  }

  /** A token that git can be answered with, which the caller wipes; absent for none. */
  private @Nullable Entry stored() {
    ChainWriter chain = new ChainWriter(run, whose);
    chain.look();
    Entry stored = null;
    for (Entry entry : chain.entries()) {
      boolean isGood = !entry.isOver(run.now()) && !TokenUse.GIT.isRuledOutBy(entry.scopes());
      if (stored == null && isGood) {
        stored = entry;
      } else {
        entry.wipe();
      }
    }
    return stored;
  }

  private String cannot() {
    return "cannot create a token for " + whose.identity().display() + ": ";
  }

  /** A policy is not changed by the next command: of it the person hears once a day. */
  private void failed(ServiceException problem) {
    run.messages().trace(problem);
    if (problem.reason() == Reason.REFUSED) {
      DatedMark said = new DatedMark(run, "refused", new EntryKey(whose.identity(), null));
      if (said.isSetSince(run.now() - DAY + 1)) {
        return;
      }
      said.set();
    }
    run.messages().say(cannot() + problem.getMessage(), problem.hint());
  }

  private @Nullable Entry create(PatClient pats) throws ServiceException, StoreException {
    long end = run.now() + setting.days() * DAY;
    Pat token = create(pats, end);
    // It is there now: it has to be stored, or to go.
    run.surroundings().deadline().restart();
    Secret secret = CreatedToken.secret(token);
    Entry entry = TokenDetails.of(token).entry(whose, secret, run.now());
    Store store = null;
    try {
      store = new TokenKeeper(run, whose, null).keep(entry, null);
    } finally {
      if (store == null) {
        secret.wipe();
        run.surroundings().deadline().restart();
        CreatedToken.takeBack(context, pats, whose.identity().path(), token);
      }
    }
    if (store == null) {
      return null;
    }
    run.messages()
        .say(
            PatWording.summary("created", token, whose.identity().display())
                + PatWording.clamped(token, end)
                + ", stored in "
                + store.name());
    return entry;
  }

  private Pat create(PatClient pats, long end) throws ServiceException {
    String name = "git: " + machine();
    run.surroundings()
        .deadline()
        .doing(
            "creating a token for "
                + whose.identity().display()
                + ", which may or may not have been created");
    try {
      return pats.create(name, setting.scope(), Instant.ofEpochSecond(end));
    } catch (ServiceException e) {
      String code = e.code();
      if (code == null || !code.toLowerCase(Locale.ROOT).startsWith("duplicate")) {
        throw e;
      }
      // One that was made here before, which nobody has any more or which has expired.
      return pats.create(
          name + " " + Wording.minute(run.now()), setting.scope(), Instant.ofEpochSecond(end));
    }
  }

  /** This machine's name, which is not looked up in the network where the system has it. */
  private String machine() {
    String windows = run.surroundings().variable("COMPUTERNAME");
    if (windows != null) {
      return windows;
    }
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      return name.isEmpty() ? "this machine" : name;
    } catch (IOException e) {
      // Another system.
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine";
    }
  }

  /** What is left of the time that git waits, for one request. */
  private Duration limit() throws ServiceException {
    long left = run.surroundings().deadline().remainingFairlyMillis() - RESERVE_MILLIS;
    if (left < LEAST_MILLIS) {
      throw new ServiceException(Reason.TIMEOUT, "no time left while git waits; create it yourself")
          .withHint("git-credential-pat token create " + whose.identity().display());
    }
    return Duration.ofMillis(left * MOST_PATIENCE);
  }
}
