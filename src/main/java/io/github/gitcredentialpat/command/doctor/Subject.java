package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.SshAddress;
import org.jspecify.annotations.Nullable;

/**
 * The place that {@code doctor} examines.
 *
 * @param url as git would be given it, but without the user part, which may be a secret
 * @param whose whose token it is; absent when only Azure DevOps in general is meant
 */
record Subject(String url, @Nullable Resolution whose) {
  /** Azure DevOps Services, no organization in particular. */
  static final Subject AZURE = new Subject("https://" + Identity.SERVICES_HOST + "/ORG", null);

  /** What a person typed, or a remote. */
  static Subject of(String typed, Resolution whose) {
    String url = typed.strip();
    if (SshAddress.is(url)
        || (whose.kind() == Resolution.Kind.ORGANIZATION && url.indexOf('.') < 0)) {
      // git compares paths with case, so a name stays as it was typed.
      String name = whose.identity().path();
      url = "https://" + Identity.SERVICES_HOST + "/" + (url.equalsIgnoreCase(name) ? url : name);
    } else if (!url.contains("://")) {
      url = "https://" + url;
    }
    int start = url.indexOf("://") + 3;
    int slash = url.indexOf('/', start);
    int at = url.lastIndexOf('@', slash < 0 ? url.length() : slash);
    return new Subject(url.substring(0, start) + url.substring(Math.max(at + 1, start)), whose);
  }

  boolean isOf(Resolution.Kind kind) {
    return whose != null && whose.kind() == kind;
  }

  /** Whether the service can be asked about tokens there. */
  boolean isAzure() {
    return whose != null && whose.isAzure();
  }

  /** Whether git has to tell the path, so that it is known whose token is meant. */
  boolean needsPath() {
    boolean isServices = url.startsWith("https://" + Identity.SERVICES_HOST + "/");
    return isServices || isOf(Resolution.Kind.COLLECTION);
  }

  PublicText fact() {
    return whose == null ? PublicText.azure() : PublicText.place(whose.identity());
  }

  /** What a person types for it. */
  PublicText typed() {
    return whose == null ? PublicText.organization() : PublicText.typed(whose.identity());
  }
}
