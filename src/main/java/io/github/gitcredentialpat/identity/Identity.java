package io.github.gitcredentialpat.identity;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose token it is, in one canonical spelling: two URLs that share a token have equal identities.
 *
 * <p>An organization of Azure DevOps Services is {@code https}, {@code dev.azure.com} and its name
 * in lower case, whatever the URL looked like; a collection of Azure DevOps Server or TFS is its
 * protocol, host and path up to the collection, in lower case; any other host keeps its path as it
 * was given.
 *
 * @param protocol the URL's scheme, in lower case
 * @param host the host in lower case, with {@code :port} when the URL had one
 * @param path organization, collection or path, without a leading slash; absent when the whole host
 *     is meant
 */
public record Identity(String protocol, String host, @Nullable String path) {
  /** The host that stands for all of Azure DevOps Services. */
  public static final String SERVICES_HOST = "dev.azure.com";

  /** Where Entra signs people in. What is stored for it makes tokens, and is none itself. */
  private static final String SIGN_IN_HOST = "login.microsoftonline.com";

  /** The protocol of what is stored of a sign-in. No URL has it, and no request is answered. */
  private static final String SIGN_IN = "entra";

  /** The identity of an organization of Azure DevOps Services, given in lower case. */
  public static Identity ofOrganization(String organization) {
    return new Identity("https", SERVICES_HOST, organization);
  }

  /**
   * The identity that a sign-in to an Entra tenant is stored under; no request is answered from it.
   */
  public static Identity ofSignIn(String tenant) {
    return new Identity(SIGN_IN, SIGN_IN_HOST, tenant);
  }

  /** Whether what is stored under this is a sign-in to Entra, and so never a token for git. */
  public boolean isSignIn() {
    return isSignIn(protocol, host);
  }

  /** Where the first version stored the sign-in to this tenant, among the tokens. */
  public static Identity ofSignInAmongTokens(String tenant) {
    return new Identity("https", SIGN_IN_HOST, tenant);
  }

  /**
   * Whether a request for this would be one for a sign-in.
   *
   * @param protocol in lower case
   * @param host in lower case, with or without a port
   */
  static boolean isSignIn(String protocol, String host) {
    return protocol.equals(SIGN_IN)
        || host.equals(SIGN_IN_HOST)
        || host.startsWith(SIGN_IN_HOST + ":");
  }

  /** Whether this is an organization of Azure DevOps Services. */
  public boolean isOrganization() {
    return host.equals(SERVICES_HOST) && path != null;
  }

  /** The name for a person: {@code contoso}, or the address of a server or host. */
  public String display() {
    if (isOrganization()) {
      return path;
    }
    String address = protocol + "://" + host;
    return path == null ? address : address + "/" + path;
  }

  // By hand: the methods that records bring along start invokedynamic, which costs a one-shot
  // process more than all else that a store operation does.
  @Override
  public boolean equals(Object other) {
    return other instanceof Identity that
        && protocol.equals(that.protocol)
        && host.equals(that.host)
        && Objects.equals(path, that.path);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * protocol.hashCode() + host.hashCode()) + Objects.hashCode(path);
  }
}
