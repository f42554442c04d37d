package io.github.gitcredentialpat.azure;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How this machine reaches the network, as git's configuration and the environment say it.
 *
 * @param proxy the proxy, with {@code user:password@} when it wants them; absent for none
 * @param certificates a PEM file with the certificate authorities to trust instead of the
 *     platform's; absent for the platform's
 */
public record HttpSettings(@Nullable URI proxy, @Nullable Path certificates) {}
