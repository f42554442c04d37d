package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.store.Entry;

/** What can be said of a stored token's life. */
public enum TokenState {
  OK("ok", "32"),
  EXPIRING("expiring", "33"),
  EXPIRED("expired", "31"),
  SET_ASIDE("setAside", "31");

  private final String word;
  private final String color;

  TokenState(String word, String color) {
    this.word = word;
    this.color = color;
  }

  /**
   * The state of an entry.
   *
   * @param now seconds since the epoch
   */
  public static TokenState of(Entry entry, long now) {
    if (entry.setAsideAt() != 0) {
      return SET_ASIDE;
    }
    if (entry.expiry() == null) {
      return OK;
    }
    long at = entry.expiry().at();
    if (at <= now) {
      return EXPIRED;
    }
    return TokenLifetime.endsSoon(at, now) && !entry.expiry().isRenewed() ? EXPIRING : OK;
  }

  /** The word for it in JSON. */
  public String word() {
    return word;
  }

  /** The color for it, as ANSI terminals know it. */
  public String color() {
    return color;
  }
}
