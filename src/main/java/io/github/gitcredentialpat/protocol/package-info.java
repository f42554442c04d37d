/**
 * Git's credential protocol, gitcredentials(7) and git-credential(1): the request as bytes, and the
 * response.
 */
@NullMarked
package io.github.gitcredentialpat.protocol;

import org.jspecify.annotations.NullMarked;
