package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.git.Wsl;
import io.github.gitcredentialpat.git.secrets.ExposedSecret;
import io.github.gitcredentialpat.git.secrets.SecretSearch;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks git: which helpers it asks, and what in its configuration gets in the way. */
final class GitCheckup {
  private final GitCommand git;
  private final Subject place;
  private final Report findings;

  GitCheckup(GitCommand git, Subject place, Report findings) {
    this.git = git;
    this.place = place;
    this.findings = findings;
  }

  /**
   * Looks at all of it.
   *
   * @return our helper as git's configuration has it; absent when git does not ask it
   */
  @Nullable Setting look() throws UserException, IOException {
    version();
    if (git.run(null, "config", "--name-only", "--list").status() != 0) {
      findings.add(Diagnosis.GIT_UNREADABLE);
      return null;
    }
    CredentialSettings settings = CredentialSettings.inEffect(git);
    Setting ours = helpers(settings);
    findings.look(() -> path(settings));
    findings.look(this::secrets);
    findings.look(this::headers);
    findings.look(this::network);
    return ours;
  }

  private void version() throws UserException, IOException {
    PublicText version = PublicText.version(git.version());
    if (!git.isAtLeast(2, 26)) {
      findings.add(Diagnosis.GIT_TOO_OLD, version);
    } else if (!git.isAtLeast(2, 41)) {
      findings.add(Diagnosis.GIT_BEFORE_WWWAUTH, version);
    } else if (!git.isAtLeast(2, 46)) {
      findings.add(Diagnosis.GIT_BEFORE_AUTHTYPE, version);
    } else {
      findings.add(Diagnosis.GIT, version);
    }
    if (place.isOf(Resolution.Kind.COLLECTION) && !git.isAtLeast(2, 46)) {
      findings.add(Diagnosis.SERVER_NTLM);
    }
  }

  // --- whom it asks ---

  private @Nullable Setting helpers(CredentialSettings settings) throws UserException, IOException {
    List<Setting> helpers = settings.helpers(place.url(), List.of());
    Setting ours = null;
    Set<Setting> before = new LinkedHashSet<>();
    for (Setting helper : helpers) {
      if (helper.isThisProgram()) {
        ours = ours == null ? helper : ours;
      } else if (ours == null) {
        before.add(helper);
      } else {
        other(Diagnosis.HELPER_AFTER, helper);
      }
    }
    for (Setting helper : before) {
      other(Diagnosis.HELPER_BEFORE, helper);
    }
    if (ours == null) {
      boolean isServices = place.whose() == null || place.isOf(Resolution.Kind.ORGANIZATION);
      findings.add(
          isServices ? Diagnosis.HELPER_MISSING : Diagnosis.HELPER_MISSING_SERVER, place.fact());
    } else if (isThere(ours) && helpers.size() == 1) {
      findings.add(Diagnosis.HELPER_ONLY, place.fact());
    }
    return ours;
  }

  private void other(Diagnosis diagnosis, Setting helper) {
    boolean isPlaintext = helper.helperName().endsWith("store");
    findings.add(
        isPlaintext ? Diagnosis.HELPER_PLAINTEXT : diagnosis,
        PublicText.helper(helper),
        PublicText.file(helper));
  }

  private boolean isThere(Setting ours) throws IOException {
    Path program = null;
    try {
      Path named = Path.of(ours.program());
      program = named.isAbsolute() ? named : Executables.find(Program.NAME, git.environment());
    } catch (InvalidPathException e) {
      // No file has such a name.
    }
    if (program == null || !Files.isRegularFile(program)) {
      findings.add(Diagnosis.HELPER_GONE, PublicText.file(ours));
      return false;
    }
    Launcher launcher = Launcher.present();
    boolean isOfWindows = new Wsl(git.environment()).isOfWindows(ours);
    if (launcher != null && !isOfWindows && !Files.isSameFile(launcher.path(), program)) {
      findings.add(Diagnosis.HELPER_ELSEWHERE);
    }
    return true;
  }

  private void path(CredentialSettings settings) throws UserException, IOException {
    Setting path = settings.useHttpPath(place.url());
    if (place.needsPath() && (path == null || !path.isTrue())) {
      findings.add(
          place.isOf(Resolution.Kind.COLLECTION)
              ? Diagnosis.PATH_HIDDEN_SERVER
              : Diagnosis.PATH_HIDDEN);
    }
  }

  // --- secrets in its configuration ---

