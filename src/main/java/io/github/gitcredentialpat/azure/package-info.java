/**
 * Azure DevOps and Entra as their REST APIs have them: is a token good, what can be done with it,
 * and the life of personal access tokens.
 */
@NullMarked
package io.github.gitcredentialpat.azure;

import org.jspecify.annotations.NullMarked;
