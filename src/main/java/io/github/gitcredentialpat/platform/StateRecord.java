package io.github.gitcredentialpat.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** A small private file of names and values, such as a note in the state folder. */
public final class StateRecord {
  private static final String UNFINISHED = ".unfinished-";

  private StateRecord() {}

  /**
   * The values in a file; empty when there is no file, or when it has another format.
   *
   * @throws IOException when it is there and cannot be read
   */
  public static Properties read(Path file) throws IOException {
    Properties values = new Properties();
    try {
      values.load(new StringReader(Files.readString(file)));
    } catch (NoSuchFileException e) {
      // Nothing was written down yet.
    } catch (IllegalArgumentException | java.nio.charset.MalformedInputException e) {
      values.clear();
    }
    return values;
  }

  /** Writes a file, synced to disk, in place of an older one. */
  public static void write(Path file, Map<String, String> values) throws IOException {
    Properties all = new Properties();
    all.putAll(values);
    StringWriter text = new StringWriter();
    all.store(text, null);
    Path folder = file.getParent();
    PrivateFiles.makeFolder(folder);
    PrivateFiles.finish(
        PrivateFiles.writeUnfinished(folder, UNFINISHED, text.toString().getBytes(UTF_8)), file);
  }

  /** Whether a file in the folder of such files is one of them, and not one that was cut off. */
  public static boolean isWhole(String name) {
    return !name.startsWith(UNFINISHED);
  }

  /** A number of a record; 0 where there is none. */
  public static long number(Properties values, String name) {
    try {
      return Long.parseLong(values.getProperty(name, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
