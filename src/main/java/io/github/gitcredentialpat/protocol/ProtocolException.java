package io.github.gitcredentialpat.protocol;

/** A request that breaks the rules of git-credential(1), so that nothing may be done. */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A broken request.
   *
   * @param message what is wrong with it, for a person; never a value of the request
   */
  public ProtocolException(String message) {
    super(message);
  }
}
