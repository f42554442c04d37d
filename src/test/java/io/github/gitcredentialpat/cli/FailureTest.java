package io.github.gitcredentialpat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.command.RootCommand;
import io.github.gitcredentialpat.command.auth.Check;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.testing.Typed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever ends a command, a person reads one line. */
final class FailureTest {
  private static final String FULL = "No space left on device";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Stores of which looking for them fails. */
  private record Broken(Throwable problem) implements StoreSource {
    @Override
    public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
      throw Broken.<RuntimeException>unchecked(problem);
    }

    @Override
    public List<Store> all(Environment surroundings) {
      return List.of();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable problem) throws T {
      throw (T) problem;
    }
  }

  private int run(Throwable problem, OutputStream to, String... words) {
    InputStream in = new ByteArrayInputStream(new byte[0]);
    return new RootCommand(in, to, err, Map.of(), new Broken(problem)).run(words);
  }

  private String said() {
    return err.toString(UTF_8);
  }

  @Test
  void anythingUnexpectedIsOneLine() {
    for (Throwable problem :
        List.of(
            new IllegalStateException("x"),
            new NullPointerException(),
            new OutOfMemoryError(),
            new StackOverflowError(),
            new NoClassDefFoundError("x"))) {
      err.reset();
      assertThat(run(problem, out, "list")).isEqualTo(1);
      assertThat(said())
          .isEqualTo(
              "git-credential-pat: internal error ("
                  + problem.getClass().getSimpleName()
                  + "); set GIT_CREDENTIAL_PAT_TRACE=1 to see where\n");
    }
  }

  @Test
  void aTraceShowsWhere() {
    assertThat(run(new StackOverflowError(), out, "list", "--trace")).isEqualTo(1);
    assertThat(said()).contains("  at " + FailureTest.class.getName());
  }

  @Test
  void aCheckThatFailedCouldNotTell() {
    for (Throwable problem : List.of(new IOException("x"), new OutOfMemoryError())) {
      assertThat(run(problem, out, "check", "contoso")).isEqualTo(Check.COULD_NOT_TELL);
    }
  }

  @Test
  void whatTheSystemSaysIsSaidInWords() {
    assertThat(Failure.line(new FileSystemException("/x", null, FULL)))
        .isEqualTo("cannot read or write /x: the disk is full");
    assertThat(Failure.line(new UncheckedIOException(new AccessDeniedException("/x"))))
        .isEqualTo("cannot read or write /x: permission denied");
    assertThat(Failure.line(new NoSuchFileException("/x"))).endsWith("/x: no such file or folder");
    assertThat(Failure.line(new IOException("Too many open files")))
        .isEqualTo("cannot read or write: too many open files");
    assertThat(Failure.line(new IOException())).isEqualTo("cannot read or write: IOException");
    assertThat(Failure.line(new IOException(""))).isEqualTo("cannot read or write: IOException");
    assertThat(Failure.line(new InterruptedException())).isEqualTo("interrupted");
  }

  /** A standard output that takes nothing. */
  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "list --help"})
  void aFullDiskIsSaidOfWhatIsPrintedToo(String words) {
    assertThat(run(new Error(), failing(FULL), words.split(" "))).isEqualTo(1);
    assertThat(said())
        .isEqualTo("git-credential-pat: cannot write to standard output: the disk is full\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "stores --json"})
  void whoStopsReadingIsToldNothing(String words) {
    InputStream in = new ByteArrayInputStream(new byte[0]);
    Typed person = Typed.on();
    int status =
        new RootCommand(in, failing("Broken pipe"), err, Map.of(), person).run(words.split(" "));
    assertThat(status).isEqualTo(1);
    assertThat(said()).isEmpty();
  }

  /** Java's stream of a pipe, which until Java 22 cannot read many bytes at once. */
  private static final class Pipe extends FilterInputStream {
    Pipe(String text) {
      super(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    @Override
    public byte[] readAllBytes() {
      throw new UncheckedIOException(new IOException("Illegal seek"));
    }

    @Override
    public byte[] readNBytes(int length) throws IOException {
      throw new IOException("Illegal seek");
    }

    @Override
    public int readNBytes(byte[] bytes, int start, int length) {
      throw new UncheckedIOException(new IOException("Illegal seek"));
    }

    @Override
    public long transferTo(OutputStream to) throws IOException {
      throw new IOException("Illegal seek");
    }
  }

  @Test
  void aPipeIsReadPieceByPiece() throws IOException {
    assertThat(StandardStreams.input(new Pipe("token")).readAllBytes()).hasSize(5);
    assertThat(StandardStreams.input(new Pipe("token")).readNBytes(3)).hasSize(3);
    assertThat(StandardStreams.input(new Pipe("token")).readNBytes(new byte[9], 0, 9)).isEqualTo(5);
    assertThat(StandardStreams.input(new Pipe("token")).transferTo(out)).isEqualTo(5);
  }

  @Test
  @SuppressWarnings("InputStreamSlowMultibyteRead") // It reads nothing.
  void anInputThatCannotBeReadIsNamed() {
    InputStream folder =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Is a directory");
          }
        };
    assertThatThrownBy(() -> StandardStreams.input(folder).read(new byte[1], 0, 1))
        .satisfies(
            problem ->
                assertThat(Failure.line(problem))
                    .isEqualTo("cannot read standard input: it is a folder"));
  }
}
