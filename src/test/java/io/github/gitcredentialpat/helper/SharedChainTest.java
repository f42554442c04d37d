package io.github.gitcredentialpat.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.cache.SharedStore;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.SignInKeeper;
import io.github.gitcredentialpat.tokens.StoreLock;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever git says of a token that many machines share, they all keep it. */
final class SharedChainTest {
  private static final long DAY = 86_400;
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String REQUEST = "protocol=https\nhost=dev.azure.com\npath=contoso/x\n";

  @TempDir Path home;
  private final InMemoryStore vault = new InMemoryStore("vault");
  private final InMemoryStore own = new InMemoryStore("own");
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final String secret = UUID.randomUUID().toString();
  private long now = System.currentTimeMillis() / 1000;
  private int writes;

  @BeforeEach
  void store() throws Exception {
    vault.save(entry(null, secret));
    writes = vault.writes();
  }

  /** What a test changes there itself it counts anew. */
  @AfterEach
  void nothingWasWrittenThere() {
    assertThat(vault.writes()).isEqualTo(writes);
  }

  private Entry entry(String user, String password) {
    return Entry.of(new EntryKey(CONTOSO, user), Secret.password(password.getBytes(UTF_8)), now);
  }

  private Environment surroundings() {
    // In a container nothing goes into the kernel's keyring, which outlives the test.
    return new Environment(
        Map.of("HOME", home.toString(), "container", "test"), false, new Deadline());
  }

  private SharedStore shared(Store remote, boolean writable) {
    return new SharedStore("openbao", () -> remote, surroundings(), 900, writable);
  }

  private Invocation run(Store... chain) {
    err.reset();
    return new Invocation(
        new StoreChain(List.of(chain), false), surroundings(), new Console(err, false), now);
  }

  private Invocation run() {
    return run(shared(vault, false));
  }

  private static ByteArrayInputStream stream(String request) {
    return new ByteArrayInputStream(request.getBytes(UTF_8));
  }

