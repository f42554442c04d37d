package io.github.gitcredentialpat.endtoend;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that offers Digest (RFC 7616 with MD5, as curl prefers it) and Basic, takes both. */
final class DigestSite implements Site {
  private static final Pattern FIELD = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^,\\s]+))");

  private final String nonce = UUID.randomUUID().toString();
  private final String user;
  private final String password;

  DigestSite(String user, String password) {
    this.user = user;
    this.password = password;
  }

  @Override
  public List<String> challenges(Visit visit) {
    boolean welcome =
        visit.scheme().equals("Digest")
            ? proves(visit)
            : user.equals(visit.user()) && password.equals(visit.password());
    return welcome
        ? List.of()
        : List.of(
            "Digest realm=\"git\", qop=\"auth\", algorithm=MD5, nonce=\"" + nonce + "\"",
            "Basic realm=\"git\"");
  }

  private boolean proves(Visit visit) {
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(visit.authorization());
    while (matcher.find()) {
      fields.put(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
    }
    String who = md5(user + ":git:" + password);
    String what = md5(visit.method() + ":" + visit.uri());
    String proof =
        md5(
            String.join(
                ":", who, nonce, fields.get("nc"), fields.get("cnonce"), fields.get("qop"), what));
    return user.equals(fields.get("username"))
        && nonce.equals(fields.get("nonce"))
        && visit.uri().equals(fields.get("uri"))
        && proof.equals(fields.get("response"));
  }

  private static String md5(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
