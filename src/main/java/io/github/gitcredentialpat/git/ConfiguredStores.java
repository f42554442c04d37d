package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stores that git's configuration gives this helper: a person's commands look where git does.
 *
 * @param names joined by commas; absent for the platform's own
 * @param timeout how long the kernel's keyring keeps an entry; absent for the default
 * @param variables the variables that its other options override, and their values
 */
public record ConfiguredStores(
    @Nullable String names, @Nullable String timeout, Map<String, String> variables) {
  /** No choice. */
  public static final ConfiguredStores NONE = new ConfiguredStores(null, null, Map.of());

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
      return of(helper);
    } catch (UserException | IOException e) {
      messages.trace(e);
      return NONE;
    }
  }

  /** The choice behind one helper. */
  public static ConfiguredStores of(Setting helper) {
    List<String> options = helper.options();
    String names = null;
    String timeout = null;
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < options.size(); i++) {
      String word = options.get(i);
      int equals = word.indexOf('=');
      String option = equals < 0 ? word : word.substring(0, equals);
      String variable = Environment.variableOf(option);
      boolean isKnown = variable != null || option.equals("--store") || option.equals("--timeout");
      if (!isKnown || (equals < 0 && i + 1 == options.size())) {
        continue;
      }
      String value = equals < 0 ? options.get(++i) : word.substring(equals + 1);
      if (variable != null) {
        variables.put(variable, value);
      } else if (option.equals("--store")) {
        names = value;
      } else {
        timeout = value;
      }
    }
    return new ConfiguredStores(names, timeout, variables);
  }

  /** Whether one of these stores, joined by commas, is among those that are configured. */
  public boolean hasOneOf(String others) {
    return names != null
        && !Collections.disjoint(List.of(names.split(",")), List.of(others.split(",")));
  }
}
