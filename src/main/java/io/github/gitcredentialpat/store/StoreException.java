package io.github.gitcredentialpat.store;

import org.jspecify.annotations.Nullable;

/** A store could not do what it was asked. Finding nothing is not an error. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, in a closed set. */
  public enum Reason {
    /** There is no such keychain here; the next store of the chain is asked. */
    UNAVAILABLE,
    /** It is there but locked, and nobody opened it. */
    LOCKED,
    /** A person or a policy said no. */
    DENIED,
    /** It can be read but never written. */
    READ_ONLY,
    /** The entry is larger than the keychain takes, or the keychain is full. */
    LIMIT,
    /** An entry is there that nobody can read any more, or only a newer version of the program. */
    DAMAGED,
    /** It did not answer in time; a write may or may not have been done. */
    TIMEOUT,
    /** Anything else. */
    FAILED
  }

  private final Reason reason;
  private final boolean hides;
  private @Nullable String hint;
  private long retryAfterSeconds;

  /**
   * An error with a message for a person.
   *
   * @param reason the kind
   * @param message what happened and, after a semicolon, what to do about it; never a secret
   */
  public StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    hides = false;
  }

  /** Keeps the cause, which only {@code --trace} shows. */
  public StoreException(Reason reason, String message, Throwable cause) {
    this(reason, message, cause, false);
  }

  private StoreException(Reason reason, String message, @Nullable Throwable cause, boolean hides) {
    super(message, cause);
    this.reason = reason;
    this.hides = hides;
  }

  /**
   * {@code UNAVAILABLE}, though the keychain is here and has entries: its key is lost, or it may
   * not be read. Whoever lists what is stored has to report this as well.
   */
  public static StoreException hidden(String message, @Nullable Throwable cause) {
    return new StoreException(Reason.UNAVAILABLE, message, cause, true);
  }

  /** Adds the command to type next; absent where there is none. */
  public StoreException withHint(@Nullable String command) {
    hint = command;
    return this;
  }

  /** The command to type next; absent where there is none. */
  public @Nullable String hint() {
    return hint;
  }

  /** Adds for how many seconds a server wants no other question; less than one for none. */
  public StoreException withRetryAfter(long seconds) {
    retryAfterSeconds = Math.max(0, seconds);
    return this;
  }

  /** For how many seconds a server wants to be asked nothing; 0 where it did not say so. */
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** What happened and what to type next in one line, for a table or another program. */
  public String inOneLine() {
    return hint == null ? String.valueOf(getMessage()) : getMessage() + "; run: " + hint;
  }

  /** Whether there are, or may be, entries that cannot be seen. */
  public boolean hidesEntries() {
    return hides;
  }

  /** The kind of error. */
  public Reason reason() {
    return reason;
  }
}
