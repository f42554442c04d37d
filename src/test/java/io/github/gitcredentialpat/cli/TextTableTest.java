package io.github.gitcredentialpat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.platform.TextWidth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTableTest {
  private static TextTable table() {
    TextTable table = new TextTable("TOKEN FOR", "USER", "SCOPES", "LEFT").below(2, 1);
    table.add("contoso", "alice@example.com", "vso.code_write vso.packaging", "12 days");
    table.add("fabrikam", "-", "-", "expired").color(3, "31");
    return table;
  }

  private static Screen of(int width) {
    return new Screen(width, false, true);
  }

  @Test
  void inAPipeARowIsOneLine() {
    String all =
        """
        TOKEN FOR  USER               SCOPES                        LEFT
        contoso    alice@example.com  vso.code_write vso.packaging  12 days
        fabrikam   -                  -                             expired
        """;
    assertThat(table().text(Screen.NONE)).isEqualTo(all);
    assertThat(table().text(of(80))).isEqualTo(all);
  }

  @Test
  void whatDoesNotFitStandsBelow() {
    assertThat(table().text(of(50)))
        .isEqualTo(
            """
            TOKEN FOR  USER               LEFT
            contoso    alice@example.com  12 days
              scopes: vso.code_write vso.packaging
            fabrikam   -                  expired
            """);
    assertThat(table().text(of(30)))
        .isEqualTo(
            """
            TOKEN FOR  LEFT
            contoso    12 days
              user: alice@example.com
              scopes: vso.code_write
                vso.packaging
            fabrikam   expired
            """);
  }

  @Test
  void whereNothingFitsBesideTheFirstColumnAllStandsBelow() {
    assertThat(table().text(of(16)))
        .isEqualTo(
            """
            contoso
              user:
                alice@example.com
              scopes:
                vso.code_write
                vso.packaging
              left: 12 days
            fabrikam
              left: expired
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {25, 30, 40, 60, 80, 200})
  void noLineIsWiderThanTheTerminal(int width) {
    assertThat(table().text(of(width)).lines())
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(width));
  }

  @Test
  void columnsStandBelowEachOtherBehindWideCharacters() {
    TextTable table = new TextTable("USER", "LEFT");
    table.add("山田太郎", "1 day");
    table.add("e\u0301ve", "2 days");
    assertThat(table.text(Screen.NONE))
        .isEqualTo("USER      LEFT\n山田太郎  1 day\ne\u0301ve       2 days\n");
  }

  @Test
  void colorsTakeNoRoom() {
    String colored = table().text(new Screen(50, true, true));
    assertThat(colored).contains("  \u001b[31mexpired\u001b[0m\n");
    assertThat(colored.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(table().text(of(50)));
  }

  @Test
  void controlCharactersAreEscaped() {
    TextTable table = new TextTable("USER");
    table.add("a\u001b[2J");
    assertThat(table.text(of(80))).isEqualTo("USER\na\\x1b[2J\n");
  }
}
