package io.github.gitcredentialpat.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestTest {
  private static Request read(String text) throws IOException, ProtocolException {
    return Request.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @Test
  void readsEveryAttribute() throws Exception {
    Request request =
        read(
            """
            capability[]=authtype
            capability[]=state
            protocol=https
            host=dev.azure.com
            path=contoso/My Project/_git/My Repo
            username=Zoë
            password=pä=ss
            password_expiry_utc=1900000000
            oauth_refresh_token=refresh
            authtype=Bearer
            credential=abc
            ephemeral=1
            wwwauth[]=Bearer authorization_uri=https://example.com
            wwwauth[]=Basic realm="x"
            state[]=git-credential-pat:1
            """);
    assertThat(request.offers("authtype")).isTrue();
    assertThat(request.offers("state")).isTrue();
    assertThat(request.offers("other")).isFalse();
    assertThat(request.protocol()).isEqualTo("https");
    assertThat(request.host()).isEqualTo("dev.azure.com");
    assertThat(request.path()).isEqualTo("contoso/My Project/_git/My Repo");
    assertThat(request.username()).isEqualTo("Zoë");
    assertThat(request.password()).isEqualTo("pä=ss".getBytes(UTF_8));
    assertThat(request.passwordExpiry()).isEqualTo(1_900_000_000L);
    assertThat(request.oauthRefreshToken()).isEqualTo("refresh".getBytes(UTF_8));
    assertThat(request.authtype()).isEqualTo("Bearer");
    assertThat(request.credential()).isEqualTo("abc".getBytes(UTF_8));
    assertThat(request.ephemeral()).isTrue();
    assertThat(request.wwwauth()).hasSize(2);
    assertThat(request.serverOffers("basic")).isTrue();
    assertThat(request.serverOffers("Bas")).isFalse();
    assertThat(request.serverOffers("NTLM")).isFalse();
    assertThat(request.bringsBack("git-credential-pat:1")).isTrue();
    assertThat(request.bringsBack("git-credential-pat:2")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NTLM",
        "ntlm",
        "Bearer, Basic realm=\"https://tfs/tfs\", Negotiate, NTLM",
        "NTLM, Basic realm=\"https://tfs/tfs\"",
        "Basic realm=\"a\\\"b, c\", charset=\"UTF-8\" ,\tNTLM",
        "Basic realm = \"a\" , charset = UTF-8,NTLM",
        "Negotiate YIIabc/+==, NTLM TlRMTVNTUAACAAAA==",
        ", ,NTLM ,",
        "Digest realm=\"x\", qop=\"auth,auth-int\", nonce=\"\", NTLM",
        "Basic realm=\"x\\\\\", NTLM"
      })
  void aSchemeIsFoundAmongThoseThatShareAHeader(String header) throws Exception {
    assertThat(read("wwwauth[]=" + header + "\n").serverOffers("NTLM")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer, Basic realm=\"x, NTLM\", Negotiate",
        "Basic realm=\"x, NTLM, y\"",
        "Basic realm=\"x\\\", NTLM, \\\"y\"",
        "Basic NTLM=\"x\"",
        "Basic realm=\"x\", NTLM=\"y\"",
        "Basic realm=\"x\", ntlm = y",
        "Bearer NTLM",
        "NTLMv2, NTLM-2, XNTLM",
        "Basic realm=\"never closed, NTLM",
        "\"NTLM\"",
        ""
      })
  void whatOnlyLooksLikeASchemeIsNone(String header) throws Exception {
    assertThat(read("wwwauth[]=" + header + "\n").serverOffers("NTLM")).isFalse();
  }

  @Test
  void endsAtTheFirstEmptyLineWithoutWaitingForMore() throws Exception {
    InputStream never =
        new InputStream() {
          private final byte[] text = "protocol=https\nhost=a\n\n".getBytes(UTF_8);
          private int next;

          @Override
          public int read() {
            throw new AssertionError("read on after the empty line");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (next == text.length) {
              throw new AssertionError("read on after the empty line");
            }
            bytes[offset] = text[next++];
            return 1;
          }
        };
    assertThat(Request.read(never).host()).isEqualTo("a");
    assertThat(read("host=a\r\n\r\nhost=b\n").host()).isEqualTo("a");
  }

  @Test
  void dropsOneCarriageReturnRightBeforeTheLineFeed() throws Exception {
    assertThat(read("host=a\r\nprotocol=https\r\n").host()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host=a\rb\n",
        "host=a\r\r\n",
        "\rhost=a\n",
        "host=a\r",
        "ho\rst=a\n",
        "username=x\rhost=y\n"
      })
  void refusesAnyOtherCarriageReturn(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("carriage return");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host=a\0b\n", "ho\0st=a\n", "host\n", "protocol=https\nx\nhost=a\n"})
  void refusesNulAndLinesWithoutEquals(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void takesALineOf65535BytesAndNoMore() throws Exception {
    String longest = "x".repeat(65_535 - "password=\n".length());
    assertThat(read("password=" + longest + "\n").password()).hasSize(longest.length());
    assertThatThrownBy(() -> read("password=" + longest + "x\n"))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("65,535");
  }

  @Test
  void refusesARequestWithoutEnd() {
    String line = "x=" + "y".repeat(60_000) + "\n";
    assertThatThrownBy(() -> read(line.repeat(20))).isInstanceOf(ProtocolException.class);
  }

  @Test
  void keepsTheLastOfARepeatedKeyAndIsCaseSensitive() throws Exception {
    Request request = read("host=a\nhost=b\nHost=c\nunknown=d\n=e\n");
    assertThat(request.host()).isEqualTo("b");
  }

  @Test
  void anEmptyValueClearsAList() throws Exception {
    assertThat(read("wwwauth[]=Basic\nwwwauth[]=\nwwwauth[]=Bearer\n").wwwauth())
        .containsExactly("Bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "", "never", "-5", "99999999999999999999"})
  void anExpiryThatIsNoTimeMeansNever(String value) throws Exception {
    assertThat(read("password_expiry_utc=" + value + "\n").passwordExpiry()).isZero();
  }

  @Test
  void passwordsAreBytesButNamesMustBeUtf8() throws Exception {
    byte[] password = "password=\u00ff\u00fe\n".getBytes(ISO_8859_1);
    assertThat(Request.read(new ByteArrayInputStream(password)).password())
        .containsExactly(0xff, 0xfe);
    byte[] user = "username=\u00ff\n".getBytes(ISO_8859_1);
    assertThatThrownBy(() -> Request.read(new ByteArrayInputStream(user)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("username");
    assertThat(read("username=\uFFFD\n").username()).isEqualTo("\uFFFD");
  }

  @Test
  void showsNoSecretAndWipesThem() throws Exception {
    Request request =
        read(
            "username=t0ken\npassword=p4ss\noauth_refresh_token=r3fresh\ncredential=cr3d\nstate[]=st4te\n");
    assertThat(request.toString()).doesNotContain("t0ken", "p4ss", "r3fresh", "cr3d", "st4te");
    request.wipe();
    assertThat(request.password()).containsOnly(0);
    assertThat(request.credential()).containsOnly(0);
    assertThat(request.oauthRefreshToken()).containsOnly(0);
  }
}
