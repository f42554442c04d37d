package io.github.gitcredentialpat.store.keychain;

import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/** The one place that knows what Security's result codes (SecBase.h) mean for a store. */
final class KeychainFailure {
  static final int SUCCESS = 0;
  static final int NOT_FOUND = -25300;
  static final int DUPLICATE = -25299;

  private static final int USER_CANCELED = -128;
  private static final int INVALID_OWNER_EDIT = -25244;
  private static final int NOT_AVAILABLE = -25291;
  private static final int READ_ONLY = -25292;
  private static final int AUTH_FAILED = -25293;
  private static final int NO_SUCH_KEYCHAIN = -25294;
  private static final int NO_DEFAULT_KEYCHAIN = -25307;
  private static final int INTERACTION_NOT_ALLOWED = -25308;
  private static final int IN_DARK_WAKE = -25320;
  private static final int MISSING_ENTITLEMENT = -34018;

  private KeychainFailure() {}

  /**
   * Translates a failed call.
   *
   * @param status its result
   * @param text the system's own words for it, if it has any
   * @param subject whose entry it was about
   */
  static StoreException of(int status, @Nullable String text, String subject) {
    String why =
        " for " + subject + " (" + (text == null ? "" : text + " ") + "error " + status + ")";
    if (status == INTERACTION_NOT_ALLOWED || status == IN_DARK_WAKE) {
      return new StoreException(
              Reason.LOCKED, "the macOS keychain is locked and cannot prompt here" + why)
          .withHint("security unlock-keychain");
    }
    if (status == USER_CANCELED) {
      return new StoreException(
          Reason.DENIED,
          "the macOS keychain's prompt was denied" + why + "; try again and allow it");
    }
    if (status == AUTH_FAILED) {
      return new StoreException(Reason.DENIED, "the macOS keychain rejected the password" + why)
          .withHint("security unlock-keychain");
    }
    if (status == INVALID_OWNER_EDIT) {
      return new StoreException(
          Reason.DENIED,
          "the macOS keychain item belongs to another program"
              + why
              + "; remove the item in Keychain Access");
    }
    if (status == READ_ONLY) {
      return new StoreException(
          Reason.READ_ONLY,
          "the macOS keychain is read only"
              + why
              + "; choose another default keychain in Keychain Access");
    }
    if (status == NOT_AVAILABLE
        || status == NO_SUCH_KEYCHAIN
        || status == NO_DEFAULT_KEYCHAIN
        || status == MISSING_ENTITLEMENT) {
      return unavailable("no macOS keychain" + why);
    }
    return new StoreException(
        Reason.FAILED, "the macOS keychain failed" + why + "; check the item in Keychain Access");
  }

  /** There is no keychain here, for the reason that is given. */
  static StoreException unavailable(String why) {
    return new StoreException(Reason.UNAVAILABLE, why + "; " + ANOTHER);
  }

  /** This is no macOS, or not one that can be used. */
  static StoreException noLibrary(LinkageError cause) {
    return new StoreException(
        Reason.UNAVAILABLE, "cannot load the macOS keychain; " + ANOTHER, cause);
  }

  private static final String ANOTHER = "use another store, such as --store file";
}
