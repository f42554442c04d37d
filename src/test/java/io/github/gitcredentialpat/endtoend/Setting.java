package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a scenario plays.
 *
 * @param home whose git: this machine's, that of Debian 13 in a folder, or the newest
 * @param store where the helper keeps its entries
 */
record Setting(Home home, String store) {
  /** Whose git it is. */
  enum Home {
    THIS_MACHINE,
    DEBIAN_13,
    NEWEST
  }

  /** All settings; without the other system where install/verify.sh was not to provide it. */
  static Stream<Setting> all() {
    Stream<Setting> here =
        Stream.of(
            new Setting(Home.THIS_MACHINE, "file"),
            new Setting(Home.THIS_MACHINE, "secretservice"));
    return Requires.isWithoutExtras()
        ? here
        : Stream.concat(
            here,
            Stream.of(
                new Setting(Home.DEBIAN_13, "file"), new Setting(Home.DEBIAN_13, "secretservice")));
  }

  /** Each git once, with entries in files; all that there are only where they were provided. */
  static Stream<Setting> gits() {
    return Stream.of(Requires.isWithoutExtras() ? new Home[] {Home.THIS_MACHINE} : Home.values())
        .map(home -> new Setting(home, "file"));
  }

  GitVersion git() throws Exception {
    return switch (home) {
      case THIS_MACHINE -> GitVersion.ofThisMachine();
      case DEBIAN_13 -> GitVersion.ofOtherSystem();
      case NEWEST -> GitVersion.newest();
    };
  }

  /** A keychain of its own for one test. */
  Keychain keychain(Path folder) throws Exception {
    return store.equals("file") ? Keychain.files(folder) : Keychain.gnome();
  }

  @Override
  public String toString() {
    String git =
        switch (home) {
          case THIS_MACHINE -> "this machine's git, ";
          case DEBIAN_13 -> "Debian 13's git, ";
          case NEWEST -> "the newest git, ";
        };
    return git + store;
  }
}
