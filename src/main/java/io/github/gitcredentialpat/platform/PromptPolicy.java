package io.github.gitcredentialpat.platform;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** Whether a person is there to be asked, and wants to be. */
public final class PromptPolicy {
  private static final String SETTING = "credential.interactive";

  private PromptPolicy() {}

  /**
   * Whether a prompt may be shown: there is a terminal or a desktop session, and neither {@code
   * GIT_TERMINAL_PROMPT=0} nor {@code git -c credential.interactive=false} forbids it. A setting in
   * a configuration file does not reach a helper.
   */
  public static boolean isAllowed(Map<String, String> environment) {
    String terminalPrompt = environment.get("GIT_TERMINAL_PROMPT");
    if ((terminalPrompt != null && isFalse(terminalPrompt)) || isForbiddenBySetting(environment)) {
      return false;
    }
    return isSet(environment, "DISPLAY") || isSet(environment, "WAYLAND_DISPLAY") || hasTerminal();
  }

  private static boolean isForbiddenBySetting(Map<String, String> environment) {
    boolean forbidden = false;
    String count = environment.get("GIT_CONFIG_COUNT");
    if (count != null) {
      for (int i = 0; i < number(count); i++) {
        if (SETTING.equalsIgnoreCase(environment.get("GIT_CONFIG_KEY_" + i))) {
          String value = environment.get("GIT_CONFIG_VALUE_" + i);
          forbidden = value != null && isFalse(value);
        }
      }
    }
    // Settings given with -c, each quoted for the shell: 'key'='value', before git 2.31
    // 'key=value'.
    String parameters = environment.get("GIT_CONFIG_PARAMETERS");
    if (parameters != null) {
      String lower = parameters.toLowerCase(Locale.ROOT);
      int last = lower.lastIndexOf("'" + SETTING);
      if (last >= 0) {
        int end = lower.indexOf(' ', last);
        String setting = lower.substring(last, end < 0 ? lower.length() : end);
        int equals = setting.indexOf('=');
        forbidden = equals >= 0 && isFalse(setting.substring(equals + 1).replace("'", ""));
      }
    }
    return forbidden;
  }

  private static int number(String text) {
    try {
      return Math.min(Integer.parseInt(text), 1000);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isFalse(String value) {
    return value.equals("0")
        || value.isEmpty()
        || value.equalsIgnoreCase("false")
        || value.equalsIgnoreCase("no")
        || value.equalsIgnoreCase("off")
        || value.equalsIgnoreCase("never");
  }

  private static boolean isSet(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    return value != null && !value.isEmpty();
  }

  private static boolean hasTerminal() {
    try {
      new FileInputStream("/dev/tty").close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
