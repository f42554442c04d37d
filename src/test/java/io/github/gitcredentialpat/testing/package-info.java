/**
 * What tests share: a network with names of Azure DevOps, a bus, a terminal, a disk with faults.
 */
package io.github.gitcredentialpat.testing;
