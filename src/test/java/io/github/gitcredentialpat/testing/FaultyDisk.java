package io.github.gitcredentialpat.testing;

import java.nio.file.Path;
import java.util.Map;

/**
 * One system call that fails for some files, in a process that is started with this environment.
 *
 * @param call the call, as in {@code fsync}
 * @param errno the error that it fails with, or {@link #KILL}
 * @param path a pattern (fnmatch(3), extended as ksh has it) that the whole path of the file
 *     matches
 */
public record FaultyDisk(String call, int errno, String path) {
  /** In place of an error: the process is killed there. */
  public static final int KILL = 0;

  public static final int EIO = 5;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ENOTSUP = 95;

  /** The variables that bring the fault about; skips the test where there is no gcc. */
  public Map<String, String> environment() throws Exception {
    Path library = CSources.library("faults/faults.c");
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAULT_CALL",
        call,
        "FAULT_ERRNO",
        String.valueOf(errno),
        "FAULT_PATH",
        path);
  }
}
