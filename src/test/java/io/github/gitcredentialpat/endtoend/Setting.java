package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.Requires;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a scenario plays.
 *
 * @param home whose git: this machine's, or that of Debian 13 in a folder
 * @param store where the helper keeps its entries
 */
record Setting(Home home, String store) {
  /** Whose git it is. */
  enum Home {
    THIS_MACHINE,
    DEBIAN_13
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

  GitVersion git() throws Exception {
    return home == Home.DEBIAN_13 ? GitVersion.ofOtherSystem() : GitVersion.ofThisMachine();
  }

  /** A keychain of its own for one test. */
  Keychain keychain(Path folder) throws Exception {
    return store.equals("file") ? Keychain.files(folder) : Keychain.gnome();
  }

  @Override
  public String toString() {
    return (home == Home.DEBIAN_13 ? "Debian 13's git, " : "this machine's git, ") + store;
  }
}
