package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.keyutils.Keyctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an unlocked master key in the kernel's keyring of this user for eight hours after its last
 * use, readable by who possesses it only. It is no more than a cache: where the kernel or a
 * container's filter says no, the passphrase is asked for again.
 *
 * <p>Not used as root in a container, where the user keyring of uid 0 may be shared with the host
 * and with other containers.
 */
final class KeyCache {
  private static final int SECONDS = 8 * 60 * 60;

  private final Environment surroundings;
  private final Path root;
  private @Nullable Keyctl keyctl;
  private boolean tried;

  /**
   * A cache that loads nothing until it is used.
   *
   * @param root the folder in which to look for the marks of container runtimes: the root folder
   */
  KeyCache(Environment surroundings, Path root) {
    this.surroundings = surroundings;
    this.root = root;
  }

  /** The key with this id, whose time starts anew; absent when it is not cached. */
  byte @Nullable [] get(byte[] id) {
    Keyctl kernel = kernel();
    if (kernel == null) {
      return null;
    }
    int found = kernel.search(Keyctl.USER_KEYRING, description(id));
    if (found < 0) {
      return null;
    }
    byte[] key = kernel.read(found, MasterKey.LENGTH);
    kernel.setTimeout(found, SECONDS);
    return key;
  }

  /** Keeps the key, if the kernel lets us. */
  void put(byte[] id, byte[] key) {
    Keyctl kernel = kernel();
    if (kernel == null) {
      return;
    }
    int added = kernel.addKey(description(id), key, Keyctl.USER_KEYRING);
    // A key that would stay for ever is worse than none.
    if (added >= 0 && kernel.setTimeout(added, SECONDS) < 0) {
      kernel.unlink(added, Keyctl.USER_KEYRING);
    } else if (added >= 0) {
      kernel.setPermissions(added, Keyctl.POSSESSOR_ONLY);
    }
  }

  /** Forgets the key. */
  void forget(byte[] id) {
    Keyctl kernel = kernel();
    if (kernel != null) {
      int found = kernel.search(Keyctl.USER_KEYRING, description(id));
      if (found >= 0) {
        kernel.unlink(found, Keyctl.USER_KEYRING);
      }
    }
  }

  private static String description(byte[] id) {
    return "git-credential-pat:" + HexFormat.of().formatHex(id);
  }

  private @Nullable Keyctl kernel() {
    if (!tried) {
      tried = true;
      if (System.getProperty("os.name").equals("Linux")
          && !(surroundings.isInContainer(root) && isRoot())) {
        try {
          Keyctl kernel = new Keyctl();
          // A key of the user keyring can be read only by who possesses it, and a process does so
          // through a link from a keyring of its own. Where this user's quota is used up there is
          // no room for one, but most sessions have it from their start on.
          kernel.link(Keyctl.USER_KEYRING, Keyctl.PROCESS_KEYRING);
          keyctl = kernel;
        } catch (LinkageError e) {
          // No libkeyutils here, or no place where JNA can unpack itself.
        }
      }
    }
    return keyctl;
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return true;
    }
  }
}
