package io.github.gitcredentialpat.command.agent;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers for the agent: this program, as git would start it. */
interface Helper {
  /**
   * A run that is over.
   *
   * @param hasEnded whether it ended in time; what it wrote may be cut off otherwise
   * @param hasSucceeded whether it ended in time and well
   * @param output what it answered; the caller wipes it
   * @param errors what it said to a person
   */
  @SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
  record Run(boolean hasEnded, boolean hasSucceeded, byte[] output, String errors) {}

  /**
   * Runs it to its end, or to the end of its time.
   *
   * @param words the operation, or a command with its options
   * @param request what git would send
   * @return absent when too many others run, for longer than anybody waits
   */
  @Nullable Run run(List<String> words, byte[] request) throws IOException;
}
