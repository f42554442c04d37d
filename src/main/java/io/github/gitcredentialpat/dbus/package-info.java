/** The session bus of a desktop on Linux. */
@NullMarked
package io.github.gitcredentialpat.dbus;

import org.jspecify.annotations.NullMarked;
