package io.github.gitcredentialpat;

import java.util.Arrays;

/** The entry of a native image as far as a Java runtime can be it; for the test of its layout. */
public final class NativeStandIn {
  private NativeStandIn() {}

  /** Runs the program: its own file, the name it was started by, and its arguments. */
  public static void main(String[] args) {
    NativeMain.prepare(args[0], args[1]);
    Main.main(Arrays.copyOfRange(args, 2, args.length));
  }
}
