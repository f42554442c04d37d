package io.github.gitcredentialpat;

import java.io.File;
import java.util.Arrays;

/**
 * The entry of the native image, which takes no options as a Java runtime does: they would be taken
 * out of what {@code exec} is to run as well. So the launcher hands on in two words what it tells
 * Java in options, and the rest of {@code jvm.options} that an image can do with is set here.
 */
public final class NativeMain {
  /** The words that the launcher puts before those of its caller. */
  private static final int OWN_WORDS = 2;

  private NativeMain() {}

  /** Runs the program: the image's folder, the launcher, and the program's own arguments. */
  public static void main(String[] args) {
    if (args.length < OWN_WORDS) {
      System.err.println("git-credential-pat: this file is started by bin/git-credential-pat");
      Runtime.getRuntime().halt(2);
    }
    String libraries = args[0] + File.separatorChar + "lib";
    // Before the first native call, which makes JNA read them.
    System.setProperty("jna.boot.library.path", libraries);
    System.setProperty("jna.platform.library.path", libraries);
    System.setProperty("jna.nosys", "true");
    System.setProperty("jna.noclasspath", "true");
    System.setProperty("jna.nounpack", "true");
    System.setProperty("java.util.logging.config.file", "");
    System.setProperty("git-credential-pat.launcher", args[1]);
    Main.main(Arrays.copyOfRange(args, OWN_WORDS, args.length));
  }
}
