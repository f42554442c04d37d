package io.github.gitcredentialpat.store.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The file store in a process of its own, with the environment that process was given. */
final class FileStoreChild {
  private FileStoreChild() {}

  /** The command line of such a process. */
  static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FileStoreChild.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * {@code save HOST USER SECRET [GO]} or {@code find HOST}; with GO it waits until that file is
   * there. Prints the secrets it found, or the reason and message of its failure.
   */
  public static void main(String[] args) throws Exception {
    Environment surroundings = new Environment(System.getenv(), true, new Deadline());
    FileStore store = new FileStore(surroundings);
    Identity where = new Identity("https", args[1], null);
    try {
      if (args[0].equals("save")) {
        if (args.length > 4) {
          System.out.println("ready");
          while (!Files.exists(Path.of(args[4]))) {
            Thread.sleep(1);
          }
        }
        store.save(
            Entry.of(new EntryKey(where, args[2]), Secret.password(args[3].getBytes(UTF_8)), 1));
        System.out.println("saved");
      } else {
        for (Entry entry : store.find(where)) {
          System.out.println("found " + new String(entry.secret().bytes(), UTF_8));
        }
      }
    } catch (StoreException e) {
      System.out.println(e.reason() + " " + e.getMessage());
      System.exit(1);
    }
  }

  /** A process of this class, started with these variables in its environment. */
  static Process start(Map<String, String> environment, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command(arguments)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }
}
