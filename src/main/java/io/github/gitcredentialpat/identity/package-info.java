/**
 * Whose token this is: the rules by which a URL, in whatever form, leads to an organization, a
 * collection or a host.
 */
@NullMarked
package io.github.gitcredentialpat.identity;

import org.jspecify.annotations.NullMarked;
