package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.store.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an erase did.
 *
 * @param entries what was deleted or set aside, with its secrets, for the caller to wipe
 * @param setAside whether a server or a program refused them, so that they were set aside
 * @param failed whether a store could not be reached, or what git sent could not be used
 * @param protocol the protocol of what git could not get into
 * @param host its host
 * @param path its path, percent-decoded; absent when git did not say
 */
public record Erased(
    List<Entry> entries,
    boolean setAside,
    boolean failed,
    String protocol,
    String host,
    @Nullable String path) {

  static Erased nothing(boolean failed) {
    return new Erased(List.of(), false, failed, "", "", null);
  }
}
