package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.identity.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What tells one stored entry from another: a store keeps at most one entry for each key.
 *
 * @param identity whose token it is
 * @param user the user name; absent and empty are two different things
 */
public record EntryKey(Identity identity, @Nullable String user) {}
