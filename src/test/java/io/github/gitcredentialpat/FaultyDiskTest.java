package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.FaultyDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole program, with encrypted files, on a disk of which one system call fails. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the fault is preloaded as Linux does")
@Tag("slow")
final class FaultyDiskTest {
  private static final Ended DONE = new Ended(0, "", "");
  private static final String FOLDERS = "*/git-credential-pat";

  @TempDir Path home;

  private final String first = secret();
  private final String second = secret();

  private static String secret() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private record Ended(int status, String out, String err) {}

  /** A call of the program: what it gets on standard input, and its arguments. */
  private record Call(String input, List<String> arguments) {
    Call(String input, String... arguments) {
      this(input, List.of(arguments));
    }
  }

  private Map<String, String> environment() {
    return Map.of("PATH", "/usr/bin:/bin", "HOME", home.toString(), "GIT_CONFIG_NOSYSTEM", "1");
  }

  /** Calls it here, where the disk is as it should be. */
  private Ended run(Call call) throws IOException {
    return call(call, environment());
  }

  private static Ended call(Call call, Map<String, String> environment) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--store", "file"));
    arguments.addAll(call.arguments());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            arguments.toArray(String[]::new),
            new ByteArrayInputStream(call.input().getBytes(UTF_8)),
            out,
            err,
            environment);
    return new Ended(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Calls it several times in one process that meets the fault. */
  private List<Ended> run(FaultyDisk fault, Call... calls) throws Exception {
    List<Ended> ended = new ArrayList<>();
    for (String line : child(fault.environment(), List.of(), calls).lines().toList()) {
      String[] parts = line.split(" ", -1);
      ended.add(new Ended(Integer.parseInt(parts[0]), decode(parts[1]), decode(parts[2])));
    }
    return ended;
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), UTF_8);
  }

  private String child(Map<String, String> fault, List<String> before, Call... calls)
      throws Exception {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName()));
    for (Call call : calls) {
      command.add(call.input() + Child.SEPARATOR + String.join(Child.SEPARATOR, call.arguments()));
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(fault);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isEqualTo(fault.containsValue("0") ? 128 + 9 : 0);
    return out;
  }

  /** A process that calls the program once for each argument. */
  static final class Child {
    static final String SEPARATOR = "\u0001";

    public static void main(String[] args) throws IOException {
      for (String arg : args) {
        String[] parts = arg.split(SEPARATOR);
        Call call = new Call(parts[0], Arrays.copyOfRange(parts, 1, parts.length));
        Ended ended = call(call, System.getenv());
        Base64.Encoder encoder = Base64.getEncoder();
        System.out.println(
            ended.status()
                + " "
                + encoder.encodeToString(ended.out().getBytes(UTF_8))
                + " "
                + encoder.encodeToString(ended.err().getBytes(UTF_8)));
      }
    }
  }

  private static String request(String organization, String... more) {
    return "protocol=https\nhost=dev.azure.com\npath="
        + organization
        + "\n"
        + String.join("\n", more)
        + (more.length == 0 ? "\n" : "\n\n");
  }

  private static Call get(String organization) {
    return new Call(request(organization), "get");
  }

  private static Call store(String organization, String secret) {
    return new Call(request(organization, "username=pat", "password=" + secret), "store");
  }

  private void keep(String organization, String secret) throws Exception {
    assertThat(run(store(organization, secret))).isEqualTo(DONE);
  }

  private void assertAnswers(String organization, String secret) throws Exception {
    assertThat(run(get(organization)).out()).contains("password=" + secret + "\n");
  }

  private Path data() {
    return home.resolve(".local/share/git-credential-pat");
  }

  private Path state() {
    return home.resolve(".local/state/git-credential-pat");
  }

  /** All files in a folder but for its lock. */
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.endsWith("lock")).sorted().toList();
    }
  }

  private Path entryOf(String organization, String secret) throws Exception {
    List<Path> before = Files.exists(data()) ? files(data()) : List.of();
    keep(organization, secret);
    List<Path> added = new ArrayList<>(files(data()));
    added.removeAll(before);
    assertThat(added).hasSize(1);
    return added.get(0);
  }

  // --- writing ---

  @ParameterizedTest
  @CsvSource({"fsync,22", "fsync,5", "reopen,13", "reopen,24"})
  void aFolderThatCannotBeSyncedFailsNothing(String call, int errno) throws Exception {
    // That of the entries, that of the key, and that of the export.
    String folders = "@(" + FOLDERS + "|" + home + ")";
    Path export = home.resolve("tokens.gcpx");
    List<Ended> ended =
        run(
            new FaultyDisk(call, errno, folders),
            store("contoso", first),
            store("contoso", second),
            store("fabrikam", first),
            new Call(first + "\n", "export", "--encrypted", export.toString()),
            new Call("", "logout", "fabrikam"));
    if (call.equals("fsync")) {
      assertThat(ended).extracting(Ended::status).containsOnly(0);
      assertThat(export).isNotEmptyFile();
      assertAnswers("contoso", second);
      assertThat(files(data())).hasSize(1);
    } else {
      // From then on no folder can be opened in this process, not even to look into it.
      assertThat(ended.get(0)).isEqualTo(DONE);
      assertAnswers("contoso", first);
    }
  }

  @ParameterizedTest
  @CsvSource({"22", "95"})
  void aDiskThatCannotSyncFilesKeepsThemAllTheSame(int errno) throws Exception {
    FaultyDisk fault = new FaultyDisk("fsync", errno, "*/unfinished-*");
    assertThat(run(fault, store("contoso", first))).containsExactly(DONE);
    assertAnswers("contoso", first);
  }

  @ParameterizedTest
  @CsvSource({
    "fsync,5,*/unfinished-*",
    "write,28,*/unfinished-*",
    "open,30,*/unfinished-*",
    "rename,5,*.entry"
  })
  void whatCannotBeWrittenIsSaidAndTheOldOneStays(String call, int errno, String path)
      throws Exception {
    Path entry = entryOf("contoso", first);
    Ended ended = run(new FaultyDisk(call, errno, path), store("contoso", second)).get(0);
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("cannot write").doesNotContain(second);
    assertThat(files(data())).containsExactly(entry);
    assertAnswers("contoso", first);
  }

  @Test
  void withoutHardLinksAKeyIsMadeAllTheSame() throws Exception {
    FaultyDisk noLinks = new FaultyDisk("link", FaultyDisk.ENOTSUP, "*/key");
    assertThat(run(noLinks, store("contoso", first))).containsExactly(DONE);
    assertAnswers("contoso", first);
  }

  @Test
  void whatAKilledFirstStoreLeftBehindGoes() throws Exception {
    FaultyDisk killed = new FaultyDisk("unlink", FaultyDisk.KILL, "*/state/*/unfinished-*");
    assertThat(run(killed, store("contoso", first))).isEmpty();
    List<Path> left = unfinished(state());
    assertThat(left).hasSize(1);
    keep("contoso", first);
    assertThat(unfinished(state())).as("its writer may be at work").isEqualTo(left);
    makeOld(left.get(0));
    keep("contoso", second);
    assertThat(unfinished(state())).isEmpty();
    assertAnswers("contoso", second);
  }

  @Test
  void whatAKilledExportLeftBehindGoes() throws Exception {
    keep("contoso", first);
    Path export = home.resolve("tokens.gcpx");
    Call call = new Call(second + "\n", "export", "--encrypted", export.toString());
    assertThat(run(new FaultyDisk("link", FaultyDisk.KILL, "*.gcpx"), call)).isEmpty();
    List<Path> left = unfinished(home);
    assertThat(left).hasSize(1);
    makeOld(left.get(0));
    Path other = Files.createFile(home.resolve("other.gcpx.unfinished-0"));
    makeOld(other);
    assertThat(run(call).status()).isZero();
    assertThat(unfinished(home)).containsExactly(other);
  }

  private static void makeOld(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(90)));
  }

  private static List<Path> unfinished(Path folder) throws IOException {
    return files(folder).stream().filter(file -> file.toString().contains("unfinished-")).toList();
  }

  @ParameterizedTest
  @CsvSource({"777", "277"})
  void aUmaskThatTakesTheOwnersRightsIsSeenThrough(String umask) throws Exception {
    List<String> shell = List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh");
    child(Map.of(), shell, store("contoso", first));
    for (Path folder : List.of(home.resolve(".local"), data(), state())) {
      assertThat(mode(folder)).isEqualTo("rwx------");
    }
    assertThat(mode(files(data()).get(0))).isEqualTo("rw-------");
    assertThat(mode(state().resolve("key"))).isEqualTo("rw-------");
    assertAnswers("contoso", first);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  // --- reading ---

  @ParameterizedTest
  @CsvSource({"readdir,5", "open,13", "open,24"})
  void aFolderThatCannotBeReadIsNotEmpty(String call, int errno) throws Exception {
    Path entry = entryOf("contoso", first);
    assertNothingIsActedOn(new FaultyDisk(call, errno, data().toString()), "contoso", entry);
  }

  @ParameterizedTest
  @CsvSource({"open,13", "read,5"})
  void anEntryThatCannotBeReadIsNotAbsent(String call, int errno) throws Exception {
    Path entry = entryOf("contoso", first);
    keep("fabrikam", second);
    FaultyDisk fault = new FaultyDisk(call, errno, entry.toString());
    assertNothingIsActedOn(fault, "contoso", entry);
    List<Ended> ended =
        run(
            fault,
            get("fabrikam"),
            new Call("", "list"),
            new Call("", "logout", "fabrikam"),
            get("fabrikam"));
    assertThat(ended.get(0).out()).contains("password=" + second);
    assertThat(ended.get(1).status()).isEqualTo(1);
    assertThat(ended.get(1).out()).contains("fabrikam");
    assertThat(ended.get(2).status()).isEqualTo(1);
    assertThat(ended.get(2).err()).contains("fabrikam").contains("cannot read");
    assertThat(ended.get(3).out()).isEmpty();
  }

  /** Each says what it cannot read, and none takes that for absent. */
  private void assertNothingIsActedOn(FaultyDisk fault, String organization, Path entry)
      throws Exception {
    byte[] content = Files.readAllBytes(entry);
    List<Path> before = files(data());
    Path export = home.resolve("tokens.gcpx");
    List<Ended> ended =
        run(
            fault,
            get(organization),
            new Call(request(organization, "password=" + first), "erase"),
            store(organization, second),
            new Call("", "list", organization),
            new Call("", "list"),
            new Call("", "logout", organization),
            new Call(second + "\n", "login", organization, "--no-check"),
            new Call(first + "\n", "export", "--encrypted", export.toString()));
    for (int i = 0; i < ended.size(); i++) {
      assertThat(ended.get(i).err())
          .as("call %d", i)
          .contains("cannot read", data().toString())
          .doesNotContain("no token");
    }
    // Behind get and erase, whose status git passes over.
    assertThat(ended.subList(2, ended.size())).extracting(Ended::status).containsOnly(1);
    assertThat(export).doesNotExist();
    assertThat(files(data())).isEqualTo(before);
    assertThat(entry).hasBinaryContent(content);
  }

  @Test
  void aLostKeyIsNotThatNothingIsKept() throws Exception {
    Path entry = entryOf("contoso", first);
    Files.delete(state().resolve("key"));
    for (Call call :
        List.of(
            new Call("", "list"),
            new Call("", "logout", "contoso"),
            new Call("", "logout", "--all"))) {
      Ended ended = run(call);
      assertThat(ended.status()).as(ended.err()).isEqualTo(1);
      assertThat(ended.err()).contains("is lost").doesNotContain("no token");
    }
    assertThat(entry).exists();
    assertThat(run(new Call("", "stores")).out()).contains("file: cannot be read", "is lost");
    assertThat(run(new Call("", "doctor", "contoso")).out()).contains("file cannot be read");
  }
}
