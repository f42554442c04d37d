package io.github.gitcredentialpat.store.wincred;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The credential functions of Windows' wincred.h under their own names, for 64-bit Windows. After a
 * {@code false} the reason is in {@code Native.getLastError()}, until the next native call.
 *
 * <p>Strings are UTF-16LE with a zero at the end, in memory of the caller's. Nothing in here is
 * bound to Windows: {@code BOOL} and {@code DWORD} are {@code int}, and on 64 bits there is one
 * calling convention.
 */
@SuppressWarnings("MemberName") // The names are C's.
final class Advapi32 {
  static final int CRED_TYPE_GENERIC = 1;
  static final int CRED_PERSIST_LOCAL_MACHINE = 2;

  /** In bytes. */
  static final int CRED_MAX_CREDENTIAL_BLOB_SIZE = 5 * 512;

  /** In characters. */
  static final int CRED_MAX_GENERIC_TARGET_NAME_LENGTH = 32_767;

  /** In characters. */
  static final int CRED_MAX_USERNAME_LENGTH = 513;

  /** The offsets of the members of {@code CREDENTIALW}. */
  static final int TYPE = 4;

  static final int TARGET_NAME = 8;
  static final int COMMENT = 16;
  static final int LAST_WRITTEN = 24;
  static final int CREDENTIAL_BLOB_SIZE = 32;
  static final int CREDENTIAL_BLOB = 40;
  static final int PERSIST = 48;
  static final int ATTRIBUTE_COUNT = 52;
  static final int ATTRIBUTES = 56;
  static final int USER_NAME = 72;
  static final int SIZEOF_CREDENTIALW = 80;

  /** The offsets of the members of {@code CREDENTIAL_ATTRIBUTEW}. */
  static final int KEYWORD = 0;

  static final int VALUE_SIZE = 12;
  static final int VALUE = 16;
  static final int SIZEOF_CREDENTIAL_ATTRIBUTEW = 24;

  private final NativeLibrary library;

  /**
   * Loads the library of this name or path.
   *
   * @throws UnsatisfiedLinkError when there is none
   */
  Advapi32(String name) {
    library = NativeLibrary.getInstance(name);
  }

  boolean CredWriteW(Pointer credential, int flags) {
    return call("CredWriteW", credential, flags);
  }

  boolean CredReadW(Pointer targetName, int type, int flags, Pointer credential) {
    return call("CredReadW", targetName, type, flags, credential);
  }

  boolean CredDeleteW(Pointer targetName, int type, int flags) {
    return call("CredDeleteW", targetName, type, flags);
  }

  boolean CredEnumerateW(@Nullable Pointer filter, int flags, Pointer count, Pointer credentials) {
    return call("CredEnumerateW", filter, flags, count, credentials);
  }

  void CredFree(Pointer buffer) {
    library.getFunction("CredFree").invokeVoid(new Object[] {buffer});
  }

  private boolean call(String function, @Nullable Object... arguments) {
    return library.getFunction(function).invokeInt(arguments) != 0;
  }
}
