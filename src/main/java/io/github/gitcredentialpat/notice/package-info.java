/** Notices on the person's desktop. */
@NullMarked
package io.github.gitcredentialpat.notice;

import org.jspecify.annotations.NullMarked;
