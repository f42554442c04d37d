package io.github.gitcredentialpat.store.keychain;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.testing.CSources;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * macOS's keychain as src/test/c/security plays it: empty before each test, and after each one
 * nothing must be left over of what the test made there.
 */
final class StandInKeychain implements BeforeEachCallback, AfterEachCallback {
  private static @Nullable String path;

  @Override
  public void beforeEach(ExtensionContext context) {
    call("standin_reset");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(fault()).as("what was done wrong").isEmpty();
    assertThat(count("standin_live")).as("objects that nobody released").isZero();
    assertThat(count("standin_unwiped")).as("secrets left in freed memory").isZero();
  }

  /** Where the library lies that stands in for both frameworks; built once. */
  static synchronized String path() {
    if (path == null) {
      try {
        path = CSources.library("security/security.c", "-D_GNU_SOURCE", "-pthread").toString();
      } catch (RuntimeException e) {
        // Also what skips the test where there is no compiler.
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return path;
  }

  /** A store on the stand-in, opened anew. */
  static KeychainStore store(Environment surroundings) {
    return new KeychainStore(surroundings, path(), path());
  }

  /** The bindings on the stand-in. */
  static SecurityFramework framework() {
    return new SecurityFramework(path(), path());
  }

  static String fault() {
    return NativeLibrary.getInstance(path())
        .getFunction("standin_fault")
        .invokePointer(new Object[] {})
        .getString(0);
  }

  static long count(String function) {
    return NativeLibrary.getInstance(path()).getFunction(function).invokeLong(new Object[] {});
  }

  static void call(String function, Object... arguments) {
    NativeLibrary.getInstance(path()).getFunction(function).invokeVoid(arguments);
  }

  /** From now on every call of that function ends with this status, after so many that work. */
  static void fail(String function, int status, int after) {
    call("standin_fail", function, status, after);
  }
}
