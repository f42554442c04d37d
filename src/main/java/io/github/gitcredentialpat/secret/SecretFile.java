package io.github.gitcredentialpat.secret;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;

/** A file with one secret of another program's or platform's in it, and blanks around it. */
public final class SecretFile {
  /** In bytes: such a token has some kilobytes. */
  private static final int LONGEST = 1 << 16;

  private SecretFile() {}

  /**
   * What stands in it, which the caller wipes.
   *
   * @param path an absolute path
   * @throws IOException when it is not a file, cannot be read, is empty or longer than any token;
   *     the message does not show what is in it
   */
  public static byte[] read(String path) throws IOException {
    File file = new File(path);
    // A device or a pipe might never end.
    if (!file.isAbsolute() || !file.isFile()) {
      throw new FileNotFoundException(path + " is not an absolute path of a file");
    }
    byte[] content = new byte[LONGEST];
    try (FileInputStream in = new FileInputStream(file)) {
      int length = in.readNBytes(content, 0, content.length);
      int start = 0;
      while (length > start && isBlank(content[length - 1])) {
        length--;
      }
      while (start < length && isBlank(content[start])) {
        start++;
      }
      if (start == length || length == content.length) {
        throw new IOException(path + " holds no token");
      }
      return Arrays.copyOfRange(content, start, length);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
