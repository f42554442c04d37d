package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.List;
import java.util.Set;

/**
 * A value that may be shown to anybody. It cannot be made from arbitrary text: what is not known to
 * be harmless is described instead. Shown are numbers, dates, versions, names that this program or
 * git gives to things, the names of helpers that many people have, and the name of an organization
 * of Azure DevOps Services, which is part of every address that its members share. Not shown are
 * users, servers and other hosts, projects and repositories, paths, and what is in files and
 * variables.
 */
final class PublicText {
  private static final String HELPERS =
      "cache store libsecret gnome-keyring netrc osxkeychain wincred wincredman oauth manager"
          + " manager-core git-credential-manager git-credential-manager.exe"
          + " git-credential-manager-core git-credential-manager-core.exe git-credential-libsecret"
          + " git-credential-oauth git-credential-store git-credential-cache pat "
          + Program.NAME;

  private static final Set<String> KNOWN_HELPERS = Set.copyOf(List.of(HELPERS.split(" ")));

  private final String shown;

  private PublicText(String shown) {
    this.shown = shown;
  }

  static PublicText count(long number) {
    return new PublicText(Long.toString(number));
  }

  /** A day, from seconds since the epoch. */
  static PublicText date(long seconds) {
    return new PublicText(Wording.date(seconds));
  }

  /** A minute, from seconds since the epoch. */
  static PublicText minute(long seconds) {
    return new PublicText(Wording.minute(seconds));
  }

  /** The source of an access token, in this program's own words. */
  static PublicText rung(Entry entry) {
    return new PublicText(String.valueOf(entry.name()));
  }

  /** A version such as 2.39.5: digits and dots, without a suffix. */
  static PublicText version(String version) {
    int end = 0;
    while (end < version.length()
        && (version.charAt(end) == '.' || Character.isDigit(version.charAt(end)))) {
      end++;
    }
    return new PublicText(end == 0 ? "of an unknown version" : version.substring(0, end));
  }

  /** An organization's name; a server or host is only described. */
  static PublicText place(Identity identity) {
    return new PublicText(identity.isOrganization() ? identity.display() : "this server");
  }

  /** What a person types for a place; a server's address is left to them. */
  static PublicText typed(Identity identity) {
    return new PublicText(identity.isOrganization() ? identity.display() : "URL");
  }

  /** The option of {@code import} for hosts that are not Azure DevOps, where it is needed. */
  static PublicText allHosts(boolean needed) {
    return new PublicText(needed ? " --all" : "");
  }

  static PublicText azure() {
    return new PublicText("Azure DevOps");
  }

  /** The placeholder for an unknown organization. */
  static PublicText organization() {
    return new PublicText("ORG");
  }

  static PublicText store(Store store) {
    return new PublicText(store.name());
  }

  static PublicText program(ForeignEntry.Program program) {
    return new PublicText(program.display());
  }

  /** A helper that many people have, by its name. */
  static PublicText helper(CredentialSettings.Setting helper) {
    return new PublicText(
        KNOWN_HELPERS.contains(helper.helperName()) ? helper.helperName() : "a helper");
  }

  /** Which of git's files, by git's word for it. */
  static PublicText file(CredentialSettings.Setting setting) {
    return new PublicText(
        switch (setting.scope()) {
          case "system" -> "git config --system";
          case "global" -> "git config --global";
          case "local" -> "git config --local";
          case "worktree" -> "git config --worktree";
          default -> "git's command line or environment";
        });
  }

  @Override
  public String toString() {
    return shown;
  }
}
