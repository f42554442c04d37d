package io.github.gitcredentialpat.store;

import org.jspecify.annotations.Nullable;

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
    GIT("git"),
    /** Azure DevOps said so. */
    SERVICE("service"),
    /** A person typed it: it only warns. */
    PERSON("person"),
    /** Entra said so of an access token, in whose place there is another one by then. */
    ENTRA("entra"),
    /** An agent said so of what is stored where it runs, and warns there. */
    AGENT("agent");

    private static final Source[] ALL = values();

    private final String word;

    Source(String word) {
      this.word = word;
    }

    /** As it is stored, and shown to a person. */
    public String word() {
      return word;
    }

    /**
     * Who a stored word stands for.
     *
     * @param word absent where nothing is stored
     * @param otherwise for a word of a newer version, or none
     */
    public static Source of(@Nullable String word, Source otherwise) {
      for (int i = 0; i < ALL.length; i++) {
        if (ALL[i].word.equals(word)) {
          return ALL[i];
        }
      }
      return otherwise;
    }
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
