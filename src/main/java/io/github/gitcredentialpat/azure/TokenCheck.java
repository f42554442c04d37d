package io.github.gitcredentialpat.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.gitcredentialpat.azure.Verdict.Kind;
import io.github.gitcredentialpat.azure.Verdict.Owner;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks Azure DevOps Services, Server or TFS whether a token is good.
 *
 * <p>The question is {@code _apis/connectionData}: it costs little, and the answer names the
 * token's owner. A second one tells whether the token may read code, for a token without that scope
 * is refused there as if it were dead.
 */
public final class TokenCheck {
  private static final String FETCH = "git-upload-pack";
  private static final String PUSH = "git-receive-pack";
  private static final String READING = "cannot check read access: ";
  private static final String WRITING = "cannot check write access: ";

  private final Http http;

  /** Over this connection. */
  public TokenCheck(Http http) {
    this.http = http;
  }

  /**
   * Whether a token is good for an organization or a Server's collection, and may read code there.
   *
   * @param place whose token it is; it is sent to no other
   * @param token its bytes, which stay the caller's to wipe
   * @param limit for all requests together
   * @return never {@code LACKS_CODE_WRITE} or one of the kinds that concern a repository
   */
  public Verdict check(Identity place, byte[] token, Duration limit) {
    TokenProbe inquiry = new TokenProbe(http, place, token, limit);
    Verdict verdict = connection(inquiry, place.path() != null && isTfs(place.path()));
    try {
      if (verdict.isGood()) {
        return code(verdict, inquiry.code());
      }
      return mayOnlyLackScope(verdict)
              && isListOfCode(inquiry.code())
              && !isListOfCode(inquiry.withoutToken().code())
          ? verdict.with(Kind.GOOD, "")
          : verdict;
    } catch (ServiceException e) {
      return verdict.isGood() ? verdict.butUnknown(READING + e.getMessage()) : verdict;
    }
  }

  /**
   * Whether a token is good, and may fetch from and push to a repository.
   *
   * @param place whose token it is
   * @param repository the repository's URL, whose identity is {@code place}
   * @param token its bytes, which stay the caller's to wipe
   * @param limit for all requests together
   * @throws IllegalArgumentException when the repository is not there
   */
  public Verdict checkRepository(Identity place, URI repository, byte[] token, Duration limit) {
    Resolution whose = Resolution.parse(repository.toString());
    if (!place.equals(whose.identity())) {
      throw new IllegalArgumentException("the repository is not of " + place.display());
    }
    TokenProbe inquiry = new TokenProbe(http, place, token, limit);
    Verdict verdict = connection(inquiry, whose.isAzure());
    String open = READING;
    try {
      if (verdict.isGood()) {
        verdict = fetch(verdict, inquiry.refs(repository, FETCH));
      } else if (mayOnlyLackScope(verdict)
          && isListOfRefs(inquiry.refs(repository, FETCH))
          && !isListOfRefs(inquiry.withoutToken().refs(repository, FETCH))) {
        verdict = verdict.with(Kind.GOOD, "");
      }
      if (!verdict.isGood() || verdict.unknown() != null) {
        return verdict;
      }
      open = WRITING;
      return push(verdict, inquiry.refs(repository, PUSH));
    } catch (ServiceException e) {
      return verdict.isGood() ? verdict.butUnknown(open + e.getMessage()) : verdict;
    }
  }

  /** Whether a host shows itself as Azure DevOps to somebody without a token. */
  public boolean isAzureDevOps(Identity place, Duration limit) {
    try {
      return new TokenProbe(http, place, new byte[0], limit)
          .withoutToken()
          .connection()
          .isOfAzureDevOps();
    } catch (ServiceException e) {
      return false;
    }
  }

  /**
   * Whether an organization answers anybody, as it does when it has public projects; also true when
   * that could not be told.
   */
  public boolean mayHavePublicProjects(Identity place, Duration limit) {
    try {
      ProbeAnswer answer =
          new TokenProbe(http, place, new byte[0], limit).withoutToken().connection();
      return answer.status() != 401;
    } catch (ServiceException e) {
      return true;
    }
  }

  /** The one question that all begin with. */
  private static Verdict connection(TokenProbe inquiry, boolean isKnownServer) {
    Identity place = inquiry.place();
    boolean web = place.protocol().equals("https") || place.protocol().equals("http");
    if (!web || (place.host().equals(Identity.SERVICES_HOST) && !place.isOrganization())) {
      return Verdict.of(Kind.NOT_CHECKABLE);
    }
    try {
      if (!place.isOrganization()
          && !isKnownServer
          && !inquiry.withoutToken().connection().isOfAzureDevOps()) {
        return Verdict.of(Kind.NOT_CHECKABLE);
      }
      return judge(inquiry.connection(), place);
    } catch (ServiceException e) {
      return Verdict.of(Kind.COULD_NOT_TELL).butUnknown(e.getMessage());
    }
  }

