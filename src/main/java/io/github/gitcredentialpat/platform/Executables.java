package io.github.gitcredentialpat.platform;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds other programs by the one rule that holds for all: git runs helpers in the top folder of a
 * work tree that may be anybody's, so the working directory and what lies below it, entries of the
 * PATH that are not absolute, and what everybody may write are passed over (CVE-2020-26233).
 */
public final class Executables {
  private static final boolean IS_WINDOWS = File.separatorChar == '\\';

  /** Folders to try when no folder on the PATH can be trusted. */
  private static final String[] USUAL = {
    "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin", "/usr/local/MacGPG2/bin"
  };

  private Executables() {}

  /** The first program of that name on the PATH, by its absolute path; absent for none. */
  public static @Nullable Path find(String name, Map<String, String> environment) {
    return find(new String[] {name}, environment);
  }

  /** Like {@link #find}, then looks where systems and package managers install programs. */
  public static @Nullable Path findInstalled(String name, Map<String, String> environment) {
    Path found = find(name, environment);
    for (int i = 0; found == null && i < USUAL.length; i++) {
      Path program = Path.of(USUAL[i], name);
      found = isTrusted(program) ? program : null;
    }
    return found;
  }

  /**
   * What a person on Windows means by a command's first word: a program, or a batch file, on the
   * PATH or where the word says, with one of the endings that {@code PATHEXT} names.
   */
  public static @Nullable Path findOnWindows(String word, Map<String, String> environment) {
    String endings = environment.getOrDefault("PATHEXT", ".COM;.EXE;.BAT;.CMD");
    List<String> names = new ArrayList<>();
    for (String ending : endings.split(";")) {
      if (word.regionMatches(true, word.length() - ending.length(), ending, 0, ending.length())) {
        names.add(0, word);
      }
      names.add(word + ending);
    }
    if (word.indexOf('/') < 0 && word.indexOf('\\') < 0) {
      return find(names.toArray(new String[0]), environment);
    }
    for (String name : names) {
      try {
        Path program = Path.of(name).toAbsolutePath();
        if (Files.isRegularFile(program)) {
          return program;
        }
      } catch (InvalidPathException e) {
        // No file has such a name.
      }
    }
    return null;
  }

  /** The first of any of these names. */
  private static @Nullable Path find(String[] names, Map<String, String> environment) {
    String path = path(environment);
    Path here = workTree(environment);
    for (int start = 0; start <= path.length(); ) {
      int separator = path.indexOf(File.pathSeparatorChar, start);
      int end = separator < 0 ? path.length() : separator;
      String entry = path.substring(start, end);
      start = end + 1;
      try {
        Path folder = Path.of(entry);
        if (folder.isAbsolute() && !isBelow(folder, here)) {
          for (String name : names) {
            Path program = folder.resolve(name);
            if (isTrusted(program)) {
              return program;
            }
          }
        }
      } catch (InvalidPathException e) {
        // No folder has such a name.
      }
    }
    return null;
  }

  /** The variable PATH, which Windows spells Path, or as somebody once set it. */
  private static String path(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", environment.get("Path"));
    if (path == null && IS_WINDOWS) {
      for (Map.Entry<String, String> variable : environment.entrySet()) {
        if (variable.getKey().equalsIgnoreCase("PATH")) {
          path = variable.getValue();
        }
      }
    }
    return path == null ? "" : path;
  }

  /**
   * The working directory; absent where it is the home folder or above it: nobody else puts
   * programs there, and a person keeps theirs below it.
   */
  private static @Nullable Path workTree(Map<String, String> environment) {
    Path here = Path.of(System.getProperty("user.dir"));
    String home = environment.getOrDefault("HOME", environment.get("USERPROFILE"));
    try {
      boolean isAboveHome = home != null && Path.of(home).normalize().startsWith(here);
      return isAboveHome || here.getNameCount() == 0 ? null : here;
    } catch (InvalidPathException e) {
      return here;
    }
  }

  private static boolean isBelow(Path folder, @Nullable Path here) {
    return here != null && folder.normalize().startsWith(here);
  }

  private static boolean isTrusted(Path program) {
    if (!Files.isExecutable(program) || !Files.isRegularFile(program)) {
      return false;
    }
    try {
      return IS_WINDOWS || !(mayAnybodyWrite(program) || mayAnybodyWrite(program.getParent()));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean mayAnybodyWrite(Path path) throws IOException {
    return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
  }
}
