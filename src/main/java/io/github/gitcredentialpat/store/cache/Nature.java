package io.github.gitcredentialpat.store.cache;

/** What happens by itself: time, and chance. */
interface Nature {
  /** Seconds since the epoch. */
  long now();

  /** From 0 to 1. */
  double chance();

  /** That of this machine. */
  final class OfThisMachine implements Nature {
    @Override
    public long now() {
      return System.currentTimeMillis() / 1000;
    }

    @Override
    public double chance() {
      return Math.random();
    }
  }
}
