package io.github.gitcredentialpat.store;

/**
 * What a store can keep.
 *
 * @param writable whether it can be written at all
 * @param longestSecret the longest password in bytes; a longer one is refused with {@code LIMIT}
 * @param mostEntries how many entries of usual size it takes
 */
public record Capacity(boolean writable, int longestSecret, int mostEntries) {
  /** The longest line of git's protocol in bytes: no longer secret ever comes from git. */
  public static final int LONGEST_LINE = 65_535;

  /** No limit that git could reach. */
  public static final Capacity UNBOUNDED = new Capacity(true, LONGEST_LINE, Integer.MAX_VALUE);
}
