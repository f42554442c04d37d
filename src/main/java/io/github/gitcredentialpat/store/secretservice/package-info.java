/** The Secret Service of freedesktop.org (GNOME Keyring, KWallet, KeePassXC), over sd-bus. */
@NullMarked
package io.github.gitcredentialpat.store.secretservice;

import org.jspecify.annotations.NullMarked;
