package io.github.gitcredentialpat.http;

import org.jspecify.annotations.Nullable;

/** Azure DevOps or Entra could not be reached, or refused. */
public final class ServiceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, in a closed set. */
  public enum Reason {
    /** No connection: name, network, proxy or certificate. */
    UNREACHABLE,
    /** No answer in time; a change may or may not have been made. */
    TIMEOUT,
    /** The caller is not let in: what it signs in with is missing, dead or not enough. */
    UNAUTHORIZED,
    /** The service understood and said no: a policy, a name, a lifetime. */
    REFUSED,
    /** This organization or server has no such interface; a person does it on a web page. */
    UNSUPPORTED,
    /** An answer that is not understood. */
    UNEXPECTED
  }

  private final Reason reason;
  private final @Nullable String code;
  private @Nullable String hint;

  /**
   * An error with a message for a person.
   *
   * @param reason the kind
   * @param message what happened and, after a semicolon, what to do about it; never a secret
   */
  public ServiceException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    this.code = null;
  }

  /**
   * The same with the service's own name for it, for callers that tell such names apart.
   *
   * @param code as the service sent it, such as {@code expiredPatCannotBeExtended}: an open list
   */
  public ServiceException(Reason reason, String message, String code) {
    super(message);
    this.reason = reason;
    this.code = code;
  }

  /** Keeps the cause, which only {@code --trace} shows. */
  public ServiceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.code = null;
  }

  /** Adds the command to type next. */
  public ServiceException withHint(@Nullable String command) {
    hint = command;
    return this;
  }

  /** The command to type next; absent where there is none. */
  public @Nullable String hint() {
    return hint;
  }

  /** What happened and what to type next in one line, where no other line can follow. */
  public String inOneLine() {
    return hint == null ? String.valueOf(getMessage()) : getMessage() + "; run: " + hint;
  }

  /** The kind of error. */
  public Reason reason() {
    return reason;
  }

  /** The service's own name for the error; absent when it gave none. */
  public @Nullable String code() {
    return code;
  }
}
