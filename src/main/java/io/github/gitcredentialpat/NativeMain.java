package io.github.gitcredentialpat;

import io.github.gitcredentialpat.platform.SignalHandling;
import java.io.File;
import org.graalvm.nativeimage.VMRuntime;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.function.CFunction.Transition;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.c.type.CTypeConversion;

/**
 * The entry of the native image, which is git's helper itself, without a launcher. What the
 * launcher of a Java runtime does is done by {@code helper/launcher/native/start.c} before this,
 * and what {@code jvm.options} says as far as an image can do with it, here.
 *
 * <p>The image takes no options as a Java runtime does: they would be taken out of what {@code
 * exec} is to run as well. Without them it handles no signals either, until {@link SignalHandling}
 * asks for it: git's operations do without, which is quicker.
 */
public final class NativeMain {
  private NativeMain() {}

  /** Runs the program. */
  public static void main(String[] args) {
    started();
    SignalHandling.startBy(VMRuntime::initialize);
    prepare(CTypeConversion.toJavaString(ownFile()), CTypeConversion.toJavaString(startedAs()));
    Main.main(args);
  }

  /**
   * Sets what the launcher of a Java runtime gives it as options.
   *
   * @param ownFile the program's file, in the image's folder {@code bin}
   * @param startedAs the name that it was started by, which may be a link
   */
  static void prepare(String ownFile, String startedAs) {
    File folder = new File(ownFile).getParentFile();
    String home = folder == null ? null : folder.getParent();
    String libraries = (home == null ? "" : home) + File.separatorChar + "lib";
    // Before the first native call, which makes JNA read them.
    System.setProperty("jna.boot.library.path", libraries);
    System.setProperty("jna.platform.library.path", libraries);
    System.setProperty("jna.nosys", "true");
    System.setProperty("jna.noclasspath", "true");
    System.setProperty("jna.nounpack", "true");
    System.setProperty("java.util.logging.config.file", "");
    System.setProperty("git-credential-pat.launcher", startedAs);
  }

  @CFunction(value = "git_credential_pat_started", transition = Transition.NO_TRANSITION)
  private static native void started();

  @CFunction(value = "git_credential_pat_own_file", transition = Transition.NO_TRANSITION)
  private static native CCharPointer ownFile();

  @CFunction(value = "git_credential_pat_started_as", transition = Transition.NO_TRANSITION)
  private static native CCharPointer startedAs();
}
