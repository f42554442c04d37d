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
        "the Credential Manager only exists on Windows (cannot load advapi32); use another store,"
            + " such as --store file",
        cause);
  }

  /** The names in it are longer than a credential's name may be. */
  static StoreException nameTooLong() {
    return new StoreException(
        Reason.LIMIT,
        "path and user name are too long for the Windows Credential Manager; use another store,"
            + " such as --store file");
  }

  /** Another program's secret is not text in UTF-16. */
  static StoreException noText(String program, String subject) {
    return new StoreException(
        Reason.FAILED,
        "the entry of "
            + program
            + " for "
            + subject
            + " in the Windows Credential Manager is not text; let that program store it again");
  }

  /** Translates a failed call on this subject's entry. */
  static StoreException of(int code, String subject) {
    if (code == ERROR_NO_SUCH_LOGON_SESSION) {
      return new StoreException(
          Reason.UNAVAILABLE,
          "no Credential Manager in this logon (error 1312: Windows has none for SSH and services);"
              + " use another store, such as --store file");
    }
    if (code == ERROR_NOT_ENOUGH_MEMORY) {
      return new StoreException(
              Reason.LIMIT,
              "the Windows Credential Manager is full, not stored for "
                  + subject
                  + " (error 8); delete entries you no longer need")
          .withHint("control /name Microsoft.CredentialManager");
    }
    if (code == RPC_X_BAD_STUB_DATA) {
      return new StoreException(
          Reason.LIMIT,
          "the entry for "
              + subject
              + " is too large for the Windows Credential Manager (error 1783); use another store,"
              + " such as --store file");
    }
    if (code == ERROR_ACCESS_DENIED) {
      return new StoreException(
          Reason.DENIED,
          "the Windows Credential Manager denied access for "
              + subject
              + " (error 5); use another store, such as --store file");
    }
    return new StoreException(
            Reason.FAILED,
            "the Windows Credential Manager failed for " + subject + " (error " + code + ")")
        .withHint("net helpmsg " + code);
  }
}
