package io.github.gitcredentialpat.store.wincred;

import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;

/** The one place that knows what Windows' error codes (winerror.h) mean for a store. */
final class CredentialFailure {
  private static final int ERROR_ACCESS_DENIED = 5;
  private static final int ERROR_NOT_ENOUGH_MEMORY = 8;
  private static final int ERROR_NOT_FOUND = 1168;
  private static final int ERROR_NO_SUCH_LOGON_SESSION = 1312;
  private static final int RPC_X_BAD_STUB_DATA = 1783;

  private CredentialFailure() {}

  /** Whether it only says that there is no such credential. */
  static boolean isNotFound(int code) {
    return code == ERROR_NOT_FOUND;
  }

  /** This is not Windows. */
  static StoreException noLibrary(LinkageError cause) {
    return new StoreException(
        Reason.UNAVAILABLE,
        "the Windows Credential Manager is only there on Windows (advapi32 could not be loaded);"
            + " use another store, such as --store file",
        cause);
  }

  /** The names in it are longer than a credential's name may be. */
  static StoreException nameTooLong() {
    return new StoreException(
        Reason.LIMIT,
        "path and user name together are longer than the Windows Credential Manager takes; use"
            + " another store, such as --store file");
  }

  /** What another program keeps is not text in UTF-16. */
  static StoreException noText(String program, String subject) {
    return new StoreException(
        Reason.FAILED,
        "what "
            + program
            + " keeps in the Windows Credential Manager for "
            + subject
            + " is no text; have that program store it anew");
  }

  /** What a failed call means for this subject's entry. */
  static StoreException of(int code, String subject) {
    if (code == ERROR_NO_SUCH_LOGON_SESSION) {
      return new StoreException(
          Reason.UNAVAILABLE,
          "there is no keychain in this logon (error 1312: Windows opens its Credential Manager to"
              + " desktop logons, not over SSH or to a service); use another store, such as"
              + " --store file");
    }
    if (code == ERROR_NOT_ENOUGH_MEMORY) {
      return new StoreException(
          Reason.LIMIT,
          "the Windows Credential Manager is full, so nothing was stored for "
              + subject
              + " (error 8); remove what you no longer need, in a window with: control /name"
              + " Microsoft.CredentialManager");
    }
    if (code == RPC_X_BAD_STUB_DATA) {
      return new StoreException(
          Reason.LIMIT,
          "the entry for "
              + subject
              + " is larger than the Windows Credential Manager takes (error 1783); use another"
              + " store, such as --store file");
    }
    if (code == ERROR_ACCESS_DENIED) {
      return new StoreException(
          Reason.DENIED,
          "the Windows Credential Manager may not be used for "
              + subject
              + " (error 5); use another store, such as --store file");
    }
    return new StoreException(
        Reason.FAILED,
        "the Windows Credential Manager could not do it for "
            + subject
            + "; to read why, type: net helpmsg "
            + code);
  }
}
