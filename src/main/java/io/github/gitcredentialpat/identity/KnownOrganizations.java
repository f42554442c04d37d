package io.github.gitcredentialpat.identity;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The organizations that something on this machine names in full: our own entries, the URLs in
 * git's configuration, other programs' entries. Only a user name that equals one of them may be
 * taken for an organization; any other is just a user name.
 */
public final class KnownOrganizations {
  private final Set<Identity> known = new LinkedHashSet<>();

  /** Starts without any. */
  public KnownOrganizations() {}

  /** Adds the organization of a text, if it is a URL that names one. */
  public void addUrl(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains(Identity.SERVICES_HOST) || lower.contains(".visualstudio.com")) {
      add(Resolution.parse(text));
    }
  }

  /** Adds an organization. */
  public void add(Identity organization) {
    known.add(organization);
  }

  /** Adds the organization of a URL, unless it was taken from a user name as well. */
  public void add(Resolution whose) {
    if (whose.kind() == Resolution.Kind.ORGANIZATION && !whose.fromUser()) {
      known.add(whose.identity());
    }
  }

  /** Whether the organization was added. */
  public boolean contains(Identity organization) {
    return known.contains(organization);
  }

  /** Whether there is just one, which is likely to be meant where none is named. */
  boolean isOne() {
    return known.size() == 1;
  }

  /** What a person types for the organization that is meant: the only one, or a placeholder. */
  public String typed() {
    return isOne() ? known.iterator().next().display() : "ORG";
  }
}
