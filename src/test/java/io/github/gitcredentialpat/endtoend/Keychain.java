package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.PrivateBus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What keeps a person's entries, as the test sees it from outside. */
interface Keychain extends AutoCloseable {
  /** What a program needs in its environment to reach it. */
  Map<String, String> environment();

  /** How many entries it holds, those included that are set aside. */
  int entries() throws Exception;

  @Override
  void close() throws IOException;

  /** The store {@code file} with its data in this folder. */
  static Keychain files(Path folder) {
    Path data = folder.resolve("data");
    return new Keychain() {
      @Override
      public Map<String, String> environment() {
        return Map.of(
            "XDG_DATA_HOME", data.toString(), "XDG_STATE_HOME", folder.resolve("state").toString());
      }

      @Override
      public int entries() throws IOException {
        if (!Files.exists(data)) {
          return 0;
        }
        try (Stream<Path> files = Files.walk(data)) {
          // Beside the entries lies the lock of those who write them.
          return (int)
              files.filter(Files::isRegularFile).filter(file -> !file.endsWith("lock")).count();
        }
      }

      @Override
      public void close() {}
    };
  }

  /** A GNOME keyring that is open, on a bus of its own. */
  static Keychain gnome() throws Exception {
    PrivateBus bus = new PrivateBus();
    try {
      bus.startKeyring();
    } catch (Exception | Error e) {
      bus.close();
      throw e;
    }
    return new Keychain() {
      @Override
      public Map<String, String> environment() {
        return bus.environment();
      }

      @Override
      public int entries() throws Exception {
        Programs.Result found =
            Programs.run(
                bus.home(),
                bus.environment(),
                "",
                List.of(
                    "dbus-send",
                    "--print-reply",
                    "--dest=org.freedesktop.secrets",
                    "/org/freedesktop/secrets",
                    "org.freedesktop.Secret.Service.SearchItems",
                    "dict:string:string:application,git-credential-pat"));
        if (found.exit() != 0) {
          throw new IllegalStateException(found.err());
        }
        return found.out().split("object path").length - 1;
      }

      @Override
      public void close() throws IOException {
        bus.close();
      }
    };
  }
}
