package io.github.gitcredentialpat.identity;

import org.jspecify.annotations.Nullable;

/** The page of a place where a person creates a token (Microsoft: "Use personal access tokens"). */
public final class TokenPage {
  private TokenPage() {}

  /** The page's address; absent where a URL leads to a host that is not Azure DevOps. */
  public static @Nullable String of(Resolution whose) {
    return whose.isAzure() ? of(whose.identity()) : null;
  }

  /** The page's address, provided that the place is Azure DevOps. */
  public static String of(Identity place) {
    return address(place, place.path()) + "_usersSettings/tokens";
  }

  /** The page of an organization of Azure DevOps Services. */
  public static String ofOrganization(String organization) {
    return of(Identity.ofOrganization(organization));
  }

  /**
   * The page's address for a message. Where the server may be TFS 2017 or 2018, the address of
   * their page follows in parentheses: only the virtual directory tells that it may be.
   */
  public static String inMessage(Identity place) {
    boolean mayBeTfs =
        place.path() != null
            && Resolution.firstSegment(place.path()).equals(Resolution.VIRTUAL_DIRECTORY)
            && !place.isOrganization();
    return mayBeTfs
        ? of(place)
            + " (TFS 2017 and 2018: "
            + address(place, Resolution.VIRTUAL_DIRECTORY)
            + "_details/security/tokens)"
        : of(place);
  }

  private static String address(Identity place, @Nullable String path) {
    return place.protocol() + "://" + place.host() + "/" + (path == null ? "" : path + "/");
  }
}
