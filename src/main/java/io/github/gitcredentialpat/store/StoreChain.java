package io.github.gitcredentialpat.store;

import java.util.List;

/**
 * The stores of this run, in the order in which they are asked.
 *
 * @param stores the stores
 * @param chosen whether a person chose them by name, rather than taking the platform's own chain
 */
public record StoreChain(List<Store> stores, boolean chosen) {}
