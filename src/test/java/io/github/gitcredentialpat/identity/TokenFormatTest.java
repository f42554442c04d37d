package io.github.gitcredentialpat.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenFormatTest {
  /** The new form, with these letters where the month stands. */
  private static String issued(String mark, String letters) {
    return "r".repeat(52) + mark + letters + "p".repeat(16) + "AZDO" + "c".repeat(4);
  }

  private static YearMonth issuedIn(String token) {
    return TokenFormat.issuedIn(token.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @CsvSource({
    "AG, 2024-07",
    "AL, 2024-12",
    "BA, 2025-01",
    "CK, 2026-11",
    "DC, 2027-03",
    "ZL, 2049-12"
  })
  void aTokenOfTodayCarriesItsMonth(String letters, YearMonth month) {
    assertThat(issuedIn(issued("JQQJ99", letters))).isEqualTo(month);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AM", "Aa", "A0", "aA", "1A", "@A", "[A", "A@"})
  void lettersThatAreNoMonthAreNone(String letters) {
    assertThat(issuedIn(issued("JQQJ99", letters))).isNull();
  }

  @Test
  void otherFormsCarryNoMonth() {
    String token = issued("JQQJ99", "CK");
    assertThat(issuedIn(issued("JQQJ98", "CK"))).isNull();
    assertThat(issuedIn(token.replace("AZDO", "AZDX"))).isNull();
    assertThat(issuedIn(token + "c")).isNull();
    assertThat(issuedIn(token.substring(1))).isNull();
    assertThat(issuedIn("abcdefg234567".repeat(4))).isNull();
    assertThat(issuedIn("")).isNull();
    assertThat(TokenFormat.issuedIn(new byte[84])).isNull();
  }

  @Test
  void theFormOfATokenIsSeenByLengthAlphabetAndSignature() {
    String token = issued("JQQJ99", "CK");
    assertThat(TokenFormat.isLike(token)).isTrue();
    assertThat(TokenFormat.isLike("abcdefg234567".repeat(4))).isTrue();
    assertThat(TokenFormat.isLike("eyJ" + "h".repeat(100) + ".payload.signature")).isTrue();
    assertThat(TokenFormat.isLike(token.replace("AZDO", "AZDX"))).isFalse();
    assertThat(TokenFormat.isLike(token.replace('r', '-'))).isFalse();
    assertThat(TokenFormat.isLike(token + "c")).isFalse();
    assertThat(TokenFormat.isLike("abcdefg234561".repeat(4))).isFalse();
    assertThat(TokenFormat.isLike("a password")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@",
        "@\n",
        "@\r\n",
        " \t@ \r\n\n",
        "\uFEFF@\r\n",
        "\u200B@\u200B\u200D",
        "\u00A0@\u00A0",
        "\u2060\u202F@\u3000\u2028",
        "\"@\"",
        "'@'",
        "`@`",
        "\u201C@\u201D",
        "\u201E@\u201C",
        "\uFEFF \"'@'\u200B\" \n",
        "\"\"@\"\""
      })
  void whatClingsToACopiedTokenIsTakenOff(String copied) {
    String token = "abcdefg234567".repeat(4);
    byte[] bytes = copied.replace("@", token).getBytes(UTF_8);
    byte[] untouched = bytes.clone();
    assertThat(TokenFormat.bare(bytes)).isEqualTo(token.getBytes(US_ASCII));
    assertThat(TokenFormat.bareIfToken(bytes)).isEqualTo(token.getBytes(US_ASCII));
    assertThat(bytes).isEqualTo(untouched);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"",
        "'",
        "\"a",
        "a\"",
        "\"a'",
        "a b",
        "a\"b",
        "caf\u00e9",
        "\u201Ca",
        "\u4e16"
      })
  void whatBelongsToATextStays(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(TokenFormat.bare(bytes)).isSameAs(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "\"\"", "\uFEFF", "'\u200B'"})
  void ofWhatOnlyClingsNothingIsLeft(String text) {
    assertThat(TokenFormat.bare(text.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void quotesAndBlanksOfAPasswordAreItsOwn() {
    byte[] password = " \"secret\" ".getBytes(UTF_8);
    assertThat(TokenFormat.bare(password)).isEqualTo("secret".getBytes(UTF_8));
    assertThat(TokenFormat.bareIfToken(password)).isSameAs(password);
  }

  @Test
  void readsWhatPowerShellWritesIntoAFile() {
    String token = "abcdefg234567".repeat(4);
    byte[] file = ("\uFEFF" + token + "\r\n").getBytes(UTF_16LE);
    assertThat(TokenFormat.bare(file)).isEqualTo(token.getBytes(US_ASCII));
    byte[] chinese = "\uFEFF\u4e16".getBytes(UTF_16LE);
    assertThat(TokenFormat.bare(chinese)).isSameAs(chinese);
  }

  @Test
  void saysWhetherThereWasMoreThanALineEnd() {
    for (String text : List.of("a", " a\r\n", "", "\"", "\"a")) {
      assertThat(TokenFormat.isMarked(text.getBytes(UTF_8))).as(text).isFalse();
    }
    for (String text : List.of("\uFEFFa\n", "a\u200B", " 'a'\n", "\u00A0a")) {
      assertThat(TokenFormat.isMarked(text.getBytes(UTF_8))).as(text).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "$(System.AccessToken), true",
    "${{ parameters.token }}, true",
    "$[variables.token], true",
    "$, false",
    "'', false",
    "token, false"
  })
  void knowsAnExpressionThatAPipelineDidNotReplace(String text, boolean unresolved) {
    assertThat(TokenFormat.isUnresolved(text.getBytes(UTF_8))).isEqualTo(unresolved);
  }
}
