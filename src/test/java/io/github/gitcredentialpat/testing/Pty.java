package io.github.gitcredentialpat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A shell command on a terminal of its own, made by script(1) of util-linux, and who types there.
 */
public final class Pty implements AutoCloseable {
  private final Process process;
  private final OutputStream keyboard;
  private volatile String screen = "";
  private final Thread reader;

  /** So wide that no line of a message is broken. */
  private static final int WIDE = 1_000;

  /** Runs the command; its words are separated by blanks, its shell is {@code sh}. */
  public Pty(String command, Map<String, String> environment) throws IOException {
    this(command, environment, WIDE);
  }

  /** The same on a terminal of so many columns. */
  public Pty(String command, Map<String, String> environment, int columns) throws IOException {
    Path script = Path.of("/usr/bin/script");
    Requires.present(Files.isExecutable(script), "script of util-linux");
    ProcessBuilder builder =
        // As in a person's shell: who started the tests may have left signals ignored.
        new ProcessBuilder(
                "env",
                "--default-signal=HUP,INT,TERM",
                script.toString(),
                "-qec",
                "stty cols " + columns + "; " + command,
                "/dev/null")
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("SHELL", "/bin/sh");
    process = builder.start();
    keyboard = process.getOutputStream();
    InputStream output = process.getInputStream();
    reader =
        new Thread(
            () -> {
              byte[] piece = new byte[4096];
              try {
                for (int read = output.read(piece); read > 0; read = output.read(piece)) {
                  shown(new String(piece, 0, read, UTF_8));
                }
              } catch (IOException e) {
                shown(e.toString());
              }
            });
    reader.start();
  }

  private synchronized void shown(String text) {
    screen += text;
  }

  /** Waits until the text was shown so many times. */
  public void waitFor(String text, int times) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (screen.split(Pattern.quote(text), -1).length <= times) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not shown " + times + " times: " + text + "\n" + screen);
      }
      Thread.sleep(5);
    }
  }

  /** Types it, as it is. */
  public void type(String text) throws IOException {
    keyboard.write(text.getBytes(UTF_8));
    keyboard.flush();
  }

  /** All that was shown until the command ended. */
  public String finish() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still running:\n" + screen);
    }
    reader.join();
    return screen;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
