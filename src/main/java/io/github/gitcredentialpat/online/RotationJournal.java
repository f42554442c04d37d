package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.StateRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Records unfinished rotations in the state folder, before the service is asked for a token: if the
 * process is killed, the next one finds the new token by its name, and the old one by its id.
 */
public final class RotationJournal {
  private static final String ORGANIZATION = "organization";
  private static final String NAME = "name";
  private static final String OLD = "old";
  private static final String REVOKE_AT = "revokeAt";
  private static final String STORED = "stored";
  private static final String TESTED = "tested";

  private final Path folder;

  /** The journal of this person. */
  public RotationJournal(Environment surroundings) {
    folder = surroundings.stateFolder().resolve("rotations");
  }

  /**
   * A rotation that has not ended.
   *
   * @param file where it stands
   * @param organization whose tokens these are
   * @param name what the new token is called at the service
   * @param old the id of the one that it replaces; empty where that one is dead already
   * @param revokeAt from when on that one is to be revoked, in seconds since the epoch
   * @param isStored whether the new one has taken its place here
   * @param isTested whether the service took the new one
   */
  record Pending(
      Path file,
      String organization,
      String name,
      String old,
      long revokeAt,
      boolean isStored,
      boolean isTested) {
    private Pending with(boolean stored, boolean tested) {
      return new Pending(file, organization, name, old, revokeAt, stored, tested);
    }
  }

  /** Writes down that a token of this name will be made. */
  Pending begin(String organization, String name, Pat old, boolean isOver, long revokeAt)
      throws IOException {
    Pending pending =
        new Pending(
            folder.resolve(UUID.randomUUID().toString()),
            organization,
            name,
            isOver ? "" : old.authorizationId(),
            revokeAt,
            false,
            false);
    write(pending);
    return pending;
  }

  /** Writes down that the new token is the one that is stored here. */
  Pending stored(Pending pending, boolean isTested) throws IOException {
    Pending now = pending.with(true, isTested);
    write(now);
    return now;
  }

  /** Removes the record of a finished rotation. */
  void end(Pending pending) {
    try {
      Files.deleteIfExists(pending.file());
    } catch (IOException e) {
      // The next one finds nothing to do, and tries again.
    }
  }

  private static void write(Pending pending) throws IOException {
    Map<String, String> values = new HashMap<>();
    values.put(ORGANIZATION, pending.organization());
    values.put(NAME, pending.name());
    values.put(OLD, pending.old());
    values.put(REVOKE_AT, Long.toString(pending.revokeAt()));
    values.put(STORED, Boolean.toString(pending.isStored()));
    values.put(TESTED, Boolean.toString(pending.isTested()));
    StateRecord.write(pending.file(), values);
  }

  /** The unfinished rotations of an organization. */
  List<Pending> of(String organization) throws IOException {
    return all().stream()
        .filter(pending -> pending.organization().equalsIgnoreCase(organization))
        .toList();
  }

  /**
   * The organizations that have something to do by now.
   *
   * @param now seconds since the epoch
   */
  public Set<String> due(long now) throws IOException {
    Set<String> organizations = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Pending pending : all()) {
      if (!pending.isStored() || !pending.isTested() || pending.revokeAt() <= now) {
        organizations.add(pending.organization());
      }
    }
    return organizations;
  }

  private List<Pending> all() throws IOException {
    List<Pending> all = new ArrayList<>();
    for (String name : PrivateFiles.names(folder)) {
      Path file = folder.resolve(name);
      Properties values = StateRecord.isWhole(name) ? StateRecord.read(file) : new Properties();
      if (values.containsKey(ORGANIZATION) && values.containsKey(NAME)) {
        all.add(
            new Pending(
                file,
                values.getProperty(ORGANIZATION),
                values.getProperty(NAME),
                values.getProperty(OLD, ""),
                StateRecord.number(values, REVOKE_AT),
                Boolean.parseBoolean(values.getProperty(STORED)),
                Boolean.parseBoolean(values.getProperty(TESTED))));
      }
    }
    return all;
  }
}