  private static Verdict judge(ProbeAnswer answer, Identity place) {
    Verdict none = new Verdict(Kind.COULD_NOT_TELL, null, answer.tenant(), false, "", null);
    if (answer.status() == 200) {
      Owner owner = owner(answer.json().path("authenticatedUser"));
      if (owner == null) {
        return none.butUnknown(place.host() + " does not answer like Azure DevOps");
      }
      // Public projects let anybody in, so that a dead token is answered as nobody's.
      return owner.id().equals(ProbeAnswer.ANONYMOUS)
          ? new Verdict(Kind.REJECTED, null, answer.tenant(), true, "", null)
          : new Verdict(Kind.GOOD, owner, answer.tenant(), false, "", null);
    }
    if (answer.status() == 401 || answer.status() == 403) {
      Kind meaning = answer.meaning();
      if (meaning != null) {
        return none.with(meaning, answer.said());
      }
    }
    if (answer.status() == 401) {
      if (place.isOrganization()) {
        return none.with(Kind.REJECTED, answer.said());
      }
      if (answer.isIisBasic()) {
        return none.with(Kind.IIS_BASIC, answer.said());
      }
      return answer.takesNoBasic()
          ? none.butUnknown(place.host() + " does not accept tokens at this address")
          : none.with(Kind.REJECTED, answer.said());
    }
    if (answer.isSignInPage()) {
      return none.with(Kind.REJECTED, "");
    }
    return none.butUnknown(place.host() + " answered " + answer.inShort());
  }

  private static @Nullable Owner owner(JsonNode user) {
    String id = user.path("id").asText("");
    if (id.isEmpty()) {
      return null;
    }
    String custom = user.path("customDisplayName").asText("");
    String account = user.path("properties").path("Account").path("$value").asText("");
    return new Owner(
        custom.isEmpty() ? user.path("providerDisplayName").asText("") : custom,
        account.isEmpty() ? null : account,
        id);
  }

  private static Verdict code(Verdict verdict, ProbeAnswer answer) {
    if (isListOfCode(answer)) {
      return verdict;
    }
    return refused(verdict, answer, answer.status() == 401 ? Kind.LACKS_CODE_READ : null, READING);
  }

  private static Verdict fetch(Verdict verdict, ProbeAnswer answer) {
    if (isListOfRefs(answer)) {
      return verdict;
    }
    boolean hidden = answer.status() == 404 || answer.said().contains("TF401027");
    return refused(
        verdict,
        answer,
        hidden ? Kind.REPOSITORY_NOT_VISIBLE : answer.status() == 401 ? Kind.LACKS_CODE_READ : null,
        READING);
  }

  private static Verdict push(Verdict verdict, ProbeAnswer answer) {
    if (isListOfRefs(answer)) {
      return verdict;
    }
    Kind kind =
        switch (answer.status()) {
          case 401 -> Kind.LACKS_CODE_WRITE;
          case 403 -> Kind.PUSH_NOT_PERMITTED;
          default -> null;
        };
    return refused(verdict, answer, kind, WRITING);
  }

  /**
   * The token was let in, and is refused now: what the service says.
   *
   * @param otherwise what it means when the service says nothing clear; absent: who knows
   * @param open what is not known then
   */
  private static Verdict refused(
      Verdict verdict, ProbeAnswer answer, @Nullable Kind otherwise, String open) {
    Kind meaning = answer.meaning();
    // A token that lacks a scope can be refused with the words for somebody unknown.
    if (meaning != null && meaning != Kind.REJECTED && meaning != Kind.NOT_A_MEMBER) {
      return verdict.with(meaning, answer.said());
    }
    return otherwise == null
        ? verdict.butUnknown(open + answer.inShort())
        : verdict.with(otherwise, answer.said());
  }

  /** Whether the refusal is one that a live token gets too, where it may do something else only. */
  private static boolean mayOnlyLackScope(Verdict verdict) {
    return verdict.kind() == Kind.REJECTED || verdict.kind() == Kind.NOT_A_MEMBER;
  }

  private static boolean isListOfCode(ProbeAnswer answer) {
    return answer.status() == 200 && answer.isJson();
  }

  private static boolean isListOfRefs(ProbeAnswer answer) {
    return answer.status() == 200 && answer.isOfType("application/x-git-");
  }

  private static boolean isTfs(String path) {
    return path.equals("tfs") || path.startsWith("tfs/");
  }
}
