package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A git that the tests run.
 *
 * @param root the folder of the system that it belongs to; absent for one that runs in this
 *     machine's
 * @param program what is started; absent for the one on the PATH
 * @param number major times 1000 plus minor
 */
record GitVersion(@Nullable Path root, @Nullable Path program, int number) {
  /** From this version a helper may answer with {@code authtype} and keep a {@code state}. */
  static final int TAKES_AUTHTYPE = 2046;

  private static final String OTHER_SYSTEM = "GIT_CREDENTIAL_PAT_TRIXIE";
  private static final String SOURCE = "GIT_CREDENTIAL_PAT_GIT_SOURCE";
  private static final Pattern VERSION = Pattern.compile("git version (\\d+)\\.(\\d+)");

  /**
   * Enters the other system by chroot, over a throw-away layer, and with this machine's temporary
   * folder and the helper in their places. Its own mount namespace takes all that away at the end.
   */
  private static final String ENTER =
      """
      set -e
      root=$1 layer=$2 image=$3 tmp=$4 folder=$5
      shift 5
      mount -t tmpfs none "$layer"
      mkdir "$layer/upper" "$layer/work" "$layer/root"
      mount -t overlay overlay "$layer/root" \
        -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work"
      for mounted in /proc /dev "$tmp" "$image"; do
        mkdir -p "$layer/root$mounted"
        mount --rbind "$mounted" "$layer/root$mounted"
      done
      exec chroot "$layer/root" sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
      """;

  /** This machine's own. */
  static GitVersion ofThisMachine() throws Exception {
    return new GitVersion(null, null, 0).asked();
  }

  /** The newest release, built in the folder that the environment names. */
  static GitVersion newest() throws Exception {
    String source = System.getenv(SOURCE);
    Requires.present(
        source != null && Files.isExecutable(Path.of(source, "git-remote-https")),
        "git's source, built with its part for https, in a folder that "
            + SOURCE
            + " names (src/test/sh/git-tests.sh prepare FOLDER)");
    return new GitVersion(null, Path.of(source, "bin-wrappers/git"), 0).asked();
  }

  /** The one of the Debian 13 system in the folder that the environment names. */
  static GitVersion ofOtherSystem() throws Exception {
    String folder = System.getenv(OTHER_SYSTEM);
    Requires.present(
        folder != null && Files.isExecutable(Path.of(folder, "usr/bin/git")),
        "a Debian 13 system with git in a folder that "
            + OTHER_SYSTEM
            + " names (debootstrap --variant=minbase --include=git,ca-certificates trixie FOLDER)");
    Requires.present("root".equals(System.getProperty("user.name")), "root, to enter " + folder);
    return new GitVersion(Path.of(folder), null, 0).asked();
  }

  boolean atLeast(int version) {
    return number >= version;
  }

  /**
   * The command as it is run on this machine to run it in the git's system.
   *
   * @param layer an empty folder, which stays empty
   */
  List<String> command(Path layer, Path folder, List<String> command) {
    if (program != null && command.get(0).equals("git")) {
      List<String> started = new ArrayList<>(command);
      started.set(0, program.toString());
      return started;
    }
    if (root == null) {
      return command;
    }
    List<String> entering = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", ENTER, "sh"));
    entering.add(root.toString());
    entering.add(layer.toString());
    entering.add(Helper.image().toString());
    entering.add(System.getProperty("java.io.tmpdir"));
    entering.add(folder.toString());
    entering.addAll(command);
    return entering;
  }

  private GitVersion asked() throws Exception {
    Path layer = Files.createTempDirectory("layer");
    try {
      Programs.Result result =
          Programs.run(
              layer,
              Map.of("PATH", System.getenv("PATH")),
              "",
              command(layer, layer, List.of("git", "--version")));
      Matcher matcher = VERSION.matcher(result.out());
      Requires.present(matcher.find(), "git: " + result.err());
      int major = Integer.parseInt(matcher.group(1));
      return new GitVersion(root, program, major * 1000 + Integer.parseInt(matcher.group(2)));
    } finally {
      Files.delete(layer);
    }
  }

  @Override
  public String toString() {
    return "git " + number / 1000 + "." + number % 1000;
  }
}
