package io.github.gitcredentialpat.store.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Other people's client, Python's hvac, on the server of these tests, and on our entries. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the client is Debian's")
@Timeout(60)
@Tag("slow")
final class HvacTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final EntryKey ALICE =
      new EntryKey(Identity.ofOrganization("contoso"), "alice@example.com");
  private static final String ALICES_PATH =
      "git-credential-pat/https/dev.azure.com/contoso/alice%40example.com";

  /** What all programs begin with. */
  private static final String CLIENT =
      """
      import hvac, os, sys
      from hvac.exceptions import InvalidPath, InvalidRequest, Forbidden
      def client(**more):
          return hvac.Client(url=os.environ['VAULT_ADDR'], verify=os.environ['VAULT_CACERT'], **more)
      def fails(kind, call, **arguments):
          try:
              call(**arguments)
          except kind:
              return
          raise AssertionError('no ' + kind.__name__)
      root = client(token=os.environ['VAULT_TOKEN'])
      kv = root.secrets.kv.v2
      """;

  @TempDir private Path home;
  @AutoClose private final FakeOpenBao server = new FakeOpenBao();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void needsTheClient() throws Exception {
    environment.put("HOME", home.toString());
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    environment.putAll(server.environment());
    environment.put("VAULT_TOKEN", server.root());
    Requires.present(
        Files.isExecutable(Path.of(PYTHON)) && exit("import hvac") == 0,
        "Python's client of Vault (Debian: python3-hvac)");
  }

  private int exit(String program) throws Exception {
    ProcessBuilder python = new ProcessBuilder(PYTHON, "-c", program);
    python.environment().clear();
    python.environment().putAll(environment);
    Process process =
        python.redirectErrorStream(true).redirectOutput(home.resolve("output").toFile()).start();
    return process.waitFor();
  }

  /** Runs a program of the client's and returns what it prints. */
  private String run(String program) throws Exception {
    int status = exit(CLIENT + program);
    String output = Files.readString(home.resolve("output"));
    assertThat(status).describedAs(output).isZero();
    return output.strip();
  }

  private OpenBaoStore open() {
    return new OpenBaoStore(new Environment(environment, false, new Deadline()));
  }

  // --- the server is one that the client knows ---

  @Test
  void theClientWritesWithCompareAndSet() throws Exception {
    run(
        """
        first = kv.create_or_update_secret(path='a/b', secret={'x': '1'}, cas=0)
        assert first['data']['version'] == 1, first
        fails(InvalidRequest, kv.create_or_update_secret, path='a/b', secret={'x': '2'}, cas=0)
        second = kv.create_or_update_secret(path='a/b', secret={'x': '2'}, cas=1)
        assert second['data']['version'] == 2, second
        fails(InvalidRequest, kv.create_or_update_secret, path='a/b', secret={'x': '3'}, cas=1)
        read = kv.read_secret_version(path='a/b')['data']
        assert read['data'] == {'x': '2'} and read['metadata']['version'] == 2, read
        old = kv.read_secret_version(path='a/b', version=1)['data']
        assert old['data'] == {'x': '1'}, old
        """);
  }

  @Test
  void theClientListsDeletesAndBringsBack() throws Exception {
    run(
        """
        kv.create_or_update_secret(path='a/b', secret={'x': '1'})
        kv.create_or_update_secret(path='a/b%2Fc/d', secret={'x': '1'})
        assert sorted(kv.list_secrets(path='a')['data']['keys']) == ['b', 'b%2Fc/']
        fails(InvalidPath, kv.list_secrets, path='b')
        kv.delete_latest_version_of_secret(path='a/b')
        fails(InvalidPath, kv.read_secret_version, path='a/b')
        told = kv.read_secret_metadata(path='a/b')['data']
        assert told['current_version'] == 1 and told['versions']['1']['deletion_time'], told
        fails(InvalidRequest, kv.create_or_update_secret, path='a/b', secret={'x': '2'}, cas=0)
        kv.undelete_secret_versions(path='a/b', versions=[1])
        assert kv.read_secret_version(path='a/b')['data']['data'] == {'x': '1'}
        kv.destroy_secret_versions(path='a/b', versions=[1])
        fails(InvalidPath, kv.read_secret_version, path='a/b')
        kv.delete_metadata_and_all_versions(path='a/b')
        assert kv.list_secrets(path='a')['data']['keys'] == ['b%2Fc/']
        """);
  }

  @Test
  void theClientLogsIn() throws Exception {
    environment.put("ROLE_ID", FakeOpenBao.newToken(""));
    environment.put("SECRET_ID", FakeOpenBao.newToken(""));
    environment.put("JWT", FakeOpenBao.newToken("eyJ"));
    List<FakeOpenBao.Rule> reads = List.of(new FakeOpenBao.Rule("secret/data/", Set.of("read")));
    server.letIn("approle", environment.get("ROLE_ID"), environment.get("SECRET_ID"), reads);
    server.letIn("jwt", "fleet", environment.get("JWT"), reads);
    server.letIn("kubernetes", "fleet", environment.get("JWT"), reads);
    run(
        """
        kv.create_or_update_secret(path='a', secret={'x': '1'})
        role, secret, jwt = (os.environ[name] for name in ('ROLE_ID', 'SECRET_ID', 'JWT'))
        def check(one):
            assert one.is_authenticated()
            assert one.secrets.kv.v2.read_secret_version(path='a')['data']['data'] == {'x': '1'}
            fails(Forbidden, one.secrets.kv.v2.create_or_update_secret, path='a', secret={})
        one = client()
        one.auth.approle.login(role_id=role, secret_id=secret)
        check(one)
        fails(InvalidRequest, client().auth.approle.login, role_id=role, secret_id='wrong')
        one = client()
        one.token = one.auth.jwt.jwt_login(role='fleet', jwt=jwt, path='jwt')['auth']['client_token']
        check(one)
        one = client()
        one.auth.kubernetes.login(role='fleet', jwt=jwt)
        check(one)
        fails(Forbidden, client().auth.kubernetes.login, role='fleet', jwt='wrong')
        fails(Forbidden, client(token='wrong').secrets.kv.v2.read_secret_version, path='a')
        """);
  }

  @Test
  void theClientUsesANamespace() throws Exception {
    server.moveTo("team");
    run(
        """
        fails(Forbidden, kv.create_or_update_secret, path='a', secret={'x': '1'})
        team = client(token=os.environ['VAULT_TOKEN'], namespace='team').secrets.kv.v2
        team.create_or_update_secret(path='a', secret={'x': '1'})
        assert team.read_secret_version(path='a')['data']['data'] == {'x': '1'}
        """);
  }

  // --- each reads what the other wrote ---

  @Test
  void weReadWhatTheClientWrote() throws Exception {
    environment.put("PAT", FakeOpenBao.newToken(""));
    run(
        """
        kv.create_or_update_secret(path='%s', secret={
            'token': os.environ['PAT'] + '\\n', 'expires_at': '2099-02-01', 'name': 'fleet',
            'scopes': 'vso.code', 'owner': 'the build team'})
        """
            .formatted(ALICES_PATH));

    List<Entry> found = open().find(ALICE.identity());

    assertThat(found).hasSize(1);
    Entry entry = found.get(0);
    assertThat(entry.key()).isEqualTo(ALICE);
    assertThat(entry.secret().bytes()).isEqualTo(environment.get("PAT").getBytes(UTF_8));
    assertThat(entry.expiry())
        .isEqualTo(
            new Expiry(
                Instant.parse("2099-02-01T00:00:00Z").getEpochSecond(), Expiry.Source.PERSON));
    assertThat(entry.name()).isEqualTo("fleet");
    assertThat(entry.scopes()).isEqualTo("vso.code");
    assertThat(entry.storedAt()).isCloseTo(Instant.now().getEpochSecond(), within(60L));
    assertThat(open().list()).containsExactly(ALICE);
  }

  @Test
  void theClientReadsWhatWeWroteAndItsFieldsStay() throws Exception {
    run(
        "kv.create_or_update_secret(path='%s', secret={'token': 'x', 'owner': 'me', 'tags': {'a': 1}, 'name': 'old'})"
            .formatted(ALICES_PATH));
    environment.put("PAT", FakeOpenBao.newToken(""));
    Entry entry =
        Entry.of(ALICE, Secret.password(environment.get("PAT").getBytes(UTF_8)), 1_800_000_000L)
            .with(new Expiry(1_900_000_000L, Expiry.Source.SERVICE), null);

    open().save(entry);

    run(
        """
        read = kv.read_secret_version(path='%s')['data']
        assert read['metadata']['version'] == 2
        assert read['data'] == {
            'token': os.environ['PAT'], 'expires_at': '2030-03-17T17:46:40Z', 'expiry_from': 'service',
            'stored_at': '2027-01-15T08:00:00Z', 'owner': 'me', 'tags': {'a': 1}}, read['data'].keys()
        """
            .formatted(ALICES_PATH));
  }

  @Test
  void aWriteOfTheClientsInBetweenIsNotOverwritten() throws Exception {
    OpenBaoStore store = open();
    store.save(entry("first"));
    assertThat(store.find(ALICE.identity())).hasSize(1);
    run("kv.create_or_update_secret(path='%s', secret={'token': 'theirs'})".formatted(ALICES_PATH));

    assertThatThrownBy(() -> store.save(entry("second"))).hasMessageContaining("changed meanwhile");
    assertThatThrownBy(
            () -> {
              store.find(ALICE.identity());
              run(
                  "kv.create_or_update_secret(path='%s', secret={'token': 'theirs'})"
                      .formatted(ALICES_PATH));
              store.delete(ALICE);
            })
        .hasMessageContaining("changed meanwhile");

    run(
        "assert kv.read_secret_version(path='%s')['data']['data'] == {'token': 'theirs'}"
            .formatted(ALICES_PATH));
    assertThat(store.find(ALICE.identity())).hasSize(1);
    store.save(entry("third"));
    run(
        "assert kv.read_secret_version(path='%s')['data']['data']['token'] == 'third'"
            .formatted(ALICES_PATH));
  }

  @Test
  void whatWeDeletedTheClientBringsBack() throws Exception {
    OpenBaoStore store = open();
    store.save(entry("first"));
    assertThat(store.delete(ALICE)).isTrue();
    assertThat(open().list()).isEmpty();
    assertThat(open().find(ALICE.identity())).isEmpty();
    assertThat(open().delete(ALICE)).isFalse();
    run("kv.undelete_secret_versions(path='%s', versions=[1])".formatted(ALICES_PATH));
    assertThat(open().list()).containsExactly(ALICE);
    assertThat(open().find(ALICE.identity())).hasSize(1);
    assertThat(open().delete(ALICE)).isTrue();
    open().save(entry("second"));
    assertThat(server.version(ALICES_PATH)).isEqualTo(2);
  }

  private static Entry entry(String secret) {
    return Entry.of(ALICE, Secret.password(secret.getBytes(UTF_8)), 1_800_000_000L);
  }
}
