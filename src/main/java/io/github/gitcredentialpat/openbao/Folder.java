package io.github.gitcredentialpat.openbao;

import io.github.gitcredentialpat.identity.PercentEncoding;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;

/**
 * Where the entries are.
 *
 * @param mount the path of a mount of KV version 2
 * @param path a folder in it; empty for the top
 */
record Folder(String mount, String path) {
  private static final String DEFAULT_PATH = "git-credential-pat";

  /**
   * The first segment is the mount, until the server says otherwise; with no other the folder is
   * the usual one.
   */
  static Folder parse(String place) throws StoreException {
    String mount = null;
    StringBuilder path = new StringBuilder();
    for (String segment : place.split("/")) {
      if (segment.isEmpty() && mount == null) {
        continue;
      }
      if (!isName(segment)) {
        throw new StoreException(
            Reason.FAILED,
            "--vault takes a mount and a folder in it, such as secret/git-credential-pat");
      }
      if (mount == null) {
        mount = segment;
      } else {
        path.append(path.length() == 0 ? "" : "/").append(segment);
      }
    }
    if (mount == null) {
      throw new StoreException(
          Reason.FAILED,
          "--vault takes a mount and a folder in it, such as secret/git-credential-pat");
    }
    return new Folder(mount, path.length() == 0 ? DEFAULT_PATH : path.toString());
  }

  private static boolean isName(String segment) {
    boolean isName = !segment.isEmpty() && !segment.contains("..") && !segment.equals(".");
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      isName &= Character.isLetterOrDigit(c) || "-_.+@ ".indexOf(c) >= 0;
    }
    return isName;
  }

  /** The same folder, where the server says which mount it is in: {@code team/kv/}. */
  Folder in(String mountPath) {
    String bare =
        mountPath.endsWith("/") ? mountPath.substring(0, mountPath.length() - 1) : mountPath;
    String all = display();
    if (all.equals(bare)) {
      return new Folder(bare, DEFAULT_PATH);
    }
    return all.startsWith(bare + "/") ? new Folder(bare, all.substring(bare.length() + 1)) : this;
  }

  String data(String below) {
    return mount + "/data/" + path + "/" + below;
  }

  String metadata(String below) {
    return mount + "/metadata/" + path + (below.isEmpty() ? "" : "/" + below);
  }

  /** For a person. */
  String display() {
    return mount + "/" + path;
  }

  /** A path of the interface for a URL, in which the percent signs of names are encoded again. */
  static String encoded(String path) {
    StringBuilder encoded = new StringBuilder(path.length());
    for (String segment : path.split("/", -1)) {
      encoded.append(encoded.length() == 0 ? "" : "/").append(PercentEncoding.encode(segment));
    }
    return encoded.toString();
  }
}
