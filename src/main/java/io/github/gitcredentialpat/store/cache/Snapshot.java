package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store that many machines share said of one place, and how this machine goes on from there.
 * As a secret it is one line of base64, so that every store can keep it.
 *
 * @param readAt when the store said it, in seconds since the epoch; 0 when it has said nothing yet
 * @param askAt from when on it may be asked again
 * @param failures how often in a row it has failed since
 * @param saidAt when the person was last told that it fails
 * @param problem the last failure; absent when it said the last time what it has
 * @param entries what it has, none of it set aside
 * @param refused what servers refused of it, on this machine
 */
record Snapshot(
    long readAt,
    long askAt,
    int failures,
    long saidAt,
    @Nullable StoreException problem,
    List<Entry> entries,
    List<Refused> refused) {

  /** Where nothing is known. */
  static final Snapshot NONE = new Snapshot(0, 0, 0, 0, null, List.of(), List.of());

  /** In seconds: no pause after a failure is longer. */
  static final long LONGEST_PAUSE = 24 * 60 * 60;

  /** By how much a period may differ from what was asked for, so that a fleet drifts apart. */
  static final double SPREAD = 0.1;

  private static final byte VERSION = 1;
  private static final int DIGEST = 16;
  private static final int MOST_REFUSED = 16;

  /**
   * A secret that a server refused: by a digest, since it may be gone from the vault and come back.
   *
   * @param at since when it is set aside, in seconds since the epoch
   */
  record Refused(EntryKey key, String digest, long at) {
    static Refused of(Entry entry) {
      return new Refused(entry.key(), digest(entry.secret()), entry.setAsideAt());
    }

    boolean isSameAs(Refused other) {
      return key.equals(other.key) && digest.equals(other.digest);
    }

    boolean isOf(Entry entry) {
      return key.equals(entry.key()) && digest.equals(digest(entry.secret()));
    }

    private static String digest(Secret secret) {
      return HexFormat.of().formatHex(MachineCache.sha256().digest(secret.bytes()), 0, DIGEST);
    }
  }

  /** Whether nothing is known at all. */
  boolean isNothing() {
    return readAt == 0 && failures == 0 && refused.isEmpty();
  }

  /** Whether it is answered, or its failure told, without asking. */
  boolean isFresh(long now, int period) {
    if (problem != null) {
      return now < askAt && now >= askAt - LONGEST_PAUSE;
    }
    // A clock that was set back, or a shorter period than before, makes it stale.
    return now < askAt
        && now >= readAt
        && now - readAt <= period * (1 + SPREAD)
        && !hasExpired(now);
  }

  /** Whether one was good when it was read and is not any more. */
  private boolean hasExpired(long now) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).isOver(now) && !entries.get(i).isOver(readAt)) {
        return true;
      }
    }
    return false;
  }

  /** The entries, set aside where a server refused them. */
  List<Entry> marked() {
    return mark(entries, refused);
  }

  /** These entries, set aside where they are among what servers refused. */
  static List<Entry> mark(List<Entry> entries, List<Refused> refused) {
    if (refused.isEmpty()) {
      return entries;
    }
    List<Entry> marked = new ArrayList<>(entries);
    for (int i = 0; i < marked.size(); i++) {
      for (int j = 0; j < refused.size(); j++) {
        if (refused.get(j).isOf(marked.get(i))) {
          marked.set(i, marked.get(i).setAsideAt(refused.get(j).at()));
        }
      }
    }
    return marked;
  }

  /** A copy in which this entry counts as refused, or, where it is not set aside, no more. */
  Snapshot withMark(Entry entry) {
    List<Refused> marks = new ArrayList<>(refused.size() + 1);
    for (int i = 0; i < refused.size(); i++) {
      if (!refused.get(i).isOf(entry)) {
        marks.add(refused.get(i));
      }
    }
    if (entry.setAsideAt() != 0) {
      marks.add(Refused.of(entry));
    }
    // A refusal is no reason to press a store that wants to be left alone.
    boolean asksAtOnce = entry.setAsideAt() != 0 && failures == 0;
    return new Snapshot(
        readAt,
        asksAtOnce ? 0 : askAt,
        failures,
        saidAt,
        problem,
        entries,
        marks.subList(Math.max(0, marks.size() - MOST_REFUSED), marks.size()));
  }

  void wipe() {
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).wipe();
    }
  }

  // --- as the secret of a cached entry ---

  /** As the secret of an entry, for the caller to wipe. */
  Secret encode() throws StoreException {
    try (Wiped bytes = new Wiped()) {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      out.writeLong(readAt);
      out.writeLong(askAt);
      out.writeInt(failures);
      out.writeLong(saidAt);
      out.writeBoolean(problem != null);
      if (problem != null) {
        out.writeUTF(problem.reason().name());
        write(out, problem.getMessage());
        write(out, problem.hint());
      }
      out.writeInt(entries.size());
      for (int i = 0; i < entries.size(); i++) {
        write(out, entries.get(i).key());
        byte[] payload = Payload.encode(entries.get(i));
        out.writeInt(payload.length);
        out.write(payload);
        Arrays.fill(payload, (byte) 0);
      }
      out.writeInt(refused.size());
      for (int i = 0; i < refused.size(); i++) {
        write(out, refused.get(i).key());
        out.writeUTF(refused.get(i).digest());
        out.writeLong(refused.get(i).at());
      }
      byte[] whole = bytes.toByteArray();
      Secret secret = Secret.password(Base64.getEncoder().encode(whole));
      Arrays.fill(whole, (byte) 0);
      return secret;
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot note what a shared store said", e);
    }
  }

  /** What a cached entry holds; absent where it is of another version, or no such thing. */
  static @Nullable Snapshot decode(Secret secret) {
    byte[] whole;
    try {
      whole = Base64.getDecoder().decode(secret.bytes());
    } catch (IllegalArgumentException e) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(whole))) {
      return in.readByte() == VERSION ? read(in) : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    } finally {
      Arrays.fill(whole, (byte) 0);
    }
  }

  private static Snapshot read(DataInputStream in) throws IOException {
    long readAt = in.readLong();
    long askAt = in.readLong();
    int failures = in.readInt();
    long saidAt = in.readLong();
    StoreException problem = in.readBoolean() ? problem(in) : null;
    int count = in.readInt();
    List<Entry> entries = new ArrayList<>(1);
    for (int i = 0; i < count; i++) {
      EntryKey key = key(in);
      byte[] payload = in.readNBytes(in.readInt());
      Entry entry = Payload.decode(key, payload);
      if (entry != null) {
        entries.add(entry);
      }
      Arrays.fill(payload, (byte) 0);
    }
    int marks = in.readInt();
    List<Refused> refused = new ArrayList<>(0);
    for (int i = 0; i < marks; i++) {
      EntryKey key = key(in);
      String digest = in.readUTF();
      refused.add(new Refused(key, digest, in.readLong()));
    }
    return new Snapshot(readAt, askAt, failures, saidAt, problem, entries, refused);
  }

  private static StoreException problem(DataInputStream in) throws IOException {
    Reason reason = Reason.valueOf(in.readUTF());
    StoreException problem = new StoreException(reason, String.valueOf(text(in)));
    String hint = text(in);
    return problem.withHint(hint);
  }

  private static void write(DataOutputStream out, EntryKey key) throws IOException {
    write(out, key.identity().protocol());
    write(out, key.identity().host());
    write(out, key.identity().path());
    write(out, key.user());
  }

  private static EntryKey key(DataInputStream in) throws IOException {
    String protocol = String.valueOf(text(in));
    String host = String.valueOf(text(in));
    return new EntryKey(new Identity(protocol, host, text(in)), text(in));
  }

  private static void write(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }

  /** A buffer of which closing leaves nothing, but for what it outgrew. */
  private static final class Wiped extends ByteArrayOutputStream {
    Wiped() {
      // Large enough for nearly all, so that growing leaves no copy of a secret behind.
      super(8192);
    }

    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