  private String get(Invocation run) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CredentialHelper.get(run, stream(REQUEST)).writeTo(out);
    return out.toString(UTF_8);
  }

  private boolean erase(Invocation run, String password) throws Exception {
    return !CredentialHelper.erase(run, stream(REQUEST + "username=x\npassword=" + password + "\n"))
        .failed();
  }

  private boolean keep(Invocation run, String password) throws Exception {
    return CredentialHelper.store(
        run, stream(REQUEST + "username=pat\npassword=" + password + "\n"));
  }

  private String said() {
    return err.toString(UTF_8);
  }

  @Test
  void whatGitFoundGoodIsLeftAsItIsInSilence() throws Exception {
    assertThat(get(run())).contains("password=" + secret);
    int reads = vault.reads();
    assertThat(keep(run(), secret)).isTrue();
    assertThat(said()).isEmpty();
    String ends = "password_expiry_utc=" + (now + DAY) + "\n";
    assertThat(
            CredentialHelper.store(
                run(), stream(REQUEST + "username=pat\npassword=" + secret + "\n" + ends)))
        .isTrue();
    assertThat(said()).isEmpty();
    assertThat(vault.reads()).isEqualTo(reads);
  }

  @Test
  void aTypedTokenIsNotStoredThereAndItIsSaidHow() throws Exception {
    get(run());
    assertThat(keep(run(), "typed")).isFalse();
    assertThat(said())
        .contains("many machines share this store, so it is only read here")
        .contains("hint: git-credential-pat login contoso --store openbao\n");
  }

  @Test
  void aTypedTokenGoesToTheNextStoreAndIsAnsweredOnceTheSharedOneWasRefused() throws Exception {
    get(run(shared(vault, false), own));
    assertThat(erase(run(shared(vault, false), own), secret)).isTrue();
    assertThat(get(run(shared(vault, false), own))).doesNotContain("password");
    assertThat(keep(run(shared(vault, false), own), "typed")).isTrue();
    assertThat(said()).doesNotContain("gets first");
    assertThat(own.list()).hasSize(1);
    assertThat(get(run(shared(vault, false), own))).contains("password=typed");
  }

  @Test
  void whereTheSharedOneIsAnsweredFirstItIsSaid() throws Exception {
    get(run());
    assertThat(keep(run(shared(vault, false), own), "typed")).isTrue();
    assertThat(said())
        .contains("openbao has another token for contoso, which git gets first")
        .contains("hint: git-credential-pat login contoso --store openbao\n");
  }

  @Test
  void aRefusalIsNotedOnThisMachineAndANewerOneAnswered() throws Exception {
    assertThat(get(run())).contains("password=" + secret);
    assertThat(erase(run(), secret)).isTrue();
    assertThat(said()).contains("was rejected by the server and is set aside on this machine");
    assertThat(get(run())).doesNotContain("password");
    assertThat(said())
        .contains("hint: git-credential-pat login --restore contoso\n")
        .contains("hint: git-credential-pat login contoso --store openbao\n");
    assertThat(get(run(shared(vault, false), own))).doesNotContain("password");
    assertThat(said()).contains("hint: git-credential-pat login contoso\n");
    vault.save(entry(null, "newer"));
    writes++;
    now += 61;
    // At most once a minute: another machine has it at once.
    assertThat(get(run())).doesNotContain("password");
  }

  @Test
  void aPersonsRejectionReachesNoVault() throws Exception {
    get(run());
    assertThat(CredentialHelper.erase(run(), stream(REQUEST)).failed()).isTrue();
    assertThat(said())
        .contains("it is only read here")
        .contains("hint: git-credential-pat logout contoso --store openbao\n")
        .doesNotContain("unlock");
    assertThat(get(run())).contains("password=" + secret);
  }

  @Test
  void ofTwoItemsOfOneKeyTheRefusedOneIsSetAside() throws Exception {
    Store both =
        new InMemoryStore("both") {
          @Override
          public List<Entry> find(Identity where) {
            return new ArrayList<>(List.of(entry(null, "good"), entry(null, "bad")));
          }
        };
    get(run(shared(both, false)));
    assertThat(erase(run(shared(both, false)), "bad")).isTrue();
    assertThat(said()).contains("set aside on this machine");
    assertThat(get(run(shared(both, false)))).contains("password=good");
  }

  @Test
  void aRestoredOneIsAnsweredAgain() throws Exception {
    get(run());
    erase(run(), secret);
    assertThat(TokenKeeper.bringBack(run(own, shared(vault, false)), entry(null, secret))).isTrue();
    assertThat(own.list()).isEmpty();
    assertThat(get(run())).contains("password=" + secret);
  }

  @Test
  void noTokenIsMadeInThePlaceOfOneThatCannotBeReadNow() throws Exception {
    vault.failWith(new StoreException(Reason.TIMEOUT, "it does not answer"));
    GetOperation get = CredentialHelper.get(run(), stream(REQUEST));
    assertThat(get.missed()).isNull();
    assertThat(said()).contains("openbao: it does not answer");
    vault.failWith(new StoreException(Reason.UNAVAILABLE, "no vault was named"));
    assertThat(CredentialHelper.get(run(), stream(REQUEST.replace("contoso", "fabrikam"))).missed())
        .isNull();
    vault.failWith(null);
    assertThat(
            CredentialHelper.get(run(), stream(REQUEST.replace("contoso", "northwind"))).missed())
        .isNotNull();
  }

  // --- what tidies up a chain, even where a person may write ---

  @Test
  void whatWasSetAsideLongAgoStaysThere() throws Exception {
    shared(vault, true).save(entry(null, secret).setAsideAt(now - 10 * DAY));
    for (int i = 0; i < 3; i++) {
      Invocation run = run(shared(vault, true));
      ChainWriter chain = new ChainWriter(run, CONTOSO);
      try (StoreLock lock = run.lock()) {
        chain.read(lock);
      }
      now += 2 * DAY;
    }
    assertThat(vault.find(CONTOSO)).hasSize(1);
  }

  @Test
  void anOlderCopyBelowStaysThere() throws Exception {
    own.save(entry(null, secret));
    Invocation run = run(own, shared(vault, true));
    TokenKeeper keeper = new TokenKeeper(run, Resolution.ofOrganization(CONTOSO), null);
    assertThat(keeper.keep(entry(null, "newer"), null)).isSameAs(own);
    assertThat(vault.find(CONTOSO)).hasSize(1);
  }

  @Test
  void aSecondNameOfOneTokenStaysThere() throws Exception {
    vault.save(entry("alice", secret));
    writes++;
    Invocation run = run(shared(vault, true));
    ChainWriter chain = new ChainWriter(run, CONTOSO);
    try (StoreLock lock = run.lock()) {
      chain.read(lock);
    }
    assertThat(vault.find(CONTOSO)).hasSize(2);
  }

  @Test
  void aSignInGoesToAStoreOfThePersonsOwn() {
    Invocation run = run(shared(vault, true), own);
    assertThat(new SignInKeeper(run, "tenant", "client").keep("refresh".getBytes(UTF_8))).isTrue();
    assertThat(own.writes()).isEqualTo(1);
    StoreChain alone = run(shared(vault, true)).chain();
    assertThat(StoreChoice.forSignIns(alone, surroundings())).isNotSameAs(alone);
  }

  @Test
  void anExpiryThatGitTellsIsNoReasonToWrite() throws Exception {
    vault.save(entry(null, secret).with(new Expiry(now - 5, Expiry.Source.SERVICE), null));
    writes++;
    get(run());
    assertThat(keep(run(), secret)).isTrue();
  }
}
