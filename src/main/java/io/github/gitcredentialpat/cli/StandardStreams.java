package io.github.gitcredentialpat.cli;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Standard input and output as commands use them: an error says which of the two failed, and
 * nothing is done to them that a pipe cannot do.
 */
final class StandardStreams {
  private StandardStreams() {}

  /** Nobody reads standard output any more. */
  static final class ClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    ClosedException(IOException cause) {
      super("standard output was closed", cause);
    }
  }

  /** Standard input. */
  static InputStream input(InputStream in) {
    return new Input(in);
  }

  /** Standard output. */
  static OutputStream output(OutputStream out) {
    return new Output(out);
  }

  /** Whether the other end of a pipe is gone. */
  static boolean isClosedPipe(IOException problem) {
    String told = problem.getMessage();
    return told != null
        && (told.equals("Broken pipe")
            || told.equals("The pipe is being closed")
            || told.equals("The pipe has been ended"));
  }

  /**
   * Until Java 22 a {@code FileInputStream} asks for its position in order to read all or many
   * bytes, which a pipe has none of. What is not overridden here reads piece by piece.
   */
  private static final class Input extends FilterInputStream {
    Input(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IOException e) {
        throw new IOException("cannot read standard input", e);
      }
    }

    @Override
    public int read(byte[] bytes, int start, int length) throws IOException {
      try {
        return in.read(bytes, start, length);
      } catch (IOException e) {
        throw new IOException("cannot read standard input", e);
      }
    }
  }

  /** Keeps in mind that something could not be written: who writes may not look. */
  private static final class Output extends FilterOutputStream {
    private @Nullable IOException failed;

    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      try {
        out.write(bytes, start, length);
      } catch (IOException e) {
        failed =
            isClosedPipe(e)
                ? new ClosedException(e)
                : new IOException("cannot write to standard output", e);
        throw failed;
      }
    }

    @Override
    public void flush() throws IOException {
      if (failed != null) {
        throw failed;
      }
      out.flush();
    }
  }
}
