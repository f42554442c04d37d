package io.github.gitcredentialpat.store.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A thousand build agents, each with a cache of its own, in front of a vault with the limits that
 * Microsoft publishes for Key Vault. Time goes by without anybody waiting.
 */
final class FleetTest {
  private static final int AGENTS = 1_000;
  private static final int PERIOD = 900;

  /** In one job an agent fetches this many repositories, a second apart. */
  private static final int FETCHES = 5;

  /** From the start of one job of an agent to that of the next. */
  private static final int JOB = 300;

  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  private final Random random = new Random(15);
  private final Vault vault = new Vault();
  private final List<Agent> agents = new ArrayList<>();
  private long now = 1_800_000_000;
  private long start;

  /** Counts what it is asked, and says no to more than 4,000 reads in ten seconds. */
  private final class Vault extends InMemoryStore {
    private static final int MOST_READS = 4_000;
    private static final int WINDOW = 10;

    /** To find one: the list of secrets, and the secret. */
    private static final int READS = 2;

    private final Deque<Long> reads = new ArrayDeque<>();
    private boolean isAway;
    private int asked;
    private int refused;
    private int busiest;

    Vault() {
      super("vault");
    }

    @Override
    public List<Entry> find(Identity where) throws StoreException {
      asked++;
      if (isAway) {
        throw new StoreException(Reason.TIMEOUT, "it does not answer");
      }
      while (!reads.isEmpty() && reads.peekFirst() <= now - WINDOW) {
        reads.removeFirst();
      }
      if (reads.size() + READS > MOST_READS) {
        refused++;
        throw new StoreException(Reason.FAILED, "too many requests").withRetryAfter(WINDOW);
      }
      for (int i = 0; i < READS; i++) {
        reads.addLast(now);
      }
      busiest = Math.max(busiest, reads.size());
      return super.find(where);
    }
  }

  private final class Agent implements Nature {
    private final Store place = new InMemoryStore("cache");

    /** Without a home, so that no lock is held: each agent is alone. */
    private final Environment surroundings =
        new Environment(Map.of("HOME", "nowhere"), false, new Deadline());

    private final int offset;
    private int lines;
    private int missed;
    private int asked;

    Agent(int offset) {
      this.offset = offset;
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public double chance() {
      return random.nextDouble();
    }

    /** As each of git's processes opens it. */
    private SharedStore open() {
      return new SharedStore(
          "vault",
          () -> vault,
          surroundings,
          PERIOD,
          false,
          new MachineCache(surroundings, List.of(place)),
          this);
    }

    /** The token that git gets, or nothing. */
    private String get() throws StoreException {
      SharedStore store = open();
      int before = vault.asked;
      List<StoreException> unread = new ArrayList<>(0);
      String secret = "";
      for (Entry entry : store.find(CONTOSO, unread)) {
        if (!entry.isOver(now)) {
          secret = new String(entry.secret().bytes(), UTF_8);
        }
      }
      asked += vault.asked - before;
      lines += store.notice() == null ? 0 : 1;
      missed += secret.isEmpty() ? 1 : 0;
      return secret;
    }

    private void refuse() throws StoreException {
      for (Entry entry : open().find(CONTOSO)) {
        open().save(entry.setAsideAt(now));
      }
    }

    private boolean fetches() {
      long into = (now - start - offset) % JOB;
      return now - start >= offset && into < FETCHES;
    }
  }

  @BeforeEach
  void hire() throws Exception {
    start = now;
    keep("first");
    hire(AGENTS);
  }

  private void hire(int count) {
    for (int i = agents.size(); i < count; i++) {
      agents.add(new Agent(0));
    }
  }

  private void keep(String secret) throws StoreException {
    vault.save(Entry.of(new EntryKey(CONTOSO, null), Secret.password(secret.getBytes(UTF_8)), now));
  }

  /** Lets agents work for so many seconds, all of them in one beat. */
  private void work(int seconds, String expected) throws StoreException {
    for (Agent agent : agents) {
      agent.asked = 0;
      agent.lines = 0;
    }
    vault.asked = 0;
    vault.busiest = 0;
    for (long end = now + seconds; now < end; now++) {
      for (Agent agent : agents) {
        if (agent.fetches()) {
          String got = agent.get();
          if (!got.isEmpty()) {
            assertThat(got).isEqualTo(expected);
          }
        }
      }
    }
  }

  private int most(ToIntFunction<Agent> count) {
    return agents.stream().mapToInt(count).max().orElse(0);
  }

  @Test
  void aFleetThatStartsAtOnceAsksOnceEachAPeriod() throws Exception {
    work(PERIOD, "first");
    assertThat(most(each -> each.asked)).isEqualTo(1);
    assertThat(vault.asked).isEqualTo(AGENTS);
    assertThat(vault.busiest).isLessThanOrEqualTo(AGENTS * Vault.READS);
    for (int i = 0; i < 3; i++) {
      work(PERIOD, "first");
      assertThat(most(each -> each.asked)).isEqualTo(1);
      // They no longer come in one beat.
      assertThat(vault.busiest).isLessThan(AGENTS * Vault.READS * 3 / 5);
    }
    assertThat(vault.refused).isZero();
    assertThat(most(each -> each.missed)).isZero();
  }

  @Test
  void whileTheVaultIsAwayForAPeriodEverybodyHasTheirToken() throws Exception {
    work(PERIOD, "first");
    vault.isAway = true;
    work(PERIOD, "first");
    assertThat(most(each -> each.missed)).isZero();
    assertThat(most(each -> each.lines)).isEqualTo(1);
    assertThat(most(each -> each.asked)).isLessThanOrEqualTo(3);
    vault.isAway = false;
    work(PERIOD, "first");
    assertThat(most(each -> each.missed)).isZero();
    assertThat(vault.refused).isZero();
  }

  @Test
  void aTokenThatIsReplacedAndRevokedIsHadByTheNextFetch() throws Exception {
    work(PERIOD / 2, "first");
    keep("second");
    for (Agent agent : agents) {
      assertThat(agent.get()).isEqualTo("first");
      agent.refuse();
      assertThat(agent.get()).isEqualTo("second");
    }
    assertThat(vault.refused).isZero();
    work(PERIOD / 2, "second");
    assertThat(most(each -> each.missed)).isZero();
  }

  @Test
  void aFleetThatIsTooLargeForTheVaultGetsThroughAllTheSame() throws Exception {
    hire(4 * AGENTS);
    int seconds = 0;
    for (int left = agents.size(); left > 0; seconds++, now++) {
      assertThat(seconds).isLessThan(60);
      left = 0;
      for (Agent agent : agents) {
        left += agent.get().isEmpty() ? 1 : 0;
      }
    }
    assertThat(most(each -> each.asked)).isLessThanOrEqualTo(3);
  }
}
