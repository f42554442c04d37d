package io.github.gitcredentialpat.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PersonalAccessTokenTest {
  /** The new form, with these letters where the month stands. */
  private static String issued(String mark, String letters) {
    return "r".repeat(52) + mark + letters + "p".repeat(16) + "AZDO" + "c".repeat(4);
  }

  private static YearMonth issuedIn(String token) {
    return PersonalAccessToken.issuedIn(token.getBytes(US_ASCII));
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
    assertThat(PersonalAccessToken.issuedIn(new byte[84])).isNull();
  }

  @Test
  void theFormOfATokenIsSeenByLengthAlphabetAndSignature() {
    String token = issued("JQQJ99", "CK");
    assertThat(PersonalAccessToken.isLike(token)).isTrue();
    assertThat(PersonalAccessToken.isLike("abcdefg234567".repeat(4))).isTrue();
    assertThat(PersonalAccessToken.isLike("eyJ" + "h".repeat(100) + ".payload.signature")).isTrue();
    assertThat(PersonalAccessToken.isLike(token.replace("AZDO", "AZDX"))).isFalse();
    assertThat(PersonalAccessToken.isLike(token.replace('r', '-'))).isFalse();
    assertThat(PersonalAccessToken.isLike(token + "c")).isFalse();
    assertThat(PersonalAccessToken.isLike("abcdefg234561".repeat(4))).isFalse();
    assertThat(PersonalAccessToken.isLike("a password")).isFalse();
  }
}
