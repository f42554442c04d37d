package io.github.gitcredentialpat.store.keyutils;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

// More than 400 lines: the store, and what other processes do to a keyring meanwhile.
/**
 * The Linux kernel's keyring of this user: in memory only, so that a token is gone after a reboot
 * (and on kernels before 5.3 once the user's last process ends), and a while after its last use.
 *
 * <p>Entries are keys of the type {@code user} in a keyring {@code git-credential-pat} inside the
 * user keyring ({@code keyctl show @u} shows them), described as {@link KeyDescription} says; the
 * payload is that of {@link Payload}. Each key expires a while after its last use, and all that
 * find it renew it.
 *
 * <p>Who can read it: every process of the same user, for each can link the user keyring to its
 * own; root only by becoming that user. A container without a user namespace of its own shares the
 * keyring of its uid with the host and with other containers, so this store is never used unless it
 * is chosen.
 *
 * <p>Limits: {@code /proc/sys/kernel/keys} (by default 20,000 bytes and 200 keys for all keys of a
 * user, far more for root), and 32,767 bytes for a key.
 *
 * <p>Errors: what expired, was revoked or is gone is not found. {@code LIMIT} when the quota is
 * used up or an entry too large; {@code UNAVAILABLE} where the system has no keyrings or a
 * container's filter forbids them; else {@code FAILED}.
 */
public final class KeyutilsStore implements Store {
  private static final String RING = "git-credential-pat";
  private static final int LONGEST_PAYLOAD = 32_767;
  private static final int LONGEST_DESCRIPTION = 4_095;

  /** The part of a payload that is reserved for a token's details. */
  private static final int BESIDE_THE_SECRET = 767;

  /**
   * How much of the quota an entry of usual size takes: description, payload and its place in the
   * keyring.
   */
  private static final int USUAL_ENTRY = 256;

  private static final String SET_ASIDE = "\nset_aside_at=";

  /** For that and a time. */
  private static final int ROOM = 32;

  // How often, and how far apart, a write that met a used-up quota is tried again.
  private static final int TRIES = 10;
  private static final long PAUSE_MILLIS = 20;

  // errno values that all of Linux but MIPS, Alpha, PA-RISC and SPARC agree on.
  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;
  private static final int ENFILE = 23;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;
  private static final int EDQUOT = 122;
  private static final int ENOKEY = 126;
  private static final int EKEYEXPIRED = 127;
  private static final int EKEYREVOKED = 128;

  private final String name;
  private final int timeoutSeconds;

  /**
   * A store that loads nothing until it is used.
   *
   * @param timeoutSeconds how long an entry lives after its last use, from 1
   */
  public KeyutilsStore(int timeoutSeconds) {
    this(RING, timeoutSeconds);
  }

  /**
   * The same with a keyring of its own, for what is not a person's token.
   *
   * @param name what the keyring is called
   */
  public KeyutilsStore(String name, int timeoutSeconds) {
    this.name = name;
    this.timeoutSeconds = timeoutSeconds;
  }

  @Override
  public String name() {
    return "keyutils";
  }

  @Override
  public String location() {
    return "kernel memory, keyring git-credential-pat of this user (see keyctl show @u)";
  }

  @Override
  public String readers() {
    return "every program of this user, and containers with the same user id";
  }

  /** What the quota allows, if nothing else used it. */
  @Override
  public Capacity capacity() {
    String who = isRoot() ? "root_" : "";
    int bytes = quota(who + "maxbytes");
    int keys = quota(who + "maxkeys");
    // Half of it, since a key that is replaced and the new one are there at once.
    int longest = Math.min(LONGEST_PAYLOAD, bytes / 2) - BESIDE_THE_SECRET;
    // Some keys and keyrings belong to the session.
    return new Capacity(
        true, Math.max(0, longest), Math.min(bytes / USUAL_ENTRY, Math.max(0, keys - 16)));
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    try (Access access = access()) {
      return find(where, access.kernel, access.ring);
    }
  }

