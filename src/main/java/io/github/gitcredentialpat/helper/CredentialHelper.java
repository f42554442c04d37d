package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.protocol.ProtocolException;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.protocol.Response;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Git's credential helper: the operations of gitcredentials(7). */
public final class CredentialHelper {
  private CredentialHelper() {}

  /** Whether the word is one of the operations. */
  public static boolean isOperation(String word) {
    return word.equals("get")
        || word.equals("store")
        || word.equals("erase")
        || word.equals("capability");
  }

  /** Writes what this helper understands beyond the first version of the protocol. */
  public static void capability(OutputStream out) throws IOException {
    out.write(Response.CAPABILITIES.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /**
   * Does {@code get} up to its answer: looks for the best stored credential.
   *
   * @return what was found, for the caller to answer; absent when the request cannot be read
   */
  public static @Nullable GetOperation get(Invocation run, InputStream in) throws IOException {
    Request request = read(run, in);
    return request == null ? null : GetOperation.of(run, request);
  }

  /**
   * What {@code get} would answer, for programs that do not speak git's protocol; says on standard
   * error what it would say there.
   *
   * @param whose an organization, collection or host
   * @param user chooses among several tokens; absent for the newest
   * @param use what it is wanted for; absent when that is not known
   * @return the entry, for the caller to wipe; absent when git would get nothing
   */
  public static @Nullable Entry find(
      Invocation run, Resolution whose, @Nullable String user, @Nullable TokenUse use) {
    run.surroundings().deadline().start();
    return GetOperation.find(run, whose, user, use);
  }

  /**
   * What {@code get} would answer git; prints and records nothing.
   *
   * @param request as git would send it
   * @return the entry, for the caller to wipe; absent when git would get nothing
   */
  public static @Nullable StoredEntry answer(Invocation run, String request) throws IOException {
    Console silence = new Console(OutputStream.nullOutputStream(), false);
    Invocation quiet = new Invocation(run.chain(), run.surroundings(), silence, run.now());
    GetOperation get =
        get(quiet, new ByteArrayInputStream(request.getBytes(StandardCharsets.UTF_8)));
    return get == null ? null : get.answered();
  }

  /**
   * Does {@code store}: keeps what git found to work.
   *
   * @return whether it is stored now, or was not to be stored
   */
  public static boolean store(Invocation run, InputStream in) throws IOException {
    Request request = read(run, in);
    if (request == null || !namesAHost(run, request)) {
      return false;
    }
    try {
      boolean stored = StoreOperation.store(run, request);
      run.surroundings().deadline().done();
      return stored;
    } catch (StoreException e) {
      run.messages().trace(e);
      run.messages().say("not stored for " + request.host() + ": " + e.getMessage(), e.hint());
      return false;
    } finally {
      request.wipe();
    }
  }

  /** Does {@code erase}: deletes or sets aside what the request matches. */
  public static Erased erase(Invocation run, InputStream in) throws IOException {
    Request request = read(run, in);
    if (request == null || !namesAHost(run, request)) {
      return Erased.nothing(true);
    }
    try {
      Erased erased = EraseOperation.erase(run, request);
      run.surroundings().deadline().done();
      return erased;
    } finally {
      request.wipe();
    }
  }

  private static Request read(Invocation run, InputStream in) throws IOException {
    try {
      Request request = Request.read(in);
      // Only now: a person who types a request by hand may take their time.
      run.surroundings().deadline().start();
      if (run.messages().isTracing()) {
        run.messages().trace(request + ", user " + UserName.shown(request.username()));
      }
      return request;
    } catch (ProtocolException e) {
      run.messages().say("ignoring git's request: " + e.getMessage());
      return null;
    }
  }

  /** Without a host nothing may match, and nothing may be stored (CVE-2020-11008). */
  private static boolean namesAHost(Invocation run, Request request) {
    String missing =
        request.protocol() == null || request.protocol().isEmpty()
            ? "protocol"
            : request.host() == null || request.host().isEmpty() ? "host" : null;
    if (missing != null) {
      run.messages().say("ignoring git's request: it names no " + missing);
    }
    return missing == null;
  }
}
