package io.github.gitcredentialpat.identity;

import io.github.gitcredentialpat.platform.UserException;
import java.util.Locale;

/** What a person types to say whose token they mean: an organization or a URL. */
public final class TypedPlace {
  private TypedPlace() {}

  /** Whose token a person means with the name of an organization, or a URL. */
  public static Resolution resolve(String typed) throws UserException {
    Resolution whose = Resolution.parse(typed);
    if (whose.identity() != null) {
      return whose;
    }
    String example = "; try contoso or https://" + Identity.SERVICES_HOST + "/contoso";
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      throw UserException.wrongUsage(shown(typed) + " names no organization" + example);
    }
    boolean isUrl = typed.contains("://") && !SshAddress.is(typed);
    throw UserException.wrongUsage(
        isUrl && !whose.namesNoOrganization()
            ? shown(typed) + " cannot be used: " + whose.refusal()
            : shown(typed) + " is not an organization name or URL" + example);
  }

  /** What was typed, without what may be a secret: a user part, or all of it. */
  private static String shown(String typed) {
    int scheme = typed.indexOf("://");
    int start = scheme < 0 ? 0 : scheme + 3;
    int slash = typed.indexOf('/', start);
    int at = typed.lastIndexOf('@', slash < 0 ? typed.length() : slash);
    String bare = at < start ? typed : typed.substring(0, start) + typed.substring(at + 1);
    boolean mayBeSecret = scheme < 0 && !bare.isEmpty() && !UserName.isName(bare);
    return mayBeSecret ? "this" : "\"" + bare + "\"";
  }

  /** An organization's name as it stands in a URL or alone: git compares paths with case. */
  public static String spelling(String typed, String name) {
    int start = typed.toLowerCase(Locale.ROOT).indexOf("/" + name) + 1;
    String found = start == 0 ? typed.strip() : typed.substring(start, start + name.length());
    return found.equalsIgnoreCase(name) ? found : name;
  }
}
