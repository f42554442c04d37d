/**
 * HTTP as the person's git would speak it: its proxy, its certificates, with a deadline, and errors
 * in words for a person.
 */
@NullMarked
package io.github.gitcredentialpat.http;

import org.jspecify.annotations.NullMarked;
