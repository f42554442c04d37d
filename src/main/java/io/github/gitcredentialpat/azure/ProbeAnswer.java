package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.Verdict.Kind;
import io.github.gitcredentialpat.http.Http;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what an answer of Azure DevOps says, be it in the status, headers, JSON or a web page. */
final class ProbeAnswer {
  /** Who asks without a token, in the service's own words. */
  static final String ANONYMOUS = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

  private static final int LONGEST_SAYING = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In characters: what of a page may come before the end of its title. */
  private static final int END_OF_TITLE = 64 << 10;

  private static final Pattern USER = Pattern.compile("TF400813: The user '([^']*)'");
  private static final Pattern BASIC_REALM =
      Pattern.compile("\\bBasic\\s+realm=\"([^\"]*)\"", Pattern.CASE_INSENSITIVE);

  private final Http.Answer answer;
  private final JsonNode json;
  private final String said;

  /**
   * Of this answer.
   *
   * @param secrets what was sent: words that repeat one of them are not shown
   */
  ProbeAnswer(Http.Answer answer, String... secrets) {
    this.answer = answer;
    json = parse(answer.body());
    String words = oneLine(saying());
    for (String secret : secrets) {
      words = words.contains(secret) ? "" : words;
    }
    said = words;
  }

  int status() {
    return answer.status();
  }

  /** The body as JSON; a missing node when it is not JSON, or is cut off. */
  JsonNode json() {
    return json;
  }

  /** Whether it claims to be JSON, even if it is cut off. */
  boolean isJson() {
    return isOfType("application/json") && answer.body().startsWith("{");
  }

  /** Whether its content type begins so. */
  boolean isOfType(String type) {
    return answer.header("Content-Type").toLowerCase(Locale.ROOT).startsWith(type);
  }

  /** The service's words on a refusal, in one line; empty when it has none. */
  String said() {
    return said;
  }

  /** What the service's words mean for the token; absent when they say nothing about it. */
  @Nullable Kind meaning() {
    // Conditional access also comes as a web page, with the code somewhere in it.
    if (isIn("VS403463")) {
      return Kind.CONDITIONAL_ACCESS;
    }
    if (isIn("TF401444")) {
      return Kind.NEVER_SIGNED_IN;
    }
    String words = said.toLowerCase(Locale.ROOT);
    if (words.contains("global personal access token")) {
      return Kind.GLOBAL_BARRED;
    }
    if (words.contains("personal access token") && words.contains("expired")) {
      return Kind.EXPIRED;
    }
    Matcher user = USER.matcher(said);
    if (user.find()) {
      // Nobody, or the anonymous user, is what a token becomes that the service does not know.
      String who = user.group(1);
      return who.isBlank() || who.equals(ANONYMOUS) ? Kind.REJECTED : Kind.NOT_A_MEMBER;
    }
    return null;
  }

  /** Whether the service sends a person to its sign-in page, as it does with unknown tokens. */
  boolean isSignInPage() {
    if (answer.status() == 203) {
      return answer.body().contains("Azure DevOps") && said.contains("Sign In");
    }
    if (answer.status() / 100 != 3) {
      return false;
    }
    try {
      URI to = new URI(answer.header("Location"));
      String host = to.getHost() == null ? "" : to.getHost().toLowerCase(Locale.ROOT);
      return host.equals("login.microsoftonline.com")
          || (String.valueOf(to.getPath()).contains("/_signin")
              && (host.endsWith(".visualstudio.com") || host.endsWith("dev.azure.com")));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Whether IIS asks for passwords itself: a realm of its own, where Azure DevOps names its
   * address.
   */
  boolean isIisBasic() {
    for (String challenge : answer.headers().allValues("WWW-Authenticate")) {
      Matcher realm = BASIC_REALM.matcher(challenge);
      while (realm.find()) {
        if (!isUrl(realm.group(1))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it asks for credentials and would take no token: NTLM and the like alone. */
  boolean takesNoBasic() {
    boolean asks = false;
    for (String challenge : answer.headers().allValues("WWW-Authenticate")) {
      asks = true;
      if (challenge.toLowerCase(Locale.ROOT).contains("basic")) {
        return false;
      }
    }
    return asks;
  }

  /** Whether it comes from Azure DevOps or the IIS in front of it, and from no other program. */
  boolean isOfAzureDevOps() {
    for (String name : answer.headers().map().keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("x-tfs-") || lower.startsWith("x-vss-")) {
        return true;
      }
    }
    if (answer.status() == 401) {
      for (String challenge : answer.headers().allValues("WWW-Authenticate")) {
        Matcher realm = BASIC_REALM.matcher(challenge);
        if (realm.find() && isUrl(realm.group(1))) {
          return true;
        }
      }
      return answer.header("Server").contains("Microsoft-IIS");
    }
    return json.path("authenticatedUser").isObject();
  }

  /** The tenant behind the organization; absent when it is not said. */
  @Nullable String tenant() {
    String tenant = answer.header("X-VSS-ResourceTenant");
    return tenant.isEmpty() ? null : tenant;
  }

  /** Status and words, for a person. */
  String inShort() {
    return "HTTP " + answer.status() + (said.isEmpty() ? "" : ", " + said);
  }

  private boolean isIn(String code) {
    return said.contains(code) || (answer.status() >= 400 && answer.body().contains(code));
  }

  private String saying() {
    String error = answer.header("X-TFS-ServiceError");
    if (!error.isEmpty()) {
      try {
        return URLDecoder.decode(error, UTF_8);
      } catch (IllegalArgumentException e) {
        return error;
      }
    }
    if (json.path("message").isTextual()) {
      return json.path("message").textValue();
    }
    return title(answer.body()).replace("&#39;", "'").replace("&quot;", "\"").replace("&amp;", "&");
  }

  /**
   * The text of a page's first title element; empty when there is none. Each character is read
   * once: the page may be hostile, and a regular expression could take minutes.
   */
  private static String title(String page) {
    int tag = find("<title", page, 0);
    int start = tag < 0 ? -1 : page.indexOf('>', tag);
    int end = start < 0 ? -1 : find("</title>", page, start);
    return end < 0 ? "" : page.substring(start + 1, end);
  }

  private static int find(String tag, String page, int from) {
    int last = Math.min(page.length(), END_OF_TITLE) - tag.length();
    for (int i = from; i <= last; i++) {
      if (page.regionMatches(true, i, tag, 0, tag.length())) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isUrl(String realm) {
    String lower = realm.toLowerCase(Locale.ROOT);
    return lower.startsWith("https://") || lower.startsWith("http://");
  }

  private static JsonNode parse(String body) {
    try {
      JsonNode node = JSON.readTree(body.startsWith("\ufeff") ? body.substring(1) : body);
      return node.isObject() ? node : JSON.missingNode();
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() < LONGEST_SAYING; i++) {
      char c = text.charAt(i);
      boolean blank = Character.isWhitespace(c) || Character.isISOControl(c);
      if (!blank) {
        line.append(c);
      } else if (line.length() > 0 && line.charAt(line.length() - 1) != ' ') {
        line.append(' ');
      }
    }
    return line.toString().trim();
  }
}
