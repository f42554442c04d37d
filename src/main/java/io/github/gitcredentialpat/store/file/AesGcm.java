package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM (NIST SP 800-38D) with a nonce of 12 bytes, fresh and random for each message, and a
 * tag of 16.
 */
final class AesGcm {
  /** The length of a nonce in bytes. */
  static final int NONCE = 12;

  /** The length of the tag in bytes. */
  static final int TAG = 16;

  private AesGcm() {}

  static byte[] nonce() {
    byte[] nonce = new byte[NONCE];
    new SecureRandom().nextBytes(nonce);
    return nonce;
  }

  /** The ciphertext with the tag behind it. */
  static byte[] seal(byte[] key, byte[] nonce, byte[] associated, byte[] plaintext)
      throws StoreException {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, nonce, associated).doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw noCipher(e);
    }
  }

  /** The plaintext; absent when the key is wrong or a single bit was changed. */
  static byte @Nullable [] open(byte[] key, byte[] nonce, byte[] associated, byte[] sealed)
      throws StoreException {
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce, associated).doFinal(sealed);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw noCipher(e);
    }
  }

  /**
   * No randomness: nonces are given, and nothing else is random here. Java would make a generator
   * of its own otherwise, which opens two devices. One class, for each is loaded at a get.
   */
  private static final class NoRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    NoRandom() {
      super(null, null);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      throw new IllegalStateException("nothing is random here");
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] associated)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG * 8, nonce), new NoRandom());
    cipher.updateAAD(associated);
    return cipher;
  }

  private static StoreException noCipher(GeneralSecurityException e) {
    return new StoreException(
        Reason.FAILED, "this Java runtime cannot do AES-256-GCM; use another JDK", e);
  }
}
