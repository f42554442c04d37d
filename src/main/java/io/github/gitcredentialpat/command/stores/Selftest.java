package io.github.gitcredentialpat.command.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.cli.Screen.Mark;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Tests each store with a throw-away entry under a random name: save, find, replace, list and
 * delete. Reports results and times, and leaves nothing behind. For platforms that our tests cannot
 * reach.
 */
@Command(
    name = "selftest",
    description = "Test each store with a throw-away entry.",
    footer = {"", "Example: git-credential-pat selftest --store file"})
final class Selftest implements Callable<Integer> {
  private final GlobalOptions global;

  private Invocation run;

  Selftest(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.context();
    run = context.run();
    int status = 0;
    for (Store store : run.chain().chosen() ? run.chain().stores() : context.allStores()) {
      Canary canary = new Canary(store);
      String fault = canary.test();
      String line = store.name() + ": " + fault;
      boolean isThere = !fault.equals(Canary.ABSENT);
      Mark mark = canary.failed ? Mark.BAD : isThere ? Mark.GOOD : Mark.NOTE;
      Screen screen = context.screen();
      context.print((screen.hasSymbols() ? screen.marked(mark, line) : line) + "\n" + canary.steps);
      if (canary.failed) {
        status = 1;
      }
    }
    return status;
  }

  /** One store's test. */
  private final class Canary {
    private static final String ABSENT = "not available";

    private final Store store;
    private final EntryKey key;
    private final StringBuilder steps = new StringBuilder();
    private boolean failed;
    private long start;

    Canary(Store store) {
      byte[] random = new byte[8];
      new SecureRandom().nextBytes(random);
      String host = "selftest-" + HexFormat.of().formatHex(random) + ".invalid";
      this.store = store;
      this.key = new EntryKey(new Identity("https", host, "canary"), "selftest");
    }

    /** Returns the result in a few words. */
    String test() {
      boolean saved = false;
      try {
        if (!store.capacity().writable()) {
          begin();
          store.list();
          step("list");
          return "read only, only listing tested";
        }
        begin();
        // Set before it is: what was cut off may be there all the same.
        saved = true;
        store.save(entry("first"));
        step("save");
        expect("first", "find");
        begin();
        store.save(entry("second"));
        step("replace");
        expect("second", "find again");
        begin();
        boolean listed = store.list().contains(key);
        step("list");
        check(listed, "the saved entry is not listed");
        begin();
        boolean deleted = store.delete(key);
        step("delete");
        saved = false;
        check(deleted && store.find(key.identity()).isEmpty(), "the entry was not deleted");
        return failed ? "FAILED" : "passed";
      } catch (StoreException e) {
        run.messages().trace(e);
        steps.append("  ").append(e.reason()).append(": ").append(e.inOneLine()).append('\n');
        boolean absent = e.reason() == Reason.UNAVAILABLE && !run.chain().chosen();
        failed |= !absent;
        return absent ? ABSENT : "FAILED";
      } finally {
        if (saved) {
          cleanUp();
        }
      }
    }

    private Entry entry(String secret) {
      return Entry.of(key, Secret.password(secret.getBytes(UTF_8)), run.now());
    }

    private void begin() {
      // Each step has its own five seconds.
      run.surroundings().deadline().restart();
      start = System.nanoTime();
    }

    private void step(String name) {
      long micros = (System.nanoTime() - start) / 1_000;
      steps.append("  ").append(name).append(": ").append(micros / 1_000).append('.');
      steps.append(micros % 1_000 / 100).append(" ms\n");
    }

    private void expect(String secret, String name) throws StoreException {
      begin();
      List<Entry> found = store.find(key.identity());
      step(name);
      check(
          found.size() == 1
              && found.get(0).key().equals(key)
              && found.get(0).secret().sameAs(entry(secret).secret()),
          "found something else than was saved");
    }

    private void check(boolean holds, String fault) {
      if (!holds) {
        failed = true;
        steps.append("  ").append(fault).append('\n');
      }
    }

    private void cleanUp() {
      begin();
      try {
        store.delete(key);
      } catch (StoreException e) {
        // The step that failed said why; a store that is not there keeps nothing.
        run.messages().trace(e);
      }
    }
  }
}
