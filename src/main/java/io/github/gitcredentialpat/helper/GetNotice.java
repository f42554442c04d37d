package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of a get that answers nothing or has to choose. Loaded only then. */
final class GetNotice {
  private final Invocation run;
  private final Request request;

  GetNotice(Invocation run, Request request) {
    this.run = run;
    this.request = request;
  }

  // --- several tokens, and no user name to choose by ---

  void sayWhoIsThere(
      Resolution whose, List<Entry> several, StringBuilder users, @Nullable Entry newest) {
    String line =
        whose.identity().display()
            + " has "
            + several.size()
            + " tokens ("
            + users
            + "); "
            + (newest == null
                ? "none of them is " + UserName.shown(request.username()) + "'s"
                : "using the newest, " + userName(newest) + "'s");
    if (request.host() == null) {
      run.messages().say(line + "; choose one with --user NAME");
      return;
    }
    String name = nameToChoose(whose, several, newest);
    if (name == null) {
      run.messages().say(line);
      return;
    }
    run.messages().say(line);
    // Git then sends the user name along, so that there is nothing left to choose.
    run.messages()
        .hint(
            whose.identity().isOrganization()
                ? "git-credential-pat use " + organizationOf(whose) + " " + name
                : "git config --global credential." + urlOf(whose) + ".username " + name);
  }

  /** The user name of the newest token, or of another one where it has none; absent for none. */
  private static @Nullable String nameToChoose(
      Resolution whose, List<Entry> several, @Nullable Entry newest) {
    if (newest != null && whose.user(newest.key().user()) != null) {
      return Wording.argument(userName(newest));
    }
    for (Entry entry : several) {
      if (whose.user(entry.key().user()) != null) {
        return Wording.argument(userName(entry));
      }
    }
    return null;
  }

  /** The organization's name as git has it in the URL. */
  private String organizationOf(Resolution whose) {
    String name = whose.identity().display();
    return Identity.SERVICES_HOST.equalsIgnoreCase(request.host()) ? asRequested(name) : name;
  }

  /** The collection's URL as git has it. */
  private String urlOf(Resolution whose) {
    Identity identity = whose.identity();
    return identity.path() == null
        ? identity.display()
        : identity.protocol() + "://" + identity.host() + "/" + asRequested(identity.path());
  }

  /** The start of a path in the request's spelling: git compares paths with their case. */
  private String asRequested(String start) {
    String path = request.path();
    return path != null && path.regionMatches(true, 0, start, 0, start.length())
        ? path.substring(0, start.length())
        : start;
  }

  static String userName(Entry entry) {
    String user = entry.key().user();
    return user == null || user.isEmpty() ? "pat" : UserName.shown(user);
  }

  // --- a token that must not be answered ---

  /**
   * Says why a dead token is not answered, and what to do.
   *
   * @param otherwise what git does without an answer, for a person
   */
  void sayWhyDead(Resolution whose, Entry dead, String otherwise) {
    if (dead.setAsideAt() == 0) {
      String line = Wording.secretOf(whose) + " expired on " + Wording.date(dead.expiry().at());
      Wording.sayHowToRenew(run, whose, line, otherwise);
    } else if (whose.isAzure()) {
      // Other hosts' passwords went in silence, as with git's own helpers.
      sayHowToBringItBack(whose, dead, otherwise);
    }
  }

  /** It may well be good: servers refuse tokens for other reasons, or for a moment. */
  private void sayHowToBringItBack(Resolution whose, Entry dead, String otherwise) {
    String line =
        Wording.secretOf(whose)
            + " was rejected by the server on "
            + Wording.date(dead.setAsideAt())
            + " and is set aside; if it still works, restore it";
    String place = Wording.argument(whose.identity().display());
    run.messages().say(line, "git-credential-pat login --restore " + place);
    Wording.sayNewToken(run, whose, otherwise);
  }

  /** Says why a token is not answered that would only be refused. */
  void sayWhyUnfit(Resolution whose, Entry unfit) {
    run.messages()
        .say(
            Wording.secretOf(whose)
                + (unfit.name() == null ? "" : " (" + unfit.name() + ")")
                + " cannot be used for git: scope Code (Read) is missing");
    run.messages().hint("git-credential-pat token create " + whose.identity().display());
  }
}
