/**
 * The packaged helper under the real git client, against servers that answer like Azure DevOps.
 *
 * <p>Nothing here runs in the test's own JVM but the servers: git is the machine's git (and Debian
 * 13's in a folder, where there is one), the helper is the image that the build made.
 */
package io.github.gitcredentialpat.endtoend;
