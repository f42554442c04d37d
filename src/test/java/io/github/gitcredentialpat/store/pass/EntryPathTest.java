package io.github.gitcredentialpat.store.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EntryPathTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          ".",
          "..",
          "...",
          "../../x",
          "/",
          "//",
          "/x",
          "x/",
          "a//b",
          "-rf",
          "--help",
          "*",
          "?[a]{b}",
          "~",
          "$HOME",
          "%",
          "%41",
          "%empty",
          "%any",
          "any",
          "empty",
          "a.gpg",
          "a%2Egpg",
          ".gpg",
          "gpg",
          ".gpg-id",
          ".git",
          "\n",
          "\u007f",
          "Zoë",
          "世界",
          "a\\b",
          "a:b",
          "Alice",
          "alice",
          "con",
          "\uD83D\uDD11");

  private static Path path(EntryKey key) {
    Path path = Path.of("/store");
    for (String folder : EntryPath.folders(key.identity())) {
      path = path.resolve(folder);
    }
    return path.resolve(EntryPath.file(key.user()));
  }

  private static EntryKey key(String host, @Nullable String path, @Nullable String user) {
    return new EntryKey(new Identity("https", host, path), user);
  }

  @Test
  void noTwoKeysShareAFileAndEachIsReadBack() {
    List<EntryKey> keys = new ArrayList<>();
    for (String text : TEXTS) {
      keys.add(new EntryKey(new Identity(text, "host", null), null));
      for (String other : TEXTS) {
        keys.add(key("host", text, other));
        keys.add(key(text, other, null));
        keys.add(key("host" + text, null, other));
      }
    }
    Set<EntryKey> different = new HashSet<>(keys);
    Set<Path> files = new HashSet<>();
    Set<Path> folders = new HashSet<>();
    for (EntryKey key : different) {
      List<String> names = EntryPath.folders(key.identity());
      String file = EntryPath.file(key.user());
      assertThat(EntryPath.parse(names, file)).isEqualTo(key);
      Path path = path(key);
      assertThat(files.add(path)).as("%s", path).isTrue();
      assertThat(path.normalize()).isEqualTo(path);
      assertThat(path.toString()).matches("/store/[A-Za-z0-9._@+%/-]+").doesNotContain("/.", "/-");
      for (Path above = path.getParent(); above != null; above = above.getParent()) {
        folders.add(above);
      }
    }
    assertThat(files).hasSize(different.size()).doesNotContainAnyElementsOf(folders);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.azure.com, contoso, alice, https/dev.azure.com/contoso/alice.gpg",
    "dev.azure.com, contoso, , https/dev.azure.com/contoso/%any.gpg",
    "dev.azure.com, contoso, '', https/dev.azure.com/contoso/%empty.gpg",
    "tfs:8080, tfs/coll, a@b.c, https/tfs%3A8080/tfs/coll/a@b.c.gpg",
    "example.com, , ../up, https/example.com/%2E.%2Fup.gpg"
  })
  void namesCanBeRead(String host, @Nullable String path, @Nullable String user, String file) {
    assertThat(path(key(host, path, user))).isEqualTo(Path.of("/store", file));
  }

  @ParameterizedTest
  @CsvSource({
    "my user.gpg",
    "%2e.gpg",
    "%41.gpg",
    "alice.txt",
    ".gpg",
    "..gpg",
    "%4.gpg",
    "%zz.gpg",
    "-x.gpg"
  })
  void passesOverWhatItWouldNotHaveWritten(String file) {
    assertThat(EntryPath.parse(List.of("https", "host"), file)).isNull();
  }
}
