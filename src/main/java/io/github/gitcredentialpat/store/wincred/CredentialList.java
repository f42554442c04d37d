package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** Credentials that Windows handed out. Closing wipes their secrets and gives the memory back. */
final class CredentialList implements AutoCloseable {
  private static final Pointer[] NONE = {};

  /** From 1601, where a FILETIME begins, to 1970. */
  private static final long EPOCH_MILLIS = 11_644_473_600_000L;

  private final Advapi32 advapi32;
  private final @Nullable Pointer memory;
  private final Pointer[] credentials;
  private final String[] targets;

  private CredentialList(Advapi32 advapi32, @Nullable Pointer memory, Pointer[] credentials) {
    this.advapi32 = advapi32;
    this.memory = memory;
    this.credentials = credentials;
    targets = new String[credentials.length];
    for (int i = 0; i < credentials.length; i++) {
      // Only generic ones are ours, whatever their name.
      String target =
          credentials[i].getInt(Advapi32.TYPE) == Advapi32.CRED_TYPE_GENERIC
              ? text(credentials[i].getPointer(Advapi32.TARGET_NAME))
              : null;
      targets[i] = target == null ? "" : target;
    }
  }

  static CredentialList none(Advapi32 advapi32) {
    return new CredentialList(advapi32, null, NONE);
  }

  /** Takes over what {@code CredReadW} gave. */
  static CredentialList one(Advapi32 advapi32, Pointer memory) {
    return new CredentialList(advapi32, memory, new Pointer[] {memory});
  }

  /** Takes over what {@code CredEnumerateW} gave: an array of this many pointers. */
  static CredentialList all(Advapi32 advapi32, Pointer memory, int count) {
    Pointer[] credentials = new Pointer[count];
    for (int i = 0; i < count; i++) {
      credentials[i] = memory.getPointer((long) i * Native.POINTER_SIZE);
    }
    return new CredentialList(advapi32, memory, credentials);
  }

  int size() {
    return credentials.length;
  }

  /** Its target name; empty when it is of another type than ours. */
  String target(int i) {
    return targets[i];
  }

  /** The index of the credential with this target name; -1 when there is none. */
  int indexOf(String target) {
    for (int i = 0; i < targets.length; i++) {
      if (targets[i].equals(target)) {
        return i;
      }
    }
    return -1;
  }

  @Nullable String comment(int i) {
    return text(credentials[i].getPointer(Advapi32.COMMENT));
  }

  @Nullable String userName(int i) {
    return text(credentials[i].getPointer(Advapi32.USER_NAME));
  }

  /** The value of an attribute that is a text; null when there is none of that name. */
  @Nullable String attribute(int i, String keyword) {
    Pointer attributes = credentials[i].getPointer(Advapi32.ATTRIBUTES);
    int count = attributes == null ? 0 : credentials[i].getInt(Advapi32.ATTRIBUTE_COUNT);
    for (int j = 0; j < count; j++) {
      Pointer attribute = attributes.share((long) j * Advapi32.SIZEOF_CREDENTIAL_ATTRIBUTEW);
      if (keyword.equals(text(attribute.getPointer(Advapi32.KEYWORD)))) {
        Pointer value = attribute.getPointer(Advapi32.VALUE);
        int size = attribute.getInt(Advapi32.VALUE_SIZE);
        return value == null ? null : new String(value.getByteArray(0, size), UTF_16LE);
      }
    }
    return null;
  }

  /** When it was written, in milliseconds since the epoch. */
  long lastWrittenMillis(int i) {
    // A FILETIME, in units of 100 ns since 1601.
    return credentials[i].getLong(Advapi32.LAST_WRITTEN) / 10_000 - EPOCH_MILLIS;
  }

  /** The length of its secret in bytes. */
  int blobSize(int i) {
    return credentials[i].getInt(Advapi32.CREDENTIAL_BLOB_SIZE);
  }

  void copyBlob(int i, byte[] to, int at) {
    int size = blobSize(i);
    if (size > 0) {
      credentials[i].getPointer(Advapi32.CREDENTIAL_BLOB).read(0, to, at, size);
    }
  }

  @Override
  public void close() {
    for (Pointer credential : credentials) {
      Pointer blob = credential.getPointer(Advapi32.CREDENTIAL_BLOB);
      if (blob != null) {
        blob.setMemory(0, credential.getInt(Advapi32.CREDENTIAL_BLOB_SIZE), (byte) 0);
      }
    }
    if (memory != null) {
      advapi32.CredFree(memory);
    }
  }

  private static @Nullable String text(@Nullable Pointer text) {
    if (text == null) {
      return null;
    }
    // By hand: JNA reads wide characters as wide as the platform it runs on has them.
    int length = 0;
    while (text.getShort(length) != 0) {
      length += 2;
    }
    return new String(text.getByteArray(0, length), UTF_16LE);
  }
}
