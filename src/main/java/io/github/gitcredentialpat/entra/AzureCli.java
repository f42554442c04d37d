package io.github.gitcredentialpat.entra;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.Subprocess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** The Azure CLI ({@code az}), where a person has signed in with it already. */
public final class AzureCli {
  private static final String PROGRAM = File.separatorChar == '\\' ? "az.cmd" : "az";

  /** It is written in Python, and its first start on a cold machine takes its time. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** An access token has some kilobytes. */
  private static final int MOST_OUTPUT = 1 << 16;

  private final Map<String, String> environment;
  private final Duration limit;

  /** Finds the Azure CLI on the {@code PATH} of this environment. */
  public AzureCli(Map<String, String> environment) {
    this(environment, LIMIT);
  }

  /**
   * The same, stopped earlier.
   *
   * @param limit how long it may take
   */
  public AzureCli(Map<String, String> environment, Duration limit) {
    this.environment = environment;
    this.limit = limit;
  }

  /** Whether there is one. */
  boolean isThere() {
    return Executables.find(PROGRAM, environment) != null;
  }

  /**
   * An access token for Azure DevOps of whoever is signed in, which the caller wipes; absent when
   * there is no Azure CLI. How long it is good says {@link AccessToken#expiryOf}.
   *
   * @param tenant the id of the tenant; absent for the one that the Azure CLI is set to
   * @throws ServiceException {@code UNAUTHORIZED} when nobody is signed in, {@code TIMEOUT}, or
   *     {@code UNEXPECTED}
   */
  public byte @Nullable [] accessToken(@Nullable String tenant) throws ServiceException {
    return accessToken(EntraClient.AZURE_DEVOPS, tenant);
  }

  /**
   * The same for another service.
   *
   * @param resource the service as Entra knows it
   * @param tenant the id of the tenant; absent for the one that the Azure CLI is set to
   * @throws ServiceException {@code UNAUTHORIZED} when nobody is signed in, {@code TIMEOUT}, or
   *     {@code UNEXPECTED}
   */
  byte @Nullable [] accessToken(String resource, @Nullable String tenant) throws ServiceException {
    Path program = Executables.find(PROGRAM, environment);
    if (program == null) {
      return null;
    }
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("account", "get-access-token"));
    command.addAll(List.of("--resource", resource));
    command.addAll(List.of("--query", "accessToken", "--output", "tsv"));
    if (tenant != null) {
      command.addAll(List.of("--tenant", Tenant.requireTenant(tenant)));
    }
    ProcessBuilder builder = Subprocess.prepare(command, environment);
    // Python would load modules from the current folder, which may be anybody's work tree.
    builder.directory(program.getParent().toFile());
    Subprocess run;
    try {
      run = Subprocess.run(builder, new byte[0], limit.toMillis(), MOST_OUTPUT);
    } catch (IOException e) {
      throw new ServiceException(Reason.UNEXPECTED, "cannot start " + program, e)
          .withHint("az account show");
    }
    if (run.wasKilled()) {
      Arrays.fill(run.output(), (byte) 0);
      throw timeout(
          Thread.currentThread().isInterrupted()
              ? "was interrupted"
              : "gave no access token in " + limit.toSeconds() + " seconds");
    }
    byte[] output = run.output();
    try {
      // A child of its own may hold the pipes open: a line with its end is whole all the same.
      boolean isLine = output.length > 0 && output[output.length - 1] == '\n';
      boolean isTooLong = output.length >= MOST_OUTPUT;
      if (!run.hasEnded() && !isLine && !isTooLong) {
        throw timeout("did not finish its output");
      }
      byte[] token = stripped(output);
      if (run.status() != 0 || isTooLong || !isToken(token)) {
        Arrays.fill(token, (byte) 0);
        throw failed(run.status(), run.errors(), tenant);
      }
      return token;
    } finally {
      Arrays.fill(output, (byte) 0);
    }
  }

  /** A copy without the white space around it. */
  private static byte[] stripped(byte[] text) {
    int start = 0;
    int end = text.length;
    while (end > 0 && text[end - 1] <= ' ' && text[end - 1] >= 0) {
      end--;
    }
    while (start < end && text[start] <= ' ' && text[start] >= 0) {
      start++;
    }
    return Arrays.copyOfRange(text, start, end);
  }

  private static ServiceException timeout(String what) {
    return new ServiceException(Reason.TIMEOUT, "the Azure CLI " + what + " and was stopped")
        .withHint("az account show");
  }

  /** It tells in words only, on standard error. */
  private static ServiceException failed(int status, String errors, @Nullable String tenant) {
    String login = "az login" + (tenant == null ? "" : " --tenant " + tenant);
    String last = "status " + status;
    StringTokenizer lines = new StringTokenizer(errors, "\r\n");
    while (lines.hasMoreTokens()) {
      String line = lines.nextToken();
      if (!line.isBlank() && !line.startsWith("WARNING:")) {
        last = line;
      }
    }
    // Entra's numbers begin with AADSTS: it wants to see the person.
    if (errors.contains("az login") || errors.contains("AADSTS")) {
      return new ServiceException(Reason.UNAUTHORIZED, "not signed in with the Azure CLI")
          .withHint(login);
    }
    return new ServiceException(
            Reason.UNEXPECTED,
            "the Azure CLI gave no access token (" + ServiceText.oneLine(last) + ")")
        .withHint("az account show");
  }

  private static boolean isToken(byte[] bytes) {
    boolean plain = bytes.length > 20;
    for (byte b : bytes) {
      plain &= b > ' ' && b < 0x7f;
    }
    return plain;
  }
}
