package io.github.gitcredentialpat.store.keychain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ItemNameTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "https, dev.azure.com, contoso, alice, https://alice@dev.azure.com/contoso",
        "https, dev.azure.com, -, -, https://dev.azure.com",
        "https, dev.azure.com, '', '', https://@dev.azure.com/",
        "http, tfs:8080, tfs/a b, CORP\\alice, http://CORP\\alice@tfs:8080/tfs/a b",
        "https, h, p@q:r%20, a@b:c/d%e, https://a%40b%3ac%2fd%25e@h/p@q:r%20",
        "https, '[::1]:8443', -, -, https://[::1]:8443",
        "https, a/b@c, -, -, https://a%2fb%40c"
      })
  void aNameReadsLikeAnAddress(
      String protocol, String host, String path, String user, String name) {
    EntryKey key = new EntryKey(new Identity(protocol, host, path), user);
    assertThat(ItemName.of(key)).isEqualTo(name);
    assertThat(ItemName.parse(name)).isEqualTo(key);
  }

  @Test
  void differentKeysHaveDifferentNames() {
    // Short parts of the letters that matter, so that keys nearly collide.
    Random random = new Random(20_261_123);
    Map<String, EntryKey> names = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      EntryKey key =
          new EntryKey(
              new Identity(part(random), part(random), optional(random)), optional(random));
      String name = ItemName.of(key);
      assertThat(ItemName.parse(name)).as(name).isEqualTo(key);
      EntryKey other = names.putIfAbsent(name, key);
      assertThat(other == null || other.equals(key)).as(name).isTrue();
    }
    assertThat(names).hasSizeGreaterThan(10_000);
  }

  private static String optional(Random random) {
    return random.nextInt(4) == 0 ? null : part(random);
  }

  private static String part(Random random) {
    StringBuilder part = new StringBuilder();
    for (int length = random.nextInt(4); length > 0; length--) {
      part.append("a:/@%4".charAt(random.nextInt(6)));
    }
    return part.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "realm", "https:/x", "https://a%4", "https://a%zz", "https://a%41"})
  void whatIsNoNameIsNoKey(String text) {
    assertThat(ItemName.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "host, 4",
    "host:8443, 4",
    "host:, 5",
    "host:123456, 11",
    "host8443, 8",
    ":1, 2",
    "8443, 4",
    "[::1], 5",
    "[::1]:80, 5",
    "host:a1, 7"
  })
  void aPortIsDigitsAfterTheLastColon(String host, int start) {
    assertThat(ItemName.portStart(host)).isEqualTo(start);
  }
}
