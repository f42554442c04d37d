package io.github.gitcredentialpat.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.SecretFile;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who signs in to the server: a token of a variable; else a login of a machine, with AppRole, a JWT
 * or as a pod of Kubernetes; else the token that the server's own client keeps in a file after a
 * person's login.
 */
final class Login {
  /** Where Kubernetes puts the token of a pod. */
  private static final String POD_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

  private static final String TOKEN_FILE = ".vault-token";

  /** Asks the server without a token. */
  interface Door {
    Http.Answer post(String path, byte[] body) throws StoreException;
  }

  /**
   * What a login gave.
   *
   * @param token for the header, which the JDK's client takes as a text only
   * @param seconds how long it lives
   * @param isForMany whether any number of requests can be made with it
   */
  record ClientToken(String token, long seconds, boolean isForMany) {
    @Override
    public String toString() {
      return "ClientToken[seconds=" + seconds + "]";
    }
  }

  private final Environment surroundings;

  Login(Environment surroundings) {
    this.surroundings = surroundings;
  }

  /** Whether a person's login left a token here. */
  boolean hasTokenFile() {
    return new File(tokenFile()).isFile();
  }

  /** Whether the token has to be fetched with a login. */
  boolean isMachines() {
    return !Variable.TOKEN.isSet(surroundings)
        && (isGiven(Variable.ROLE_ID, Variable.ROLE_ID_FILE)
            || isGiven(Variable.SECRET_ID, Variable.SECRET_ID_FILE)
            || isGiven(Variable.ID_TOKEN, Variable.ID_TOKEN_FILE)
            || Variable.AUTH_ROLE.isSet(surroundings));
  }

  /** What the token comes from, for a person. */
  String source() {
    if (Variable.TOKEN.isSet(surroundings)) {
      return Variable.TOKEN.nameIn(surroundings);
    }
    if (isMachines()) {
      return "the login at auth/" + mount();
    }
    return tokenFile();
  }

  /** All that decides who asks, and where. Some of it is secret. */
  String[] who() {
    List<String> who = new ArrayList<>();
    who.add(surroundings.home());
    for (Variable variable : Variable.values()) {
      who.add(String.valueOf(variable.value(surroundings)));
    }
    return who.toArray(new String[0]);
  }

  /** The token that is here without a login. */
  String token() throws StoreException {
    String token = Variable.TOKEN.value(surroundings);
    if (token == null) {
      if (!hasTokenFile()) {
        throw new StoreException(
                Reason.UNAVAILABLE,
                "no token and no login for OpenBao or Vault here; log in, or set VAULT_ROLE_ID or"
                    + " VAULT_AUTH_ROLE")
            .withHint("bao login");
      }
      token = read(tokenFile(), "log in again");
    }
    return header(token.strip(), source());
  }

  /** Signs in. */
  ClientToken in(Door door, String server) throws StoreException {
    ObjectNode body = JsonTrees.object();
    if (isAppRole()) {
      if (!isGiven(Variable.ROLE_ID, Variable.ROLE_ID_FILE)) {
        throw new StoreException(
            Reason.FAILED, "VAULT_SECRET_ID is set, but VAULT_ROLE_ID is not; set both");
      }
      body.put("role_id", secret(Variable.ROLE_ID, Variable.ROLE_ID_FILE));
      if (isGiven(Variable.SECRET_ID, Variable.SECRET_ID_FILE)) {
        body.put("secret_id", secret(Variable.SECRET_ID, Variable.SECRET_ID_FILE));
      }
    } else {
      String role = Variable.AUTH_ROLE.value(surroundings);
      if (role != null) {
        // A mount for JWTs may have a role of its own for those who name none.
        body.put("role", role);
      }
      body.put(
          "jwt",
          isGiven(Variable.ID_TOKEN, Variable.ID_TOKEN_FILE)
              ? secret(Variable.ID_TOKEN, Variable.ID_TOKEN_FILE)
              : read(POD_TOKEN, "set VAULT_ID_TOKEN_FILE to its path"));
    }
    byte[] bytes = JsonTrees.bytes(body);
    try {
      Http.Answer answer = door.post("auth/" + Folder.encoded(mount()) + "/login", bytes);
      return token(answer, server);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private ClientToken token(Http.Answer answer, String server) throws StoreException {
    String asked = "log in at auth/" + mount();
    if (answer.status() == 400 || answer.status() == 401 || answer.status() == 403) {
      String said = Answers.said(answer);
      throw new StoreException(
          Reason.DENIED,
          server
              + " refused to "
              + asked
              + (said.isEmpty() ? "" : " (" + said + ")")
              + "; check "
              + (isAppRole() ? "VAULT_ROLE_ID and VAULT_SECRET_ID" : "VAULT_AUTH_ROLE"));
    }
    if (answer.status() == 404) {
      throw new StoreException(
          Reason.FAILED,
          server + " has no login at auth/" + mount() + "; set VAULT_AUTH_PATH to its path");
    }
    if (answer.status() != 200) {
      throw Answers.problem(answer, server, asked);
    }
    ObjectNode auth = Answers.object(answer, "auth", server, asked);
    String token = JsonTrees.text(auth, "client_token");
    if (token.isEmpty()) {
      throw Answers.notUnderstood(server, asked);
    }
    return new ClientToken(
        header(token, server),
        auth.path("lease_duration").asLong(0),
        auth.path("num_uses").asLong(0) == 0);
  }

  private boolean isAppRole() {
    return isGiven(Variable.ROLE_ID, Variable.ROLE_ID_FILE)
        || isGiven(Variable.SECRET_ID, Variable.SECRET_ID_FILE);
  }

  /** Where the login is, by its usual name where no other is given. */
  private String mount() {
    String mount = Variable.AUTH_PATH.value(surroundings);
    if (mount != null) {
      String bare = mount.startsWith("auth/") ? mount.substring(5) : mount;
      return bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
    }
    if (isAppRole()) {
      return "approle";
    }
    return isGiven(Variable.ID_TOKEN, Variable.ID_TOKEN_FILE) ? "jwt" : "kubernetes";
  }

  private boolean isGiven(Variable variable, Variable file) {
    return variable.isSet(surroundings) || file.isSet(surroundings);
  }

  /** A secret from its variable or from its file, which is read each time: platforms replace it. */
  private String secret(Variable variable, Variable file) throws StoreException {
    String value = variable.value(surroundings);
    return value == null
        ? read(String.valueOf(file.value(surroundings)), "correct " + file.nameIn(surroundings))
        : value.strip();
  }

  private static String read(String path, String advice) throws StoreException {
    try {
      byte[] bytes = SecretFile.read(path);
      String text = new String(bytes, UTF_8);
      Arrays.fill(bytes, (byte) 0);
      return text;
    } catch (IOException e) {
      throw new StoreException(
          Reason.FAILED, "cannot read a token from " + path + "; " + advice, e);
    }
  }

  private String tokenFile() {
    String path = Variable.TOKEN_PATH.value(surroundings);
    return path == null ? surroundings.home() + File.separator + TOKEN_FILE : path;
  }

  /** Checked here, for the client would show it in its exception. */
  private static String header(String token, String source) throws StoreException {
    boolean isPlain = !token.isEmpty();
    for (int i = 0; i < token.length(); i++) {
      isPlain &= token.charAt(i) > ' ' && token.charAt(i) < 0x7f;
    }
    if (!isPlain) {
      throw new StoreException(
          Reason.FAILED, "what " + source + " holds is no token of OpenBao or Vault; log in again");
    }
    return token;
  }
}
