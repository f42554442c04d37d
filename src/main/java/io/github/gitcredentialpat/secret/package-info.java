/** Bytes that are wiped after use. Whoever makes one wipes it; nothing shows it. */
@NullMarked
package io.github.gitcredentialpat.secret;

import org.jspecify.annotations.NullMarked;
