package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.testing.CSources;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The Credential Manager of src/test/c/advapi32, and what it tells tests. */
final class TestAdvapi32 {
  private final Path path;
  private final NativeLibrary library;

  /** Builds and loads it. */
  TestAdvapi32() throws Exception {
    path = CSources.library("advapi32/advapi32.c");
    library = NativeLibrary.getInstance(path.toString());
  }

  String path() {
    return path.toString();
  }

  /** Calls one of its functions for tests. */
  int call(String function, Object... arguments) {
    return library.getFunction(function).invokeInt(arguments);
  }

  /** Has calls number {@code from} to {@code to} of a function fail; "" stands for all together. */
  void fail(String function, int from, int to, int code) {
    call("test_fail", function, from, to, code);
  }

  /** Has every call of a function fail. */
  void failAlways(String function, int code) {
    fail(function, 1, Integer.MAX_VALUE, code);
  }

  /** Keeps a credential as another program would. */
  boolean put(String target, String comment, int type, byte[] secret) {
    return put(target, comment, null, type, secret, null);
  }

  /** The same with a user name and the attribute that git's helper keeps the expiry in. */
  boolean put(
      String target,
      String comment,
      @Nullable String user,
      int type,
      byte[] secret,
      @Nullable String expiry) {
    try (Memory name = wide(target);
        Memory text = wide(comment);
        Memory userName = wide(user == null ? "" : user);
        Memory keyword = wide("git_password_expiry_utc");
        Memory value = wide(expiry == null ? "" : expiry);
        Memory attribute = new Memory(24);
        Memory blob = new Memory(secret.length + 1);
        Memory credential = new Memory(80)) {
      blob.write(0, secret, 0, secret.length);
      credential.clear();
      credential.setInt(4, type);
      credential.setPointer(8, name);
      credential.setPointer(16, text);
      credential.setInt(32, secret.length);
      credential.setPointer(40, blob);
      credential.setInt(48, 2);
      if (user != null) {
        credential.setPointer(72, userName);
      }
      if (expiry != null) {
        attribute.clear();
        attribute.setPointer(0, keyword);
        attribute.setInt(12, 2 * expiry.length());
        attribute.setPointer(16, value);
        credential.setInt(52, 1);
        credential.setPointer(56, attribute);
      }
      return new Advapi32(path()).CredWriteW(credential, 0);
    }
  }

  private static Memory wide(String text) {
    byte[] bytes = (text + "\0").getBytes(UTF_16LE);
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }
}
