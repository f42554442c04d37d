package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What git and its user see when an operation fails in a way that nobody foresaw. */
final class EntranceTest {
  private static final InputStream REQUEST = new ByteArrayInputStream("host=x\n".getBytes(UTF_8));

  @TempDir Path home;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(InputStream in, OutputStream out, String... words) {
    return Main.run(words, in, out, err, Map.of("HOME", home.toString()));
  }

  private String said() {
    return err.toString(UTF_8);
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // It reads nothing.
  private static InputStream failing(Throwable problem) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        if (problem instanceof Error error) {
          throw error;
        }
        if (problem instanceof RuntimeException exception) {
          throw exception;
        }
        throw new IOException(problem.getMessage());
      }
    };
  }

  private static OutputStream full(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  @Test
  void anErrorOfAnyKindIsOneLine() {
    for (Throwable problem :
        List.of(
            new OutOfMemoryError(),
            new StackOverflowError(),
            new NoClassDefFoundError("x"),
            new IllegalStateException("x"))) {
      for (String operation : List.of("get", "store", "erase")) {
        err.reset();
        assertThat(run(failing(problem), OutputStream.nullOutputStream(), operation)).isEqualTo(1);
        assertThat(said())
            .startsWith(
                "git-credential-pat: internal error (" + problem.getClass().getSimpleName() + ")")
            .hasLineCount(1);
      }
    }
  }

  @Test
  void theValueOfAnOptionIsNeverTheOperation() {
    for (String option : List.of("--store", "--timeout", "--vault", "--cache", "--socket")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(run(REQUEST, out, option, "erase", option + "=store", "capability")).isZero();
      assertThat(out.toString(UTF_8)).as(option).startsWith("version 0");
    }
  }

  @Test
  void aFolderIsNoRequest() {
    IOException problem = new IOException("Is a directory");
    assertThat(run(failing(problem), OutputStream.nullOutputStream(), "get")).isEqualTo(1);
    assertThat(said())
        .isEqualTo(
            "git-credential-pat: cannot read the request or write the answer: it is a folder\n");
  }

  @Test
  void anAnswerThatCannotBeWrittenIsAFailure() {
    assertThat(run(REQUEST, full("No space left on device"), "capability")).isEqualTo(1);
    assertThat(said()).contains("the disk is full").hasLineCount(1);
    err.reset();
    assertThat(run(REQUEST, full("Broken pipe"), "capability")).isEqualTo(1);
    assertThat(said()).isEmpty();
  }

  @Test
  void aTraceShowsWhereItHappened() {
    InputStream in = failing(new StackOverflowError());
    assertThat(run(in, OutputStream.nullOutputStream(), "--trace", "get")).isEqualTo(1);
    assertThat(said()).contains("  at " + EntranceTest.class.getName());
  }
}
