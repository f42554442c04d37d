/** A network for the tests: names of Azure DevOps that lead to this machine. */
package io.github.gitcredentialpat.network;
