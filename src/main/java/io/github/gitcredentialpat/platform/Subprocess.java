package io.github.gitcredentialpat.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Where other programs are, and what they say. */
public final class Subprocess {
  private Subprocess() {}

  /**
   * What a program left behind.
   *
   * @param exit its exit status
   * @param out what it wrote to standard output
   * @param err what it wrote to standard error
   */
  public record Result(int exit, String out, String err) {}

  /**
   * Runs a program to its end.
   *
   * @param input what it gets on standard input
   * @return absent when it did not end in that many seconds; it is ended then
   */
  public static @Nullable Result run(ProcessBuilder builder, byte[] input, int seconds)
      throws IOException {
    Process process = builder.start();
    CompletableFuture<String> out = read(process.getInputStream());
    CompletableFuture<String> err = read(process.getErrorStream());
    write(input, process.getOutputStream());
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return new Result(
            process.exitValue(),
            out.get(seconds, TimeUnit.SECONDS),
            err.get(seconds, TimeUnit.SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // A child of its own keeps the streams open.
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return null;
  }

  private static CompletableFuture<String> read(InputStream in) {
    CompletableFuture<String> text = new CompletableFuture<>();
    start(
        () -> {
          try (in) {
            text.complete(new String(in.readAllBytes(), UTF_8));
          } catch (IOException e) {
            // What came before may be cut off anywhere.
            text.completeExceptionally(e);
          }
        });
    return text;
  }

  /** A program that does not read must not keep us waiting. */
  private static void write(byte[] input, OutputStream to) {
    start(
        () -> {
          try (to) {
            to.write(input);
          } catch (IOException e) {
            // It did not want to read; what it wrote says why.
          }
        });
  }

  // No pool: where there is one processor its threads wait for each other.
  private static void start(Runnable work) {
    Thread thread = new Thread(work, "pipe");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The first program of that name on the PATH, by its absolute path. Entries that are not absolute
   * are passed over: they lead into the working directory, which may be anybody's (CVE-2020-26233).
   */
  public static @Nullable Path find(String name, Map<String, String> environment) {
    return find(List.of(name), environment);
  }

  /**
   * What a person on Windows means by a command's first word: a program, or a batch file, on the
   * PATH or where the word says, with one of the endings that {@code PATHEXT} names.
   */
  public static @Nullable Path findOnWindows(String word, Map<String, String> environment) {
    String endings = environment.getOrDefault("PATHEXT", ".COM;.EXE;.BAT;.CMD");
    List<String> names = new ArrayList<>();
    for (String ending : endings.split(";")) {
      if (word.regionMatches(true, word.length() - ending.length(), ending, 0, ending.length())) {
        names.add(0, word);
      }
      names.add(word + ending);
    }
    if (word.indexOf('/') < 0 && word.indexOf('\\') < 0) {
      return find(names, environment);
    }
    for (String name : names) {
      try {
        Path program = Path.of(name).toAbsolutePath();
        if (Files.isRegularFile(program)) {
          return program;
        }
      } catch (InvalidPathException e) {
        // No file has such a name.
      }
    }
    return null;
  }

  /** The first of any of these names. */
  private static @Nullable Path find(List<String> names, Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", environment.getOrDefault("Path", ""));
    for (String entry : path.split(File.pathSeparator)) {
      for (String name : names) {
        try {
          Path program = Path.of(entry).resolve(name);
          if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
            return program;
          }
        } catch (InvalidPathException e) {
          // No folder has such a name.
        }
      }
    }
    return null;
  }
}
