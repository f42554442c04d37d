package io.github.gitcredentialpat.notice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What other systems' script hosts are handed: their script is fixed, and the texts are no part of
 * it.
 */
final class DesktopTest {
  private static final Notice NASTY =
      new Notice("-e \"; do shell script \"id\" #\n$(id)", "'; calc; `id` \r\nü", false);

  @Test
  void macOsGetsTheTextsAsArguments() {
    List<String> command = Desktop.osascript(NASTY);
    assertThat(command.get(0)).isEqualTo("/usr/bin/osascript");
    assertThat(command.subList(1, 7).toString()).doesNotContain("id");
    assertThat(command.subList(7, 9))
        .containsExactly(" -e \"; do shell script \"id\" # $(id)", " '; calc; `id`   ü");
  }

  @Test
  void windowsGetsTheTextsAsLinesOfItsInput() {
    List<String> command = Desktop.powerShell(Path.of("C:\\Windows"));
    assertThat(command.get(0)).endsWith("powershell.exe").startsWith("C:\\Windows");
    assertThat(command).doesNotContain("calc");
    // A quotation mark in it would have to survive how Windows takes a command line apart.
    assertThat(command.get(command.size() - 1)).doesNotContain("\"").contains("ReadLine()");
    assertThat(new String(Desktop.lines(NASTY), US_ASCII).split("\r\n"))
        .containsExactly("-e \"; do shell script \"id\" # $(id)", "'; calc; `id`   ?");
  }
}
