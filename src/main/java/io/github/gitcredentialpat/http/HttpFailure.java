package io.github.gitcredentialpat.http;

import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Explains to a person why there was no answer: whether host or proxy failed, and what to set.
 *
 * @param host what was to be reached
 * @param proxy the proxy that led there; absent when there was none
 * @param settings which authorities were trusted, and what names them
 */
record HttpFailure(String host, @Nullable URI proxy, HttpSettings settings) {

  /** Translates an exception of Java's HTTP client. */
  ServiceException of(Throwable error) {
    if (has(error, LimitedBody.TooLong.class)) {
      return new ServiceException(Reason.UNEXPECTED, host + " sent too long an answer", error);
    }
    if (has(error, SSLException.class)) {
      return untrusted(error);
    }
    if (has(error, UnresolvedAddressException.class) || has(error, UnknownHostException.class)) {
      return unreachable("cannot be resolved", error);
    }
    if (has(error, ConnectException.class)) {
      return unreachable("refused the connection", error);
    }
    if (has(error, ProtocolException.class)) {
      return new ServiceException(
          Reason.UNEXPECTED, host + " does not speak HTTP; check its address", error);
    }
    String message = String.valueOf(error.getMessage());
    if (proxy != null && message.startsWith("Tunnel failed, got: ")) {
      return new ServiceException(
          Reason.UNREACHABLE,
          name(proxy)
              + " refuses connections to "
              + host
              + " (HTTP "
              + message.substring("Tunnel failed, got: ".length())
              + "); check http.proxy and https_proxy",
          error);
    }
    return new ServiceException(
        Reason.UNREACHABLE,
        host
            + (proxy == null ? "" : " (through " + name(proxy) + ")")
            + " closed the connection; try again later",
        error);
  }

  /** For a proxy's answer 407. */
  ServiceException proxyWantsCredentials(HttpHeaders headers) {
    String name = proxy == null ? host : name(proxy);
    List<String> schemes = headers.allValues("Proxy-Authenticate");
    boolean basic =
        schemes.isEmpty()
            || schemes.stream()
                .anyMatch(scheme -> scheme.toLowerCase(Locale.ROOT).contains("basic"));
    String what;
    if (!basic) {
      what = " requires an unsupported authentication scheme (only Basic is supported)";
    } else if (proxy == null || proxy.getUserInfo() == null) {
      what = " requires a user name and password; put them into http.proxy or https_proxy";
    } else {
      what = " rejected the user name and password; correct http.proxy or https_proxy";
    }
    return new ServiceException(Reason.UNREACHABLE, name + what);
  }

  /** For an answer that was not complete in time. */
  ServiceException tooSlow(Duration limit) {
    return new ServiceException(
        Reason.TIMEOUT,
        host
            + (proxy == null ? "" : " (through " + name(proxy) + ")")
            + " did not answer completely within "
            + Math.max(1, limit.toSeconds())
            + " seconds; try again later");
  }

  /** For a failed connection, which was to the proxy where there is one. */
  private ServiceException unreachable(String what, Throwable error) {
    return new ServiceException(
        Reason.UNREACHABLE,
        proxy == null
            ? host + " " + what + "; check the network, or set http.proxy if you need a proxy"
            : name(proxy) + " " + what + "; check http.proxy and https_proxy",
        error);
  }

  private ServiceException untrusted(Throwable error) {
    String what;
    if (has(error, CertificateExpiredException.class)
        || has(error, CertificateNotYetValidException.class)) {
      what = "the certificate of " + host + " is not valid today; check this machine's clock";
    } else if (has(error, CertPathValidatorException.class)
        || has(error, CertPathBuilderException.class)) {
      what =
          "the certificate of "
              + host
              + " is not trusted"
              + (settings.certificates() == null
                  ? ""
                  : " (trusting " + settings.certificates() + ")")
              + "; set "
              + settings.certificatesFrom()
              + " to the file with its certificate authority";
    } else if (has(error, CertificateException.class)) {
      what =
          "the certificate of " + host + " is for another host; check the network and the address";
    } else {
      what = "cannot establish a TLS connection to " + host + "; check its address and the proxy";
    }
    return new ServiceException(Reason.UNREACHABLE, what, error);
  }

  private static boolean has(Throwable error, Class<? extends Throwable> type) {
    Throwable cause = error;
    for (int i = 0; cause != null && i < 10; i++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String name(URI proxy) {
    return "proxy " + proxy.getHost() + ":" + proxy.getPort();
  }
}
