package io.github.gitcredentialpat.store;

final class InMemoryStoreTest extends StoreContract {
  private final InMemoryStore memory = new InMemoryStore("memory");

  @Override
  protected Store open() {
    return memory;
  }
}
