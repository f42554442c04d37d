/**
 * Azure DevOps as its REST APIs have it: is a token good, what can be done with it, and the life of
 * personal access tokens.
 */
@NullMarked
package io.github.gitcredentialpat.azure;

import org.jspecify.annotations.NullMarked;
