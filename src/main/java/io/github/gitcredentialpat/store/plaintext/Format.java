package io.github.gitcredentialpat.store.plaintext;

import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.util.List;

/** How a program writes credentials into a file. */
interface Format {
  /** Whose file it is. */
  Program program();

  /** The credentials in a file, in its order; what is none is passed over. */
  List<Piece> pieces(byte[] content);
}
