package io.github.gitcredentialpat.http;

import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.PercentEncoding;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How this machine reaches the network, as git's configuration and the environment say it.
 *
 * @param proxy the proxy, {@code http} with a port, and with {@code user:password@} when it wants
 *     them; absent for none
 * @param noProxy the hosts that are reached without it, as curl's {@code no_proxy} names them: a
 *     host with all below it, with or without a leading dot and a port; an IPv4 network such as
 *     {@code 10.0.0.0/8}; or {@code *}
 * @param certificates a PEM file with the certificate authorities to trust instead of the
 *     platform's, or a folder of such files; absent for the platform's
 * @param certificatesFrom the setting that names them, for a person
 */
public record HttpSettings(
    @Nullable URI proxy,
    List<String> noProxy,
    @Nullable Path certificates,
    String certificatesFrom) {
  private static final String CERTIFICATES = "http.sslCAInfo";

  /** The port of a proxy that names none; curl's own. */
  private static final int PROXY_PORT = 1080;

  /** The same, with certificates as git's configuration names them. */
  public HttpSettings(@Nullable URI proxy, List<String> noProxy, @Nullable Path certificates) {
    this(proxy, noProxy, certificates, CERTIFICATES);
  }

  /**
   * The same way with certificate authorities that another program's settings name; absent for the
   * platform's.
   *
   * @param setting the setting that names them, for a person
   */
  public HttpSettings trusting(@Nullable Path otherCertificates, String setting) {
    return new HttpSettings(proxy, noProxy, otherCertificates, setting);
  }

  /**
   * What git and curl would do: {@code http.proxy}, then {@code https_proxy} (for plain http {@code
   * http_proxy}), then {@code all_proxy}, all but for {@code no_proxy}; {@code GIT_SSL_CAINFO},
   * then {@code http.sslCAInfo}, {@code SSL_CERT_FILE} and {@code CURL_CA_BUNDLE}. An empty proxy
   * is none.
   *
   * @param protocol {@code https} or {@code http}: what is to be reached
   * @param environment the variables; of two spellings the lower case one wins
   * @param git the value of a key of git's configuration as it applies to what is to be reached, a
   *     path as {@code --type=path} gives it; absent when it is not set
   * @throws ServiceException {@code UNREACHABLE} when the proxy is of a kind that is not supported
   *     or the file with certificates is not there
   */
  public static HttpSettings of(
      String protocol, Map<String, String> environment, Function<String, @Nullable String> git)
      throws ServiceException {
    String source = "http.proxy";
    String proxy = git.apply(source);
    if (proxy == null) {
      source = protocol + "_proxy";
      // curl ignores HTTP_PROXY: a web server's CGI programs get it from whoever asks.
      proxy = protocol.equals("http") ? environment.get(source) : inEitherCase(environment, source);
    }
    if (proxy == null) {
      source = "all_proxy";
      proxy = inEitherCase(environment, source);
    }
    String noProxy = inEitherCase(environment, "no_proxy");
    return new HttpSettings(
        proxy == null || proxy.isEmpty() ? null : proxy(proxy, source),
        noProxy == null ? List.of() : words(noProxy),
        certificates(environment, git));
  }

  /** The proxy that leads to this address; absent when it is reached directly. */
  @Nullable URI proxyFor(URI uri) {
    if (proxy == null) {
      return null;
    }
    String host = withoutBrackets(uri.getHost().toLowerCase(Locale.ROOT));
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443;
    for (String word : noProxy) {
      if (word.equals("*") || isMeant(word.toLowerCase(Locale.ROOT), host, port)) {
        return null;
      }
    }
    return proxy;
  }

  /** Without the proxy's credentials. */
  @Override
  public String toString() {
    String where = proxy == null ? "none" : proxy.getHost() + ":" + proxy.getPort();
    return "HttpSettings[proxy="
        + where
        + ", noProxy="
        + noProxy
        + ", certificates="
        + certificates
        + "]";
  }

  private static @Nullable String inEitherCase(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null ? environment.get(name.toUpperCase(Locale.ROOT)) : value;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(text, ", \t");
    while (tokens.hasMoreTokens()) {
      words.add(tokens.nextToken());
    }
    return List.copyOf(words);
  }

  /** Takes a proxy's address apart as curl does, where a password may hold an {@code @}. */
  private static URI proxy(String text, String source) throws ServiceException {
    int scheme = text.indexOf("://");
    String kind = scheme < 0 ? "http" : text.substring(0, scheme).toLowerCase(Locale.ROOT);
    if (!kind.equals("http")) {
      throw new ServiceException(
          Reason.UNREACHABLE,
          "the proxy in "
              + source
              + " is of kind "
              + (kind.equals("https") || kind.startsWith("socks") ? kind : "unknown")
              + ", but only http:// proxies are supported; set http.proxy to one");
    }
    String rest = scheme < 0 ? text : text.substring(scheme + 3);
    int at = rest.lastIndexOf('@');
    String address = rest.substring(at + 1);
    int slash = address.indexOf('/');
    try {
      URI uri = new URI("http://" + (slash < 0 ? address : address.substring(0, slash)));
      if (uri.getHost() != null) {
        return new URI(
            "http",
            at < 0 ? null : PercentEncoding.decode(rest.substring(0, at)),
            uri.getHost(),
            uri.getPort() < 0 ? PROXY_PORT : uri.getPort(),
            null,
            null,
            null);
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Said below, and without the exception: it would show a password.
    }
    throw new ServiceException(
        Reason.UNREACHABLE, "the proxy in " + source + " is invalid; write it as http://host:port");
  }

  private static @Nullable Path certificates(
      Map<String, String> environment, Function<String, @Nullable String> git)
      throws ServiceException {
    String source = "GIT_SSL_CAINFO";
    String file = environment.get(source);
    if (file == null) {
      source = CERTIFICATES;
      file = git.apply(source);
    }
    if (file == null) {
      source = "SSL_CERT_FILE";
      file = environment.get(source);
    }
    if (file == null) {
      source = "CURL_CA_BUNDLE";
      file = environment.get(source);
    }
    if (file == null || file.isEmpty()) {
      return null;
    }
    try {
      Path path = Path.of(file);
      if (Files.isRegularFile(path) && Files.isReadable(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Not readable either.
    }
    throw new ServiceException(
        Reason.UNREACHABLE,
        "cannot read the certificate file in " + source + ": " + file + "; correct " + source);
  }

  private static boolean isMeant(String word, String host, int port) {
    int slash = word.indexOf('/');
    if (slash >= 0) {
      return isInNetwork(word.substring(0, slash), word.substring(slash + 1), host);
    }
    String name = word;
    int bracket = word.lastIndexOf(']');
    int colon = word.indexOf(':', bracket + 1);
    // More than one colon: an IPv6 address without brackets.
    if (colon >= 0 && colon == word.lastIndexOf(':')) {
      if (!word.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = word.substring(0, colon);
    }
    name = withoutBrackets(name.startsWith(".") ? name.substring(1) : name);
    return host.equals(name) || (!name.isEmpty() && host.endsWith("." + name));
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isInNetwork(String network, String bits, String host) {
    long address = ipv4(host);
    long base = ipv4(network);
    try {
      int length = Integer.parseInt(bits);
      return address >= 0
          && base >= 0
          && length >= 0
          && length <= 32
          && address >>> (32 - length) == base >>> (32 - length);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** An address in dotted form as a number, or -1. */
  private static long ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return -1;
    }
    long address = 0;
    for (String part : parts) {
      try {
        int number = Integer.parseInt(part);
        if (number < 0 || number > 255) {
          return -1;
        }
        address = address << 8 | number;
      } catch (NumberFormatException e) {
        return -1;
      }
    }
    return address;
  }
}
