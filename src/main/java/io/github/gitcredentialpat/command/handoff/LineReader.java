package io.github.gitcredentialpat.command.handoff;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a conversation as they come; never waits for more than the current line. */
final class LineReader {
  /** NuGet sends whole service indexes. */
  private static final int LONGEST = 1 << 22;

  private final InputStream in;
  private byte[] bytes = new byte[8192];
  private int length;

  LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next line that is not empty, without its end.
   *
   * @return absent at the end of the stream
   * @throws IOException also when a line is longer than 4 MiB
   */
  byte @Nullable [] next() throws IOException {
    int searched = 0;
    while (true) {
      for (; searched < length; searched++) {
        if (bytes[searched] == '\n') {
          byte[] line = take(searched);
          if (line.length > 0) {
            return line;
          }
          searched = -1;
        }
      }
      if (length == bytes.length) {
        if (length >= LONGEST) {
          throw new IOException("a line is longer than 4 MiB");
        }
        byte[] larger = Arrays.copyOf(bytes, 2 * length);
        Arrays.fill(bytes, (byte) 0);
        bytes = larger;
      }
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        byte[] rest = take(length);
        return rest.length == 0 ? null : rest;
      }
      length += read;
    }
  }

  /** Takes the bytes up to an offset, and the line feed there, off the buffer. */
  private byte[] take(int end) {
    int last = end > 0 && bytes[end - 1] == '\r' ? end - 1 : end;
    byte[] line = Arrays.copyOf(bytes, last);
    int rest = Math.max(0, length - end - 1);
    if (rest > 0) {
      System.arraycopy(bytes, end + 1, bytes, 0, rest);
    }
    Arrays.fill(bytes, rest, length, (byte) 0);
    length = rest;
    return line;
  }
}
