package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreException;
import org.jspecify.annotations.Nullable;

/** The calls of {@link Advapi32} with the memory and the error codes that belong to them. */
final class CredentialManager {
  /** In characters; leaves room for what a part adds to a target name. */
  static final int LONGEST_TARGET = Advapi32.CRED_MAX_GENERIC_TARGET_NAME_LENGTH - 32;

  private final Environment surroundings;
  private final String libraryName;
  private @Nullable Advapi32 advapi32;

  /** Uses the library of this name or path, which is loaded with the first call. */
  CredentialManager(Environment surroundings, String libraryName) {
    this.surroundings = surroundings;
    this.libraryName = libraryName;
  }

  /**
   * All credentials whose target names begin like this, and others of other types.
   *
   * @param subject whose they are, for the messages of failures
   */
  CredentialList enumerate(String beginning, String subject) throws StoreException {
    Advapi32 api = advapi32();
    if (beginning.length() > LONGEST_TARGET) {
      return CredentialList.none(api);
    }
    Pointer filter = allocate(beginning + "*");
    Pointer results = allocate(2 * Native.POINTER_SIZE);
    try {
      if (api.CredEnumerateW(filter, 0, results, results.share(Native.POINTER_SIZE))) {
        return CredentialList.all(api, results.getPointer(Native.POINTER_SIZE), results.getInt(0));
      }
      int error = Native.getLastError();
      if (CredentialFailure.isNotFound(error)) {
        return CredentialList.none(api);
      }
      throw CredentialFailure.of(error, subject);
    } finally {
      free(filter);
      free(results);
    }
  }

  /** The generic credential of this name; none when there is none. */
  CredentialList read(String target, String subject) throws StoreException {
    Advapi32 api = advapi32();
    if (target.length() > LONGEST_TARGET) {
      return CredentialList.none(api);
    }
    Pointer name = allocate(target);
    Pointer result = allocate(Native.POINTER_SIZE);
    try {
      if (api.CredReadW(name, Advapi32.CRED_TYPE_GENERIC, 0, result)) {
        return CredentialList.one(api, result.getPointer(0));
      }
      int error = Native.getLastError();
      if (CredentialFailure.isNotFound(error)) {
        return CredentialList.none(api);
      }
      throw CredentialFailure.of(error, subject);
    } finally {
      free(name);
      free(result);
    }
  }

  /** Writes a generic credential whose secret is this part of the payload. */
  void write(
      String target,
      @Nullable String comment,
      @Nullable String user,
      byte[] payload,
      int start,
      int length,
      String subject)
      throws StoreException {
    Advapi32 api = advapi32();
    byte[] targetName = wide(target);
    byte[] commentText = wide(comment == null ? "" : comment);
    boolean withUser = user != null && user.length() < Advapi32.CRED_MAX_USERNAME_LENGTH;
    byte[] userName = wide(withUser ? user : "");
    int targetAt = Advapi32.SIZEOF_CREDENTIALW;
    int commentAt = targetAt + targetName.length;
    int userAt = commentAt + commentText.length;
    int blobAt = userAt + userName.length;
    int size = blobAt + length;
    // One piece, outside the collector's reach, which moves and frees what only C still points to.
    Pointer credential = allocate(size);
    try {
      credential.setInt(Advapi32.TYPE, Advapi32.CRED_TYPE_GENERIC);
      credential.setInt(Advapi32.PERSIST, Advapi32.CRED_PERSIST_LOCAL_MACHINE);
      put(credential, Advapi32.TARGET_NAME, targetAt, targetName);
      if (comment != null) {
        put(credential, Advapi32.COMMENT, commentAt, commentText);
      }
      if (withUser) {
        put(credential, Advapi32.USER_NAME, userAt, userName);
      }
      credential.setInt(Advapi32.CREDENTIAL_BLOB_SIZE, length);
      credential.setPointer(Advapi32.CREDENTIAL_BLOB, credential.share(blobAt));
      credential.write(blobAt, payload, start, length);
      if (!api.CredWriteW(credential, 0)) {
        throw CredentialFailure.of(Native.getLastError(), subject);
      }
    } finally {
      credential.setMemory(0, size, (byte) 0);
      free(credential);
    }
  }

  /** Removes one generic credential; the error code, 0 when it is gone. */
  int remove(String target) throws StoreException {
    Advapi32 api = advapi32();
    Pointer name = allocate(target);
    try {
      return api.CredDeleteW(name, Advapi32.CRED_TYPE_GENERIC, 0) ? 0 : Native.getLastError();
    } finally {
      free(name);
    }
  }

  private Advapi32 advapi32() throws StoreException {
    surroundings.deadline().doing("waiting for the Windows Credential Manager");
    if (advapi32 == null) {
      try {
        advapi32 = new Advapi32(libraryName);
      } catch (LinkageError e) {
        throw CredentialFailure.noLibrary(e);
      }
    }
    return advapi32;
  }

  private static void put(Pointer credential, int member, int at, byte[] text) {
    credential.write(at, text, 0, text.length);
    credential.setPointer(member, credential.share(at));
  }

  private static byte[] wide(String text) {
    return (text + "\0").getBytes(UTF_16LE);
  }

  private static Pointer allocate(String text) {
    byte[] wide = wide(text);
    Pointer memory = allocate(wide.length);
    memory.write(0, wide, 0, wide.length);
    return memory;
  }

  /** Memory full of zeros; {@link #free} gives it back. */
  private static Pointer allocate(int size) {
    Pointer memory = new Pointer(Native.malloc(size));
    memory.setMemory(0, size, (byte) 0);
    return memory;
  }

  private static void free(Pointer memory) {
    Native.free(Pointer.nativeValue(memory));
  }
}
