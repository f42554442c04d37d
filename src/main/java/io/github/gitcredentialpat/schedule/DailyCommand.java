package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is run each day.
 *
 * @param program the launcher
 * @param arguments its arguments
 * @param variables what its environment has to have besides: a timer knows nothing of a shell's
 * @param minute of the day, for systems that cannot wait for a random time by themselves
 */
public record DailyCommand(
    Path program, List<String> arguments, Map<String, String> variables, int minute) {
  private static final String HTTPS = "https_proxy";
  private static final String ALL = "all_proxy";

  /** What programs are found by, where tokens are, and the way to the service. */
  private static final String[] HANDED_ON = {
    "PATH",
    "GIT_CREDENTIAL_PAT_STORE",
    "GIT_CREDENTIAL_PAT_CLIENT_ID",
    "GIT_CREDENTIAL_PAT_PASSPHRASE_FILE",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "PASSWORD_STORE_DIR",
    "PASSWORD_STORE_KEY",
    "PASSWORD_STORE_SIGNING_KEY",
    "GNUPGHOME",
    "AZURE_CONFIG_DIR",
    HTTPS,
    "HTTPS_PROXY",
    ALL,
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE"
  };

  /** From nine o'clock on, for eight hours, a machine is likely to be on. */
  private static final int FIRST_MINUTE = 9 * 60;

  private static final int MINUTES = 8 * 60;

  /** To renew what has two weeks left, with this environment. */
  public static DailyCommand renewal(Path program, Environment surroundings) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String name : HANDED_ON) {
      String value = surroundings.variable(name);
      if (value != null
          && value.chars().noneMatch(Character::isISOControl)
          && !isSecret(name, value)) {
        variables.put(name, value);
      }
    }
    // The same for a person on a machine at each call, and another one for others: not all at once.
    int spread = Math.floorMod((program + surroundings.home()).hashCode(), MINUTES);
    return new DailyCommand(
        program, List.of("renew", "--if-left", "14"), variables, FIRST_MINUTE + spread);
  }

  /** The variables that are not handed on, since a proxy's password is in them. */
  public static List<String> withPasswords(Environment surroundings) {
    List<String> names = new ArrayList<>();
    for (String name : HANDED_ON) {
      String value = surroundings.variable(name);
      if (value != null && isSecret(name, value)) {
        names.add(name);
      }
    }
    return names;
  }

  /** {@code http://alice:secret@proxy:3128}, or a proxy's without the scheme. */
  private static boolean isSecret(String name, String value) {
    boolean isAddress =
        value.contains("://") || name.equalsIgnoreCase(HTTPS) || name.equalsIgnoreCase(ALL);
    return isAddress && value.indexOf('@') > 0;
  }

  /** The program and its arguments. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    words.addAll(arguments);
    return words;
  }
}
