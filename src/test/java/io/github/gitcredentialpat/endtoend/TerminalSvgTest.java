package io.github.gitcredentialpat.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.UserName;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

final class TerminalSvgTest {
  private static List<String> lines(String svg) throws Exception {
    NodeList texts =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(UTF_8)))
            .getElementsByTagName("text");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < texts.getLength(); i++) {
      lines.add(texts.item(i).getTextContent());
    }
    return lines;
  }

  @Test
  void showsWhatATerminalShows() throws Exception {
    TerminalSvg picture = new TerminalSvg(10);
    picture.typed("ls <a> & b");
    picture.printed("0%\r50%\r100%\r\n\u001b[31;1mred\u001b[0m\u001b[K end\r\n0123456789abc\r\n");
    picture.prompt();
    String svg = picture.text();
    assertThat(lines(svg))
        .containsExactly("$ ls <a> & b", "100%", "red end", "0123456789", "abc", "$ \u2588");
    assertThat(svg).contains("<tspan fill=\"#ff7b72\">red</tspan> end");
  }

  @Test
  void theRecordedPictureHasItsCommandsAndNoToken() throws Exception {
    List<String> lines = lines(Files.readString(Path.of("docs/demo.svg")));
    assertThat(lines)
        .anyMatch(line -> line.startsWith("$ git clone https://dev.azure.com/contoso/"))
        .anyMatch(line -> line.startsWith("git-credential-pat: ") && line.contains(" expires "))
        .anyMatch(line -> line.startsWith("$ git-credential-pat token rotate contoso"));
    for (String line : lines) {
      assertThat(line.length()).isLessThanOrEqualTo(80);
      assertThat(line.split("[^A-Za-z0-9_]+")).noneMatch(UserName::isToken);
    }
  }
}
