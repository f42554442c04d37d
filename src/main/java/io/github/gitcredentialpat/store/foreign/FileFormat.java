package io.github.gitcredentialpat.store.foreign;

import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.util.List;

/** How a program writes credentials into a file. */
interface FileFormat {
  /** Whose file it is. */
  Program program();

  /** The credentials in a file, in its order; what is none is passed over. */
  List<FileSection> pieces(byte[] content);
}
