package io.github.gitcredentialpat.store.secretservice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.testing.PrivateBus;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;

/** KeePassXC without a screen, as the Secret Service of a bus, with a database of a test's own. */
final class KeePassXc {
  private static final String PASSWORD = "correct horse";
  private static final String WINDOW = "org.keepassxc.KeePassXC.MainWindow";

  /**
   * As it comes, but for what would ask a person and for when it saves: at its end only. Version
   * 2.7.4 saves after each change, in another thread, and dies when more changes come meanwhile, as
   * the thousand of one test do.
   */
  private static final String CONFIGURATION =
      """
      [General]
      ConfigVersion=2
      UpdateCheckMessageShown=true
      AutoSaveAfterEveryChange=false
      AutoSaveOnExit=true
      [GUI]
      CheckForUpdates=false
      [FdoSecrets]
      Enabled=true
      ShowNotification=false
      ConfirmDeleteItem=false
      ConfirmAccessItem=%s
      """;

  /** A database whose only group is the one that the Secret Service shows. */
  private static final String DATABASE =
      """
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <KeePassFile>
        <Meta>
          <CustomData>
            <Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{%s}</Value></Item>
          </CustomData>
        </Meta>
        <Root><Group><UUID>%s</UUID><Name>Root</Name></Group></Root>
      </KeePassFile>
      """;

  private final PrivateBus bus;
  private final Path database;

  /** Makes the database; skips the test where KeePassXC is missing. */
  KeePassXc(PrivateBus bus) throws Exception {
    Requires.present(PrivateBus.isInstalled("keepassxc"), "keepassxc (Debian: keepassxc)");
    this.bus = bus;
    database = bus.home().resolve("tokens.kdbx");
    UUID group = UUID.randomUUID();
    byte[] bytes = new byte[16];
    ByteBuffer.wrap(bytes)
        .putLong(group.getMostSignificantBits())
        .putLong(group.getLeastSignificantBits());
    Path xml = bus.home().resolve("tokens.xml");
    Files.writeString(xml, DATABASE.formatted(group, Base64.getEncoder().encodeToString(bytes)));
    ProcessBuilder builder =
        new ProcessBuilder(
            "keepassxc-cli",
            "import",
            "-q",
            "-p",
            "-t",
            "100",
            xml.toString(),
            database.toString());
    builder.environment().putAll(bus.environment());
    Process cli = builder.redirectErrorStream(true).start();
    cli.getOutputStream().write((PASSWORD + "\n" + PASSWORD + "\n").getBytes(UTF_8));
    cli.getOutputStream().close();
    String said = new String(cli.getInputStream().readAllBytes(), UTF_8);
    if (cli.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  /**
   * Starts it, or starts it anew, with the database open.
   *
   * @param confirmsAccess whether it asks a person before it hands out a secret
   */
  void start(boolean confirmsAccess) throws Exception {
    bus.stopProviders();
    Path folder = bus.home().resolve("config/keepassxc");
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("keepassxc.ini"),
        CONFIGURATION.formatted(confirmsAccess ? "true" : "false"));
    bus.startProvider(
        "keepassxc.log",
        PASSWORD + "\n",
        "env",
        "QT_QPA_PLATFORM=offscreen",
        // Where it looks for another KeePassXC of the same user, and would leave all to that one.
        "TMPDIR=" + bus.home(),
        "keepassxc",
        "--pw-stdin",
        database.toString());
    await("boolean false");
  }

  /** Closes the database, as a person or a timer does. */
  void lock() throws Exception {
    bus.call(WINDOW, "/keepassxc", WINDOW + ".lockAllDatabases");
    await("boolean true");
  }

  /** Opens the database again. */
  void unlock() throws Exception {
    bus.call(
        WINDOW, "/keepassxc", WINDOW + ".openDatabase", "string:" + database, "string:" + PASSWORD);
    await("boolean false");
  }

  private void await(String locked) throws Exception {
    String answer = "";
    for (int i = 0; i < 400; i++) {
      answer =
          bus.call(
              "org.freedesktop.secrets",
              "/org/freedesktop/secrets/aliases/default",
              "org.freedesktop.DBus.Properties.Get",
              "string:org.freedesktop.Secret.Collection",
              "string:Locked");
      if (answer.contains(locked)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IOException(answer + bus.log("keepassxc.log"));
  }
}
