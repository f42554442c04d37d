package io.github.gitcredentialpat.store.keyutils;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class KeyctlTest {
  private static final int ENOKEY = 126;

  private static Keyctl keyctl() {
    try {
      return new Keyctl();
    } catch (LinkageError e) {
      Requires.present(false, "libkeyutils");
      throw e;
    }
  }

  @Test
  void aKeyIsAddedFoundReadAndUnlinked() {
    Keyctl keyctl = keyctl();
    String description = "git-credential-pat-test:" + new SecureRandom().nextLong();
    byte[] payload = {0, 1, 2, (byte) 0xff};
    int key = keyctl.addKey(description, payload, Keyctl.PROCESS_KEYRING);
    Requires.present(key > 0, "the kernel's keyring, errno " + -key);
    assertThat(keyctl.search(Keyctl.PROCESS_KEYRING, description)).isEqualTo(key);
    assertThat(keyctl.read(key, 4)).isEqualTo(payload);
    assertThat(keyctl.read(key, 3)).as("longer than the limit").isNull();
    assertThat(keyctl.setTimeout(key, 60)).isZero();
    assertThat(keyctl.setPermissions(key, Keyctl.POSSESSOR_ONLY)).isZero();
    assertThat(keyctl.read(key, 4)).isEqualTo(payload);
    assertThat(keyctl.unlink(key, Keyctl.PROCESS_KEYRING)).isZero();
    assertThat(keyctl.search(Keyctl.PROCESS_KEYRING, description)).isEqualTo(-ENOKEY);
    assertThat(keyctl.read(key, 4)).isNull();
  }
}
