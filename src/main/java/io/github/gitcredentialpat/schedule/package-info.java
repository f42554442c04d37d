/** The system's own timer that renews tokens each day, and how that went last. */
@NullMarked
package io.github.gitcredentialpat.schedule;

import org.jspecify.annotations.NullMarked;
