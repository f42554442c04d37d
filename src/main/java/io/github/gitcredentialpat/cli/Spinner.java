package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Console;

/** Shows on a terminal that something is being waited for. */
public final class Spinner implements Runnable {
  private static final String FRAMES = "|/-\\";

  private final Console messages;
  private final String what;
  private int turn;

  public Spinner(Console messages, String what) {
    this.messages = messages;
    this.what = what;
    run();
  }

  /** Shows the next frame. */
  @Override
  public void run() {
    messages.progress(what + " " + FRAMES.charAt(turn++ % FRAMES.length()));
  }

  /** Clears it. */
  public void end() {
    messages.progress("");
  }
}
