package io.github.gitcredentialpat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseTest {
  @Test
  void writesLinesInOrder() throws Exception {
    Response answer = new Response();
    answer.add("username", "Zoë");
    answer.add("password", "x".repeat(20_000).getBytes(UTF_8));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeTo(out);
    assertThat(out.toString(UTF_8))
        .isEqualTo("username=Zoë\npassword=" + "x".repeat(20_000) + "\n");
  }

  @Test
  void saysNothingWhenNothingWasAdded() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Response().writeTo(out);
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nhost=evil.example", "a\0"})
  void refusesAValueThatWouldForgeAnAttribute(String value) {
    assertThatThrownBy(() -> new Response().add("username", value))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
