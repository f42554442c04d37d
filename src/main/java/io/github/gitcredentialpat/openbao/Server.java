package io.github.gitcredentialpat.openbao;

import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which server is asked.
 *
 * @param address {@code https}, or {@code http} on this machine, without a slash at the end
 * @param namespace the namespace in it; absent for the one at the top
 */
record Server(URI address, @Nullable String namespace) {
  /** Where the clients of OpenBao and Vault look by themselves. */
  private static final String DEFAULT = "https://127.0.0.1:8200";

  /**
   * The server that the environment names.
   *
   * @param hasTokenFile whether there is a token that says that one is used here
   * @throws StoreException {@code UNAVAILABLE} when nothing says so; {@code FAILED} when the
   *     address cannot be used
   */
  static Server of(Environment surroundings, boolean hasTokenFile) throws StoreException {
    String address = Variable.ADDRESS.value(surroundings);
    if (address == null && !hasTokenFile && !Variable.isAnySet(surroundings)) {
      throw new StoreException(
              Reason.UNAVAILABLE,
              "no OpenBao or Vault server is named here; set VAULT_ADDR to its address")
          .withHint("export VAULT_ADDR=https://vault.example.com:8200");
    }
    if (isTrue(Variable.SKIP_VERIFY.value(surroundings))) {
      throw new StoreException(
          Reason.FAILED,
          "certificates are always checked; unset "
              + Variable.SKIP_VERIFY.nameIn(surroundings)
              + " and set "
              + Variable.CERTIFICATE.nameIn(surroundings)
              + " to the file with the server's certificate authority");
    }
    return new Server(
        parse(address == null ? DEFAULT : address.strip(), Variable.ADDRESS.nameIn(surroundings)),
        Variable.NAMESPACE.value(surroundings));
  }

  /** The words that Go's strconv.ParseBool takes, as those clients do. */
  private static boolean isTrue(@Nullable String value) {
    return value != null
        && switch (value) {
          case "1", "t", "T", "true", "TRUE", "True" -> true;
          default -> false;
        };
  }

  private static URI parse(String text, String variable) throws StoreException {
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean isPlain =
          uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (isPlain && scheme.equals("https")) {
        return uri;
      }
      if (isPlain && scheme.equals("http")) {
        if (isLoopback(uri.getHost())) {
          return uri;
        }
        throw new StoreException(
            Reason.FAILED,
            "a token is not sent over plain http to "
                + uri.getHost()
                + "; set "
                + variable
                + " to an https:// address");
      }
    } catch (URISyntaxException e) {
      // Said below, without the exception: it shows the text, which may hold a password.
    }
    throw new StoreException(
        Reason.FAILED,
        "the address in " + variable + " is invalid; write it as https://vault.example.com:8200");
  }

  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost") || host.equals("[::1]")) {
      return true;
    }
    String[] parts = host.split("\\.", -1);
    boolean isLoopback = parts.length == 4 && parts[0].equals("127");
    for (String part : parts) {
      isLoopback &= !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(Server::isDigit);
    }
    return isLoopback;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The server for a person: its host, with the port when it is named. */
  String display() {
    return address.getAuthority();
  }

  /** An address of its interface, given from behind {@code /v1/}. */
  URI at(String path) {
    return URI.create(address + "/v1/" + path);
  }

  /** The way there: git's proxy, and the certificates that the variables name, else git's. */
  Http connect(Environment surroundings) throws StoreException {
    if (address.getScheme().equalsIgnoreCase("http")) {
      // Not through a proxy, which would see the token.
      return new Http(new HttpSettings(null, List.of(), null));
    }
    try {
      HttpSettings settings =
          ServiceConnection.settings(
              new Identity("https", address.getAuthority(), null), surroundings.environment());
      for (Variable setting : new Variable[] {Variable.CERTIFICATE, Variable.CERTIFICATES}) {
        String file = setting.value(surroundings);
        if (file != null) {
          return new Http(
              settings.trusting(
                  readable(file, setting.nameIn(surroundings)), setting.nameIn(surroundings)));
        }
      }
      return new Http(
          settings.certificates() == null
              ? settings.trusting(null, Variable.CERTIFICATE.nameIn(surroundings))
              : settings);
    } catch (ServiceException e) {
      throw Answers.unreachable(e);
    } catch (UserException | IOException e) {
      throw new StoreException(Reason.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private static Path readable(String file, String variable) throws StoreException {
    try {
      Path path = Path.of(file);
      if (Files.isReadable(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Not readable either.
    }
    throw new StoreException(
        Reason.FAILED,
        "cannot read the certificate file in " + variable + ": " + file + "; correct " + variable);
  }
}
