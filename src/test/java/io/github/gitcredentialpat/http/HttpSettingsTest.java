package io.github.gitcredentialpat.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpSettingsTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> git = new HashMap<>();

  private HttpSettings settings() throws ServiceException {
    return HttpSettings.of("https", environment, git::get);
  }

  private String proxy() throws ServiceException {
    URI proxy = settings().proxy();
    return proxy == null ? "none" : proxy.getHost() + ":" + proxy.getPort();
  }

  @Test
  void withoutAnythingThereIsNoProxyAndThePlatformsTrust() throws Exception {
    assertThat(settings()).isEqualTo(new HttpSettings(null, List.of(), null));
  }

  @Test
  void gitsProxyComesBeforeTheEnvironments() throws Exception {
    environment.put("ALL_PROXY", "http://e:1");
    assertThat(proxy()).isEqualTo("e:1");
    environment.put("all_proxy", "http://d:1");
    assertThat(proxy()).isEqualTo("d:1");
    environment.put("HTTPS_PROXY", "http://c:1");
    assertThat(proxy()).isEqualTo("c:1");
    environment.put("https_proxy", "http://b:1");
    assertThat(proxy()).isEqualTo("b:1");
    git.put("http.proxy", "http://a:1");
    assertThat(proxy()).isEqualTo("a:1");
  }

  @Test
  void anEmptyProxyIsNone() throws Exception {
    environment.put("all_proxy", "http://d:1");
    environment.put("https_proxy", "");
    assertThat(proxy()).isEqualTo("none");
    environment.put("https_proxy", "http://b:1");
    git.put("http.proxy", "");
    assertThat(proxy()).isEqualTo("none");
  }

  @Test
  void plainHttpHasItsOwnVariableInLowerCaseOnly() throws Exception {
    environment.put("https_proxy", "http://b:1");
    environment.put("HTTP_PROXY", "http://evil:1");
    assertThat(HttpSettings.of("http", environment, git::get).proxy()).isNull();
    environment.put("http_proxy", "http://plain:1");
    assertThat(HttpSettings.of("http", environment, git::get).proxy())
        .isEqualTo(URI.create("http://plain:1"));
  }

  @ParameterizedTest
  @CsvSource({
    "proxy, proxy:1080, ",
    "proxy:3128, proxy:3128, ",
    "http://proxy:3128/, proxy:3128, ",
    "HTTP://proxy:3128, proxy:3128, ",
    "http://[::1]:3128, [::1]:3128, ",
    "http://carol@proxy:3128, proxy:3128, carol",
    "carol:secret@proxy:3128, proxy:3128, carol:secret",
    "http://carol:p%40ss%3Aword%25@proxy:3128, proxy:3128, carol:p@ss:word%",
    "http://carol:p@ss@proxy:3128, proxy:3128, carol:p@ss",
    "http://carol:a+b@proxy:3128, proxy:3128, carol:a+b"
  })
  void aProxyIsTakenApartAsByCurl(String text, String address, String credentials)
      throws Exception {
    git.put("http.proxy", text);

    assertThat(proxy()).isEqualTo(address);
    assertThat(settings().proxy().getUserInfo()).isEqualTo(credentials);
    assertThat(settings().toString()).contains(address).doesNotContain("carol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://proxy:1080", "socks5h://carol:secret@proxy", "https://proxy"})
  void anotherKindOfProxyIsNamedWithWhatIsSupported(String text) {
    environment.put("all_proxy", text);

    assertThatThrownBy(this::settings)
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("all_proxy")
        .hasMessageContaining(text.substring(0, text.indexOf(':')))
        .hasMessageContaining("http://")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "http://:8080",
        "http://carol:secret@",
        "http://pro xy:1",
        "http://proxy:port",
        "http://carol:secret%zz@proxy:1"
      })
  void aProxyThatIsNotUnderstoodIsAnErrorWithoutItsPassword(String text) {
    git.put("http.proxy", text);

    assertThatThrownBy(this::settings)
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("http.proxy")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({
    "dev.azure.com, https://dev.azure.com/contoso",
    "azure.com, https://dev.azure.com/contoso",
    ".azure.com, https://dev.azure.com/contoso",
    ".azure.com, https://azure.com/",
    "'localhost, DEV.azure.COM', https://dev.azure.com/",
    "localhost dev.azure.com, https://DEV.azure.com/",
    "*, https://dev.azure.com/",
    "dev.azure.com:443, https://dev.azure.com/",
    "tfs.corp.local:8080, http://tfs.corp.local:8080/tfs",
    "tfs.corp.local:80, http://tfs.corp.local/tfs",
    "10.0.0.0/8, http://10.1.2.3:8080/tfs",
    "10.1.2.3, http://10.1.2.3/tfs",
    "10.1.2.3/32, http://10.1.2.3/tfs",
    "0.0.0.0/0, http://10.1.2.3/tfs",
    "[::1], http://[::1]:8080/tfs",
    "[::1]:8080, http://[::1]:8080/tfs",
    "::1, http://[::1]:8080/tfs"
  })
  void aHostThatNeedsNoProxyIsReachedDirectly(String noProxy, URI uri) throws Exception {
    git.put("http.proxy", "http://proxy:1");
    environment.put("NO_PROXY", "none");
    environment.put("no_proxy", noProxy);

    assertThat(settings().proxyFor(uri)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "[::1]:80, http://[::1]:8080/tfs",
    "::2, http://[::1]:8080/tfs",
    "zure.com, https://dev.azure.com/",
    "dev.azure.com:8443, https://dev.azure.com/",
    "dev.azure, https://dev.azure.com/",
    "vssps.dev.azure.com, https://dev.azure.com/",
    ".dev.azure.com., https://dev.azure.com/",
    "'localhost,', https://dev.azure.com/",
    ".,https://dev.azure.com/",
    "11.0.0.0/8, http://10.1.2.3/tfs",
    "10.0.0.0/33, http://10.1.2.3/tfs",
    "10.0.0/8, http://10.1.2.3/tfs",
    "10.0.0.0/x, http://10.1.2.3/tfs",
    "10.0.0.0/8, https://ten.example/"
  })
  void anyOtherHostIsReachedThroughTheProxy(String noProxy, URI uri) throws Exception {
    environment.put("https_proxy", "http://proxy:1");
    environment.put("no_proxy", noProxy);

    assertThat(settings().proxyFor(uri)).isEqualTo(URI.create("http://proxy:1"));
  }

  @Test
  void gitsVariableForCertificatesComesFirst() throws Exception {
    Path a = Files.createFile(folder.resolve("a"));
    Path b = Files.createFile(folder.resolve("b"));
    Path c = Files.createFile(folder.resolve("c"));
    Path d = Files.createFile(folder.resolve("d"));
    environment.put("CURL_CA_BUNDLE", d.toString());
    assertThat(settings().certificates()).isEqualTo(d);
    environment.put("SSL_CERT_FILE", c.toString());
    assertThat(settings().certificates()).isEqualTo(c);
    git.put("http.sslCAInfo", b.toString());
    assertThat(settings().certificates()).isEqualTo(b);
    environment.put("GIT_SSL_CAINFO", a.toString());
    assertThat(settings().certificates()).isEqualTo(a);
  }

  @Test
  void aFileOfCertificatesThatIsNotThereIsAnErrorAndNoOtherTakesItsPlace() throws Exception {
    environment.put("SSL_CERT_FILE", Files.createFile(folder.resolve("c")).toString());
    git.put("http.sslCAInfo", folder.resolve("absent.pem").toString());

    assertThatThrownBy(this::settings)
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("http.sslCAInfo")
        .hasMessageContaining("absent.pem");
    environment.put("GIT_SSL_CAINFO", folder.toString());
    assertThatThrownBy(this::settings).hasMessageContaining("GIT_SSL_CAINFO");
  }
}
