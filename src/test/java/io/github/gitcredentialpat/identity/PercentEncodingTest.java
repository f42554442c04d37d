package io.github.gitcredentialpat.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PercentEncodingTest {
  @Test
  void onlyWhatIsUnreservedStaysAsItIs() {
    assertThat(PercentEncoding.encode("aZ09-._~")).isEqualTo("aZ09-._~");
    assertThat(PercentEncoding.encode("a b@c:d/e?f#g+h%i\n"))
        .isEqualTo("a%20b%40c%3Ad%2Fe%3Ff%23g%2Bh%25i%0A");
    assertThat(PercentEncoding.encode("Zoë 世")).isEqualTo("Zo%C3%AB%20%E4%B8%96");
  }

  @Test
  void aPlusSignIsNoBlank() {
    assertThat(PercentEncoding.decode("a+b%20c%2bd")).isEqualTo("a+b c+d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "a b", "100%", "a+b", "Zoë Müller", "\u0000\u001f\u007f"})
  void whatIsEncodedComesBack(String text) {
    assertThat(PercentEncoding.decode(PercentEncoding.encode(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "a%2"})
  void whatNobodyEncodedIsRefused(String part) {
    assertThatIllegalArgumentException().isThrownBy(() -> PercentEncoding.decode(part));
  }
}
