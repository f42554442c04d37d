package io.github.gitcredentialpat.platform;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines for the person at the terminal. */
public final class Console {
  private final OutputStream err;
  private final boolean trace;
  private final int width;

  /**
   * Where lines go.
   *
   * @param err standard error
   * @param trace whether {@link #trace} says anything
   */
  public Console(OutputStream err, boolean trace) {
    this(err, trace, 0);
  }

  /**
   * The same, with lines wrapped at a width; 0 for no limit.
   *
   * @param width in columns of a terminal
   */
  public Console(OutputStream err, boolean trace, int width) {
    this.err = err;
    this.trace = trace;
    this.width = width;
  }

  /** Says what happened in one line, with control characters escaped. */
  public void say(String line) {
    String text = "git-credential-pat: " + harmless(line);
    write(width == 0 ? text : TextWidth.wrap(text, width, "  "));
  }

  /**
   * Names the command to type next, on a line of its own behind {@link #say}, so that it can be
   * copied as it stands.
   */
  public void hint(String command) {
    write("hint: " + harmless(command));
  }

  /** Says a line and, where there is one, the command to type next. */
  public void say(String line, @Nullable String command) {
    say(line);
    if (command != null) {
      hint(command);
    }
  }

  /**
   * Reports in one line that what a person wanted is done.
   *
   * @param mark what stands before it on a terminal; absent elsewhere
   */
  public void done(@Nullable String mark, String line) {
    String text = (mark == null ? "git-credential-pat:" : mark) + " " + harmless(line);
    write(width == 0 ? text : TextWidth.wrap(text, width, "  "));
  }

  /** A word of a hint, as a POSIX shell takes it. */
  public static String word(String text) {
    boolean isPlain = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      isPlain &= Character.isLetterOrDigit(c) || "_-/.,:@%+=".indexOf(c) >= 0;
    }
    return isPlain ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private void write(String lines) {
    try {
      err.write((lines + "\n").getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException e) {
      // Nobody is listening any more.
    }
  }

  /**
   * Escapes control characters, since parts of what a person reads come from servers and
   * repositories (CVE-2024-50349).
   */
  public static String harmless(String line) {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
        text.append("\\x").append(Character.forDigit(c >> 4, 16));
        text.append(Character.forDigit(c & 15, 16));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /** Shows progress on a terminal, over what it showed before; an empty text clears it. */
  public void progress(String text) {
    try {
      err.write(("\r\u001b[K" + harmless(text)).getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException e) {
      // Nobody is listening any more.
    }
  }

  /** Whether {@link #trace} says anything. */
  public boolean isTracing() {
    return trace;
  }

  /** Says a line only when the person asked for {@code --trace}. */
  public void trace(String line) {
    if (trace) {
      say("trace: " + line);
    }
  }

  /** Shows an exception's stack only when the person asked for {@code --trace}. */
  public void trace(Throwable exception) {
    if (trace) {
      trace(exception.toString());
      for (StackTraceElement element : exception.getStackTrace()) {
        trace("  at " + element);
      }
      if (exception.getCause() != null) {
        trace(exception.getCause());
      }
    }
  }
}
