package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code doctor} found so far. */
final class Report {
  private final Console messages;
  private final List<Symptom> found = new ArrayList<>();

  /** One of the things that can be found, with the facts that belong to it. */
  record Symptom(Diagnosis diagnosis, List<PublicText> facts) {
    String message() {
      return diagnosis.message(facts);
    }

    @Nullable String fix() {
      return diagnosis.fix(facts);
    }
  }

  /** One section of the report. */
  interface Part {
    void look() throws UserException, ServiceException, StoreException, IOException;
  }

  Report(Console messages) {
    this.messages = messages;
  }

  void add(Diagnosis diagnosis, PublicText... facts) {
    found.add(new Symptom(diagnosis, List.of(facts)));
  }

  List<Symptom> all() {
    return found;
  }

  /** Runs a part of the examination; a failure does not stop the others. */
  void look(Part part) {
    try {
      part.look();
    } catch (UserException | ServiceException | StoreException | IOException e) {
      messages.trace(e);
      add(Diagnosis.NOT_LOOKED_AT);
    }
  }
}
