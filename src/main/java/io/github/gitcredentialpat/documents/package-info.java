/**
 * What the build writes from the commands' own definitions: completions and manual pages. The
 * program's jar is without it.
 */
@NullMarked
package io.github.gitcredentialpat.documents;

import org.jspecify.annotations.NullMarked;