  private void secrets() throws UserException, IOException {
    boolean isInside = git.run(null, "rev-parse", "--git-dir").status() == 0;
    GitRepository repository = isInside ? GitRepository.at(git, null) : GitRepository.outside(git);
    SecretSearch search = new SecretSearch(new KnownOrganizations());
    List<String> problems = new ArrayList<>();
    repository.search(search, problems);
    if (!problems.isEmpty()) {
      findings.add(Diagnosis.NOT_LOOKED_AT);
    }
    Map<Diagnosis, Integer> counts = new EnumMap<>(Diagnosis.class);
    for (ExposedSecret secret : search.found()) {
      Diagnosis diagnosis =
          switch (secret.kind()) {
            case VALUE, NAME -> Diagnosis.SECRET_IN_URL;
            case HELPER -> Diagnosis.SECRET_IN_HELPER;
            case HEADER -> Diagnosis.SECRET_IN_HEADER;
            default -> Diagnosis.SECRET_ELSEWHERE;
          };
      counts.merge(diagnosis, 1, Integer::sum);
    }
    counts.forEach((diagnosis, count) -> findings.add(diagnosis, PublicText.count(count)));
  }

  private void headers() throws UserException, IOException {
    List<String[]> headers = new ArrayList<>();
    List<String> patterns = new ArrayList<>();
    for (String[] setting : settings("^http\\.(.*\\.)?extraheader$")) {
      if (setting[1].toLowerCase(Locale.ROOT).startsWith("authorization:")) {
        headers.add(setting);
        patterns.add(pattern(setting[0]));
      }
    }
    Set<String> matching = CredentialSettings.matching(git, patterns, place.url());
    if (headers.stream()
        .map(header -> pattern(header[0]))
        .anyMatch(pattern -> pattern.isEmpty() || matching.contains(pattern))) {
      findings.add(Diagnosis.EXTRA_HEADER);
    }
  }

  /** Of {@code http.<url>.extraheader} the URL; empty when there is none. */
  private static String pattern(String key) {
    int start = "http.".length();
    int end = key.lastIndexOf('.');
    return end < start ? "" : key.substring(start, end);
  }

  /** Keys and values, as they count in the working directory. */
  private List<String[]> settings(String keys) throws UserException, IOException {
    List<String[]> settings = new ArrayList<>();
    Subprocess result = git.run(null, "config", "--null", "--get-regexp", keys);
    for (String setting : result.out().split("\0")) {
      int feed = setting.indexOf('\n');
      if (feed >= 0) {
        settings.add(new String[] {setting.substring(0, feed), setting.substring(feed + 1)});
      }
    }
    return settings;
  }

  // --- the way to the server ---

  private void network() throws UserException, IOException {
    Map<String, String> environment = git.environment();
    boolean unverified = isSet(environment.get("GIT_SSL_NO_VERIFY"));
    if (unverified || "false".equals(setting("--bool", "http.sslVerify"))) {
      findings.add(Diagnosis.SSL_VERIFY_OFF);
    }
    if (place.url().startsWith("http://")) {
      findings.add(Diagnosis.PLAIN_HTTP);
    }
    String authorities = environment.get("GIT_SSL_CAINFO");
    authorities = authorities == null ? setting("--path", "http.sslCAInfo") : authorities;
    if (authorities != null && !authorities.isEmpty()) {
      findings.add(isReadable(authorities) ? Diagnosis.CA_SET : Diagnosis.CA_MISSING);
    }
    Map<String, String> proxy = new HashMap<>();
    proxy.put("http.proxy", setting("--no-type", "http.proxy"));
    String protocol = place.url().substring(0, place.url().indexOf(':'));
    try {
      if (HttpSettings.of(protocol, withoutAuthorities(environment), proxy::get).proxy() != null) {
        findings.add(Diagnosis.PROXY_SET);
      }
    } catch (ServiceException e) {
      findings.add(Diagnosis.PROXY_UNUSABLE);
    }
  }

  private static Map<String, String> withoutAuthorities(Map<String, String> environment) {
    Map<String, String> rest = new HashMap<>(environment);
    rest.keySet().removeAll(List.of("GIT_SSL_CAINFO", "SSL_CERT_FILE", "CURL_CA_BUNDLE"));
    return rest;
  }

  private @Nullable String setting(String type, String key) throws UserException, IOException {
    Subprocess result = git.run(null, "config", type, "--get-urlmatch", key, place.url());
    return result.status() == 0 ? result.out().stripTrailing() : null;
  }

  private static boolean isSet(@Nullable String variable) {
    return variable != null && !variable.isEmpty();
  }

  private static boolean isReadable(String file) {
    try {
      return Files.isReadable(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