  private List<Entry> find(Identity where, Keyctl kernel, int ring) throws StoreException {
    List<Entry> found = new ArrayList<>();
    byte[] payload = null;
    for (int serial : serials(kernel, ring)) {
      EntryKey key = key(kernel, serial);
      if (key == null || !isAt(key.identity(), where)) {
        continue;
      }
      if (payload == null) {
        payload = new byte[LONGEST_PAYLOAD];
      }
      int length = kernel.read(serial, payload);
      if (isGone(length)) {
        continue;
      }
      if (length < 0) {
        throw problem(-length, "read");
      }
      kernel.setTimeout(serial, timeoutSeconds);
      byte[] exact = Arrays.copyOf(payload, length);
      Entry entry = Payload.decode(key, exact);
      if (entry != null) {
        found.add(entry);
      }
      Arrays.fill(exact, (byte) 0);
      Arrays.fill(payload, 0, length, (byte) 0);
    }
    return found;
  }

  private static boolean isAt(Identity identity, Identity where) {
    return identity.protocol().equals(where.protocol())
        && identity.host().equals(where.host())
        && (where.path() == null || where.path().equals(identity.path()));
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    List<EntryKey> keys = new ArrayList<>();
    try (Access access = access()) {
      for (int serial : serials(access.kernel, access.ring)) {
        EntryKey key = key(access.kernel, serial);
        if (key != null) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /**
   * Counts keys in our keyring that are not entries, since their descriptions are not as we write
   * them.
   */
  @Override
  public int damaged() throws StoreException {
    int damaged = 0;
    try (Access access = access()) {
      for (int serial : serials(access.kernel, access.ring)) {
        boolean isGone = isGone(access.kernel.read(serial, new byte[0]));
        damaged += isGone || key(access.kernel, serial) != null ? 0 : 1;
      }
    }
    return damaged;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    String description = KeyDescription.of(entry.key());
    int longest = capacity().longestSecret();
    if (entry.secret().bytes().length > longest) {
      throw tooLong(entry, "the secret", longest);
    }
    if (description.getBytes(StandardCharsets.UTF_8).length > LONGEST_DESCRIPTION) {
      throw tooLong(entry, "the address with its user name", LONGEST_DESCRIPTION);
    }
    byte[] payload = payload(entry);
    try (Access access = access()) {
      if (payload.length > LONGEST_PAYLOAD) {
        throw tooLong(entry, "the secret with its details", LONGEST_PAYLOAD);
      }
      Keyctl kernel = access.kernel;
      int ring = access.ringToWrite();
      int result = put(kernel, ring, description, payload);
      if (result == -EDQUOT) {
        result = replace(kernel, ring, description, payload);
      }
      // What expired counts until the kernel sweeps, up to five minutes later; what was just
      // removed counts a little longer as well.
      for (int i = 0; result == -EDQUOT && i < TRIES; i++) {
        removeDead(kernel, ring);
        pause();
        result = put(kernel, ring, description, payload);
      }
      if (result < 0) {
        throw problem(-result, "write to");
      }
    } finally {
      Arrays.fill(payload, (byte) 0);
    }
  }

  /**
   * The payload, as long for an entry that is set aside as for one that is not, since both must be
   * possible when the quota is used up: empty lines at its end, which say nothing, keep the room.
   */
  private static byte[] payload(Entry entry) throws StoreException {
    byte[] payload = Payload.encode(entry);
    int used =
        entry.setAsideAt() == 0
            ? 0
            : SET_ASIDE.length() + Long.toString(entry.setAsideAt()).length();
    int room = Math.min(LONGEST_PAYLOAD - payload.length, ROOM - used);
    if (room <= 0) {
      return payload;
    }
    byte[] withRoom = Arrays.copyOf(payload, payload.length + room);
    Arrays.fill(withRoom, payload.length, withRoom.length, (byte) '\n');
    Arrays.fill(payload, (byte) 0);
    return withRoom;
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    try (Access access = access()) {
      String description = KeyDescription.of(key);
      int serial = access.ring == 0 ? -ENOKEY : access.kernel.search(access.ring, description);
      if (isGone(serial)) {
        return false;
      }
      int result = serial < 0 ? serial : access.kernel.unlink(serial, access.ring);
      if (result < 0) {
        throw problem(-result, "delete from");
      }
      return true;
    }
  }

  /**
   * Makes the key in this process's own keyring, which ends with it, and shows it to others only
   * once it has its time limit; the link replaces an older key of this description.
   */
  private int put(Keyctl kernel, int ring, String description, byte[] payload) {
    int serial = kernel.addKey(description, payload, Keyctl.PROCESS_KEYRING);
    if (serial < 0) {
      return serial;
    }
    int result = kernel.setTimeout(serial, timeoutSeconds);
    if (result >= 0) {
      result = kernel.setPermissions(serial, Keyctl.POSSESSOR_ONLY);
    }
    if (result >= 0) {
      result = kernel.link(serial, ring);
    }
    kernel.unlink(serial, Keyctl.PROCESS_KEYRING);
    return result;
  }

  /** Gives an existing key another payload, which needs no more room than it has. */
  private int replace(Keyctl kernel, int ring, String description, byte[] payload) {
    int serial = kernel.search(ring, description);
    if (serial < 0) {
      return -EDQUOT;
    }
    int result = kernel.update(serial, payload);
    return result < 0 ? result : kernel.setTimeout(serial, timeoutSeconds);
  }

  private static void removeDead(Keyctl kernel, int ring) throws StoreException {
    for (int serial : serials(kernel, ring)) {
      if (isGone(kernel.read(serial, new byte[0]))) {
        kernel.unlink(serial, ring);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Our keyring; 0 when there is none. */
  private static int ring(Keyctl kernel, String name) throws StoreException {
    int ring = kernel.searchKeyring(Keyctl.USER_KEYRING, name);
    if (isGone(ring)) {
      return 0;
    }
    if (ring < 0) {
      throw problem(-ring, "search");
    }
    return ring;
  }

  private static int newRing(Keyctl kernel, String name) throws StoreException {
    // A keyring that is made where one lies already replaces it with all that is in it. So it is
    // made elsewhere, and moved only if no other process was quicker.
    int ring = kernel.addKeyring(name, Keyctl.PROCESS_KEYRING);
    if (ring < 0) {
      throw problem(-ring, "write to");
    }
    int moved = move(kernel, ring);
    if (moved == -EEXIST) {
      int quicker = ring(kernel, name);
      if (quicker != 0) {
        kernel.unlink(ring, Keyctl.PROCESS_KEYRING);
        return quicker;
      }
    }
    // What lies there is revoked, or this kernel is older than 5.3 and cannot move.
    if (moved < 0) {
      moved = kernel.link(ring, Keyctl.USER_KEYRING);
      kernel.unlink(ring, Keyctl.PROCESS_KEYRING);
    }
    if (moved < 0) {
      throw problem(-moved, "write to");
    }
    return ring;
  }

  private static int move(Keyctl kernel, int ring) {
    try {
      return kernel.move(ring, Keyctl.PROCESS_KEYRING, Keyctl.USER_KEYRING);
    } catch (LinkageError e) {
      return -ENOSYS;
    }
  }

  private static int[] serials(Keyctl kernel, int ring) throws StoreException {
    if (ring == 0) {
      return new int[0];
    }
    byte[] bytes = new byte[1024];
    int length = kernel.read(ring, bytes);
    while (length > bytes.length) {
      bytes = new byte[length + 1024];
      length = kernel.read(ring, bytes);
    }
    if (length < 0 && !isGone(length)) {
      throw problem(-length, "read");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int[] serials = new int[Math.max(0, length) / Integer.BYTES];
    for (int i = 0; i < serials.length; i++) {
      serials[i] = buffer.getInt();
    }
    return serials;
  }

  /** The entry with a serial number; absent when it is gone, or not an entry. */
  private static @Nullable EntryKey key(Keyctl kernel, int serial) {
    String described = kernel.describe(serial);
    if (described == null || !described.startsWith("user;")) {
      return null;
    }
    // user;0;0;3f000000;description
    int start = 0;
    for (int i = 0; i < 4 && start >= 0; i++) {
      start = described.indexOf(';', start) + 1;
    }
    return KeyDescription.parse(described.substring(start));
  }

  private static boolean isGone(int result) {
    return result == -ENOKEY || result == -EKEYEXPIRED || result == -EKEYREVOKED;
  }

  /**
   * The kernel's calls and our keyring, for one operation, which must be in possession of it: keys
   * of the user keyring can be read only by who reaches them through a keyring of its own.
   */
  private static final class Access implements AutoCloseable {
    private final Keyctl kernel;
    private final String name;

    /** Our keyring; 0 when there is none. */
    private int ring;

    private boolean linked;

    Access(Keyctl kernel, String name) throws StoreException {
      this.kernel = kernel;
      this.name = name;
      ring = ring(kernel, name);
      possess();
    }

    /** Our keyring, made if there is none. */
    int ringToWrite() throws StoreException {
      if (ring == 0) {
        ring = newRing(kernel, name);
        possess();
      }
      return ring;
    }

    /**
     * Most sessions have a link to the user keyring from their start on; in others, as below sudo,
     * the process makes one. That of the process belongs to the thread that made it, so it is made
     * anew for each operation. It needs a keyring, and so some of this user's quota; where that is
     * used up, the session's own keyring may take it for a moment, which may be another user's.
     */
    private void possess() throws StoreException {
      if (ring == 0 || kernel.read(ring, new byte[0]) != -EACCES) {
        return;
      }
      int result = kernel.link(Keyctl.USER_KEYRING, Keyctl.PROCESS_KEYRING);
      if (result == -EDQUOT) {
        result = kernel.link(Keyctl.USER_KEYRING, Keyctl.SESSION_KEYRING);
        linked = result >= 0;
      }
      if (result == -EDQUOT) {
        throw new StoreException(
                Reason.LIMIT,
                "cannot open the kernel keyring: this user's quota is used up and the session has no"
                    + " link to the user keyring; empty ours")
            .withHint("keyctl unlink %:" + name + " @u");
      }
      if (result < 0) {
        throw problem(-result, "open");
      }
    }

    @Override
    public void close() {
      if (linked) {
        kernel.unlink(Keyctl.USER_KEYRING, Keyctl.SESSION_KEYRING);
      }
    }
  }

  private Access access() throws StoreException {
    try {
      return new Access(new Keyctl(), name);
    } catch (LinkageError e) {
      throw new StoreException(
          Reason.UNAVAILABLE,
          System.getProperty("os.name").equals("Linux")
              ? "cannot load libkeyutils.so.1; install the package libkeyutils1"
              : "only Linux has a kernel keyring; use another store",
          e);
    }
  }

  /** The place where error numbers become reasons. */
  private static StoreException problem(int errno, String what) {
    String cannot = "cannot " + what + " the kernel keyring (errno " + errno + ")";
    if (errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EOPNOTSUPP) {
      return new StoreException(
          Reason.UNAVAILABLE,
          cannot
              + ": this container or kernel forbids it; use another store, such as --store file");
    }
    if (errno == EDQUOT || errno == ENFILE) {
      return new StoreException(
              Reason.LIMIT, cannot + ": this user's quota is used up; delete a token")
          .withHint("git-credential-pat logout ORG");
    }
    return new StoreException(Reason.FAILED, cannot).withHint("keyctl show @u");
  }

  private static StoreException tooLong(Entry entry, String what, int most) {
    return new StoreException(
        Reason.LIMIT,
        what
            + " for "
            + entry.key().identity().display()
            + " is longer than the "
            + most
            + " bytes the kernel keyring allows; use another store, such as --store file");
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** A limit that the kernel shows; its own default for ordinary users where it shows none. */
  private static int quota(String name) {
    // In one read: a second one of such a file finds its end, whatever the first one left.
    byte[] text = new byte[32];
    try (FileInputStream in = new FileInputStream("/proc/sys/kernel/keys/" + name)) {
      int length = in.read(text);
      String number = new String(text, 0, Math.max(0, length), StandardCharsets.US_ASCII);
      return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(number.strip()));
    } catch (IOException | NumberFormatException e) {
      return name.endsWith("bytes") ? 20_000 : 200;
    }
  }
}
