package io.github.gitcredentialpat.store.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyPathTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "https, dev.azure.com, contoso, none, https/dev.azure.com/contoso/_",
        "https, dev.azure.com, contoso, alice@example.com, https/dev.azure.com/contoso/alice%40example.com",
        "https, tfs.corp.local:8443, tfs/main, 'CORP\\alice', https/tfs.corp.local%3A8443/tfs%2Fmain/CORP%5Calice",
        "https, github.com, none, '', https/github.com/_/__",
        "https, github.com, a/b.git, _, https/github.com/a%2Fb.git/%5F",
        "https, github.com, .., ..., https/github.com/%2E%2E/%2E%2E%2E",
        "https, github.com, __, a..b, https/github.com/%5F_/a.%2Eb",
      })
  void eachKeyHasItsPath(
      String protocol, String host, @Nullable String path, @Nullable String user, String expected) {
    EntryKey key = new EntryKey(new Identity(protocol, host, path), user);
    assertThat(KeyPath.of(key)).isEqualTo(expected);
    String[] segments = expected.split("/");
    assertThat(KeyPath.parse(segments[0], segments[1], segments[2], segments[3])).isEqualTo(key);
  }

  @Test
  void noTwoKeysShareAPath() {
    String[] texts = {
      "a", "A", "_", "__", "%", "%5F", "%255F", ".", "..", "", "a/b", "a%2Fb", "\u00e4", " "
    };
    Set<String> paths = new HashSet<>();
    for (String path : texts) {
      for (String user : texts) {
        EntryKey key = new EntryKey(new Identity("https", "h", path), user);
        String where = KeyPath.of(key);
        assertThat(paths.add(where)).as(where).isTrue();
        assertThat(where).doesNotContain("..").matches("https/h/[\\w.~%-]+/[\\w.~%-]+");
        String[] segments = where.split("/");
        assertThat(KeyPath.parse(segments[0], segments[1], segments[2], segments[3]))
            .isEqualTo(key);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "_, h, p, u",
    "https, _, p, u",
    "https, h, p, %61",
    "https, h, p, %zz",
    "https, h, p, %",
    "https, h, p, a+b",
    "https, h, p, a/",
  })
  void aNameOfSomebodyElseIsNoKey(String protocol, String host, String path, String user) {
    assertThat(KeyPath.parse(protocol, host, path, user)).isNull();
  }
}
