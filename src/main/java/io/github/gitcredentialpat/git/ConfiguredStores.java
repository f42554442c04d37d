package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stores that git's configuration gives this helper: a person's commands look where git does.
 *
 * @param names joined by commas; absent for the platform's own
 * @param timeout how long the kernel's keyring keeps an entry; absent for the default
 */
public record ConfiguredStores(@Nullable String names, @Nullable String timeout) {
  private static final ConfiguredStores NONE = new ConfiguredStores(null, null);

  /** A URL of Azure DevOps that belongs to nobody. */
  private static final String ANY_URL = "https://dev.azure.com/x";

  /**
   * The choice in effect in the working directory; none where git or its configuration cannot be
   * read.
   */
  public static ConfiguredStores of(Map<String, String> environment, Console messages) {
    if (!GitCommand.isThere(environment)) {
      return NONE;
    }
    try {
      CredentialSettings settings = CredentialSettings.inEffect(GitCommand.find(environment));
      Setting helper = null;
      for (Setting setting : settings.all()) {
        if (setting.isHelper() && setting.isThisProgram() && !setting.options().isEmpty()) {
          helper = setting;
        }
      }
      if (helper == null) {
        return NONE;
      }
      for (Setting asked : settings.helpers(ANY_URL, List.of())) {
        helper = asked.isThisProgram() ? asked : helper;
      }
      return new ConfiguredStores(option(helper, "--store"), option(helper, "--timeout"));
    } catch (UserException | IOException e) {
      messages.trace(e);
      return NONE;
    }
  }

  private static @Nullable String option(Setting helper, String name) {
    List<String> options = helper.options();
    String value = null;
    for (int i = 0; i < options.size(); i++) {
      if (options.get(i).equals(name) && i + 1 < options.size()) {
        value = options.get(i + 1);
      } else if (options.get(i).startsWith(name + "=")) {
        value = options.get(i).substring(name.length() + 1);
      }
    }
    return value;
  }
}
