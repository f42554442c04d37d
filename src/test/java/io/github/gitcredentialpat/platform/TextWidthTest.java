package io.github.gitcredentialpat.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextWidthTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "contoso, 7",
    "für, 3",
    "山田太郎, 8",
    "김철수, 6",
    "\u1112\u1161\u11ab, 2",
    "ｆｕｌｌ, 8",
    "e\u0301, 1",
    "\u0e01\u0e34, 1",
    "a\u200db, 2",
    "\ud83d\ude00, 2",
    "\ud83d\ude00\ufe0f, 2",
    "𠮷, 2",
    "✓ ✗, 3"
  })
  void wideCharactersCountTwiceAndMarksNot(String text, int width) {
    assertThat(TextWidth.of(text)).isEqualTo(width);
  }

  @Test
  void linesAreBrokenAtBlanks() {
    assertThat(TextWidth.wrap("one two three four", 9, "  ")).isEqualTo("one two\n  three\n  four");
    assertThat(TextWidth.wrap("one two", 7, "")).isEqualTo("one two");
    assertThat(TextWidth.wrap("  two words", 5, "  ")).isEqualTo("  two\n  words");
    assertThat(TextWidth.wrap("", 5, "  ")).isEmpty();
  }

  @Test
  void anAddressStaysWholeOnALineOfItsOwn() {
    String address = "https://dev.azure.com/contoso/_usersSettings/tokens";
    assertThat(TextWidth.wrap("see " + address + " and repeat", 20, ""))
        .isEqualTo("see\n" + address + "\nand repeat");
  }

  @Test
  void wideCharactersFillALineSooner() {
    assertThat(TextWidth.wrap("山田 太郎 x", 6, "")).isEqualTo("山田\n太郎 x");
  }
}
