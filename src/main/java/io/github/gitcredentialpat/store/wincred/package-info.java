/** The Windows Credential Manager, through Advapi32. */
@NullMarked
package io.github.gitcredentialpat.store.wincred;

import org.jspecify.annotations.NullMarked;
