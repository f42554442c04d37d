package io.github.gitcredentialpat.identity;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose token it is, in one canonical spelling: two URLs that share a token have equal identities.
 *
 * <p>An organisation of Azure DevOps Services is {@code https}, {@code dev.azure.com} and its name
 * in lower case, whatever the URL looked like; a collection of Azure DevOps Server or TFS is its
 * protocol, host and path up to the collection, in lower case; any other host keeps its path as it
 * was given.
 *
 * @param protocol the URL's scheme, in lower case
 * @param host the host in lower case, with {@code :port} when the URL had one
 * @param path organisation, collection or path, without a leading slash; absent when the whole host
 *     is meant
 */
public record Identity(String protocol, String host, @Nullable String path) {
  /** The host that stands for all of Azure DevOps Services. */
  public static final String SERVICES_HOST = "dev.azure.com";

  /** The identity of an organisation of Azure DevOps Services, given in lower case. */
  public static Identity ofOrganization(String organization) {
    return new Identity("https", SERVICES_HOST, organization);
  }

  /** Whether this is an organisation of Azure DevOps Services. */
  public boolean isOrganization() {
    return host.equals(SERVICES_HOST) && path != null;
  }

  /** As a person would say it: {@code contoso}, or the address of the server or host. */
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
