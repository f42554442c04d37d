package io.github.gitcredentialpat.store;

/**
 * When a secret expires, and who said so.
 *
 * @param at seconds since the epoch
 * @param source who said so: only git and the service are believed enough to withhold an answer
 */
public record Expiry(long at, Source source) {
  /** Who said when a secret expires. */
  public enum Source {
    /** It came with the credential from git or from another helper. */
    GIT,
    /** Azure DevOps said so. */
    SERVICE,
    /** A person typed it: it only warns. */
    PERSON,
    /** Entra said so of an access token, in whose place there is another one by then. */
    ENTRA,
    /** An agent said so of what is stored where it runs, and warns there. */
    AGENT
  }

  /** Whether the secret must no longer be answered at the time {@code now}, in epoch seconds. */
  public boolean stopsAnswerAt(long now) {
    return source != Source.PERSON && at <= now;
  }

  /** Whether nobody has to do anything about it. */
  public boolean isRenewed() {
    return source == Source.ENTRA;
  }

  /** Whether a person is warned where the secret is stored, which is not here. */
  public boolean isWatchedElsewhere() {
    return source == Source.AGENT;
  }

  // By hand: the methods that records bring along start invokedynamic, which costs a one-shot
  // process more than all else that a store operation does.
  @Override
  public boolean equals(Object other) {
    return other instanceof Expiry that && at == that.at && source == that.source;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(at);
  }
}
