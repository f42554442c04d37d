package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;

/**
 * What an agent gives to whom.
 *
 * @param places the organizations, collections and hosts that it answers for
 * @param writable whether it also takes what git found out: new tokens, and which were refused
 * @param users the users of this system who may ask beside the one who runs it
 */
record Grant(List<Identity> places, boolean writable, List<UserPrincipal> users) {

  /** Whether what a URL leads to is among the places; whoever is given a host has all of it. */
  boolean covers(Resolution whose) {
    return whose.identity() != null && covers(whose.identity());
  }

  /** Whether this place is among those. */
  boolean covers(Identity asked) {
    for (Identity place : places) {
      if (place.equals(asked) || (place.path() == null && isAt(place, asked))) {
        return !asked.isSignIn();
      }
    }
    return false;
  }

  /** Whether any of the places is at this host. */
  boolean reaches(String protocol, String host) {
    Identity all = new Identity(protocol, host, null);
    return places.stream().anyMatch(place -> isAt(place, all));
  }

  private static boolean isAt(Identity one, Identity other) {
    return one.protocol().equals(other.protocol()) && one.host().equals(other.host());
  }

  /** The places for a person. */
  String describe() {
    return String.join(", ", places.stream().map(Identity::display).toList());
  }
}
