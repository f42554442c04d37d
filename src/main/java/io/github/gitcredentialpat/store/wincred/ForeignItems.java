package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of other programs in the Windows Credential Manager, all of them generic and with
 * a secret in UTF-16LE.
 *
 * <table>
 * <caption>Whose credential it is</caption>
 * <tr><td>git-credential-wincred</td><td>{@code git:https://alice@host:8443/path} and a comment of
 *   its own; git's {@code key=value} lines may follow the password, and an attribute may tell the
 *   expiry</td></tr>
 * <tr><td>Git Credential Manager</td><td>the same names without the comment; the user is in them
 *   only where a host has several</td></tr>
 * <tr><td>az devops</td><td>{@code azdevops-cli:https://dev.azure.com/contoso}</td></tr>
 * </table>
 */
final class ForeignItems implements ForeignEntries {
  private static final String GITS_COMMENT = "saved by git-credential-wincred";
  private static final String GITS_EXPIRY = "git_password_expiry_utc";

  private final CredentialManager manager;

  ForeignItems(CredentialManager manager) {
    this.manager = manager;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    List<ForeignEntry> entries = new ArrayList<>();
    addAll(ForeignEntry.MANAGERS_PREFIX, entries);
    addAll(ForeignEntry.AZURE_PREFIX, entries);
    return entries;
  }

  private void addAll(String prefix, List<ForeignEntry> entries) throws StoreException {
    try (CredentialList all = manager.enumerate(prefix, "other programs' entries")) {
      for (int i = 0; i < all.size(); i++) {
        String target = all.target(i);
        if (!target.startsWith(prefix)) {
          continue;
        }
        Program program = Program.AZURE_CLI;
        String user = null;
        if (prefix.equals(ForeignEntry.MANAGERS_PREFIX)) {
          program =
              GITS_COMMENT.equals(all.comment(i)) ? Program.GIT : Program.GIT_CREDENTIAL_MANAGER;
          user = all.userName(i);
        }
        ForeignEntry entry =
            ForeignEntry.ofUrl(
                program,
                target.substring(prefix.length()),
                user,
                all.lastWrittenMillis(i) / 1_000,
                target);
        if (entry != null) {
          entries.add(entry);
        }
      }
    }
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    String subject = key.identity().display();
    try (CredentialList found = manager.read(foreign.handle(), subject)) {
      if (found.size() == 0) {
        return null;
      }
      byte[] blob = new byte[found.blobSize(0)];
      found.copyBlob(0, blob, 0);
      byte[] payload = payload(blob, found.attribute(0, GITS_EXPIRY));
      if (payload == null) {
        throw CredentialFailure.noText(foreign.program().display(), subject);
      }
      return foreign.as(key, payload);
    }
  }

  /**
   * A secret in UTF-8, its lines ended as git's protocol does.
   *
   * @param blob the secret in UTF-16LE, wiped
   * @param expiry when it dies, as the number that git's protocol has
   * @return null when the secret is no text
   */
  private static byte @Nullable [] payload(byte[] blob, @Nullable String expiry) {
    CharBuffer text = CharBuffer.allocate(blob.length / 2 + 1);
    CoderResult result = UTF_16LE.newDecoder().decode(ByteBuffer.wrap(blob), text, true);
    Arrays.fill(blob, (byte) 0);
    char[] chars = text.array();
    int length = 0;
    for (int i = 0; i < text.position(); i++) {
      if (chars[i] != '\r' || i + 1 == text.position() || chars[i + 1] != '\n') {
        chars[length++] = chars[i];
      }
    }
    byte[] more =
        expiry == null ? new byte[0] : ("\npassword_expiry_utc=" + expiry).getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(3 * length + more.length);
    UTF_8.newEncoder().encode(CharBuffer.wrap(chars, 0, length), bytes, true);
    bytes.put(more);
    Arrays.fill(chars, '\0');
    byte[] payload = Arrays.copyOf(bytes.array(), bytes.position());
    Arrays.fill(bytes.array(), (byte) 0);
    return result.isError() ? null : payload;
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    int error = manager.remove(foreign.handle());
    if (error != 0 && !CredentialFailure.isNotFound(error)) {
      throw CredentialFailure.of(error, foreign.host());
    }
    return error == 0;
  }
}
