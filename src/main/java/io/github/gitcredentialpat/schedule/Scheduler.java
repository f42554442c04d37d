package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.List;

/** A program of the system's that runs another one each day. */
public interface Scheduler {
  /**
   * What was changed, or would be.
   *
   * @param place the file, or what else it is in
   * @param lines the lines of it, each with a plus or a minus in front
   */
  record Change(String place, List<String> lines) {
    /** All lines of a text, with this sign in front. */
    static Change of(String place, String sign, String text) {
      return new Change(place, text.lines().map(line -> sign + line).toList());
    }
  }

  /** What a person calls it, such as {@code a systemd timer}. */
  String display();

  /** Whether it runs for this person. */
  default boolean isThere() throws UserException, IOException {
    return true;
  }

  /** Whether it runs this program. */
  boolean isSetUp() throws UserException, IOException;

  /**
   * Has it run this each day.
   *
   * @param dry whether only to say what would be changed
   * @return nothing when it does so already
   */
  List<Change> setUp(DailyCommand command, boolean dry) throws UserException, IOException;

  /**
   * Takes out what {@link #setUp} put in, and nothing else.
   *
   * @param dry whether only to say what would be changed
   * @return nothing when there is nothing of ours
   */
  List<Change> remove(boolean dry) throws UserException, IOException;
}
