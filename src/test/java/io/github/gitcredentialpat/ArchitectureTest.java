package io.github.gitcredentialpat;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.gitcredentialpat.store.Store;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The house: which room may know which other, as docs/architecture.md draws it. */
@AnalyzeClasses(
    packages = "io.github.gitcredentialpat",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String BASE = "io.github.gitcredentialpat";

  /** What a command needs; what two of them need is in one of these, for none knows another. */
  private static final String[] COMMANDS_MAY_USE = {
    "azure", "cli", "git", "http", "identity", "online", "platform", "secret", "store", "tokens"
  };

  /**
   * What each room may use of ours. A new room may use nothing, and nobody it, until it is here.
   */
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          entry("secret"),
          entry("platform"),
          entry("identity", "platform"),
          entry("protocol"),
          entry("http", "identity"),
          entry("store", "identity", "secret"),
          entry(
              "store.entra",
              "entra",
              "http",
              "identity",
              "platform",
              "secret",
              "store",
              "store.cache",
              "tokens"),
          entry(
              "store.cache",
              "identity",
              "platform",
              "secret",
              "store",
              "store.file",
              "store.keyutils"),
          entry(
              "store.azkeyvault",
              "entra",
              "http",
              "identity",
              "keyvault",
              "platform",
              "secret",
              "store",
              "store.entra"),
          entry("store.agent", "identity", "platform", "secret", "store"),
          entry("store.env", "identity", "platform", "secret", "store"),
          entry("store.file", "identity", "platform", "secret", "store", "store.keyutils"),
          entry("store.foreign", "identity", "platform", "secret", "store"),
          entry("store.keychain", "identity", "platform", "secret", "store"),
          entry("store.keyutils", "identity", "platform", "secret", "store"),
          entry(
              "store.openbao", "identity", "openbao", "platform", "secret", "store", "store.cache"),
          entry("store.pass", "identity", "platform", "secret", "store", "store.foreign"),
          entry("store.secretservice", "dbus", "identity", "platform", "secret", "store"),
          entry("store.wincred", "identity", "platform", "secret", "store"),
          entry(
              "store.choice",
              "entra",
              "platform",
              "store",
              "store.azkeyvault",
              "store.cache",
              "store.agent",
              "store.entra",
              "store.env",
              "store.file",
              "store.keychain",
              "store.keyutils",
              "store.openbao",
              "store.pass",
              "store.secretservice",
              "store.wincred"),
          entry("entra", "git", "http", "identity", "platform", "secret", "store", "tokens"),
          entry("openbao", "git", "http", "identity", "platform", "secret", "store"),
          entry("keyvault", "entra", "git", "http", "identity", "platform", "store"),
          entry("azure", "entra", "http", "identity", "secret"),
          entry("tokens", "identity", "platform", "secret", "store", "store.foreign"),
          entry("helper", "identity", "platform", "protocol", "secret", "store", "tokens"),
          entry("git", "git.secrets", "http", "identity", "platform"),
          entry("git.secrets", "identity"),
          entry("cli", "git", "identity", "platform", "store", "store.choice", "tokens"),
          entry(
              "online",
              "azure",
              "entra",
              "cli",
              "git",
              "helper",
              "http",
              "identity",
              "platform",
              "protocol",
              "secret",
              "store",
              "tokens"),
          entry("schedule", "platform"),
          entry("dbus"),
          entry("notice", "dbus", "platform"),
          entry("command.agent", with(COMMANDS_MAY_USE, "protocol", "store.agent")),
          entry("command.auth", COMMANDS_MAY_USE),
          entry("command.token", COMMANDS_MAY_USE),
          entry("command.renew", with(COMMANDS_MAY_USE, "notice", "schedule")),
          entry("command.setup", with(COMMANDS_MAY_USE, "schedule")),
          entry("command.doctor", with(COMMANDS_MAY_USE, "git.secrets", "schedule")),
          entry(
              "command.transfer",
              with(COMMANDS_MAY_USE, "git.secrets", "store.file", "store.foreign")),
          entry("command.handoff", with(COMMANDS_MAY_USE, "helper")),
          entry("command.status", with(COMMANDS_MAY_USE, "helper")),
          entry("command.stores", COMMANDS_MAY_USE),
          entry(
              "command",
              "cli",
              "command.agent",
              "command.auth",
              "command.token",
              "command.renew",
              "command.setup",
              "command.doctor",
              "command.transfer",
              "command.handoff",
              "command.status",
              "command.stores",
              "http",
              "platform",
              "store"),
          entry("documents", "command"),
          entry(
              "",
              "cli",
              "command",
              "helper",
              "online",
              "platform",
              "store",
              "store.choice",
              "tokens"));

  private static Map.Entry<String, Set<String>> entry(String room, String... mayUse) {
    return Map.entry(room, Set.of(mayUse));
  }

  private static String[] with(String[] rooms, String... more) {
    return Stream.concat(Stream.of(rooms), Stream.of(more)).toArray(String[]::new);
  }

  @ArchTest
  static final ArchRule eachRoomUsesOnlyWhatItMay =
      classes()
          .should(
              new ArchCondition<>("use only the rooms that theirs may use") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  Set<String> mayUse = ROOMS.get(room(type));
                  if (mayUse == null) {
                    events.add(
                        SimpleConditionEvent.violated(
                            type, type.getName() + " is in a room that is not listed"));
                    return;
                  }
                  for (Dependency use : type.getDirectDependenciesFromSelf()) {
                    JavaClass used = use.getTargetClass().getBaseComponentType();
                    if (used.getPackageName().startsWith(BASE)
                        && !room(used).equals(room(type))
                        && !mayUse.contains(room(used))) {
                      events.add(SimpleConditionEvent.violated(type, use.getDescription()));
                    }
                  }
                }
              });

  private static String room(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(BASE) ? "" : name.substring(BASE.length() + 1);
  }

  @ArchTest
  static final ArchRule theFastPathLoadsNoLibraryButJna =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..protocol..",
              "..identity..",
              "..store..",
              "..helper..",
              "..tokens..",
              "..secret..",
              "..dbus..",
              "..platform..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml..", "picocli..", "org.slf4j..", "java.net.http..");

  @ArchTest
  static final ArchRule theHelperCallsNothingNative =
      noClasses()
          .that()
          .resideInAnyPackage("..helper..", "..tokens..", "..protocol..", "..identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule onlyTheirOwnerWritesIntoStores =
      noClasses()
          .that()
          .resideOutsideOfPackages("..tokens..", "..helper..", "..store..")
          .and()
          .haveNameNotMatching(".*\\.command\\.stores\\.Selftest.*")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Store.class)))
                  .and(target(name("save")).or(target(name("delete")))))
          .because("what was read may have changed until it is written");

  @ArchTest
  static final ArchRule theProgramDoesWithoutWhatTheBuildMakesDocumentsWith =
      noClasses()
          .that()
          .resideOutsideOfPackage("..documents..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..documents..", "picocli.codegen..");

  @ArchTest
  static final ArchRule roomsFormNoCircle =
      slices().matching(BASE + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule classesFormNoCircle =
      slices()
          .assignedFrom(
              new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                  String file = type.getName().replaceFirst("\\$.*", "");
                  return file.startsWith(BASE)
                      ? SliceIdentifier.of(file.substring(BASE.length()))
                      : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                  return "each class with those inside it";
                }
              })
          .should()
          .beFreeOfCycles();

  // --- what a native image needs ---

  @ArchTest
  static final ArchRule nothingOfOursIsReachedByReflection =
      classes()
          .should(
              notCall(
                  JavaClass::getAccessesFromSelf,
                  "java\\.lang\\.Class\\.(forName|newInstance|get(Declared)?(Method|Field|Constructor)s?)",
                  "java\\.lang\\.reflect\\..*",
                  "java\\.lang\\.invoke\\.(MethodHandle|VarHandle).*",
                  "java\\.util\\.ServiceLoader\\..*"))
          .because("an image has nothing under its name that the metadata does not list");

  @ArchTest
  static final ArchRule resourcesAreReadWhereTheMetadataHasThem =
      classes()
          .that()
          .doNotHaveFullyQualifiedName(BASE + ".command.VersionInfo")
          .should(notCall(JavaClass::getAccessesFromSelf, ".*\\.getResource.*"));

  @ArchTest
  static final ArchRule jnaIsGivenNoTypesToReadByReflection =
      noClasses()
          .should()
          .beAssignableTo("com.sun.jna.Structure")
          .orShould()
          .beAssignableTo("com.sun.jna.Callback")
          .orShould()
          .beAssignableTo("com.sun.jna.Library")
          .orShould()
          .beAssignableTo("com.sun.jna.NativeMapped")
          .orShould()
          .beAssignableTo("com.sun.jna.ptr.ByReference");

  @ArchTest
  static final ArchRule staticInitializersAskTheSystemNothing =
      classes()
          .should(
              notCall(
                  type ->
                      type.getStaticInitializer()
                          .<Set<JavaAccess<?>>>map(JavaCodeUnit::getAccessesFromSelf)
                          .orElse(Set.of()),
                  "java\\.lang\\.System\\.(getenv|getProperty)",
                  "java\\.io\\.File(InputStream|OutputStream|Reader|Writer)\\..*",
                  "java\\.nio\\.file\\.Files\\..*"))
          .because("they may run while an image is built");

  private static ArchCondition<JavaClass> notCall(
      Function<JavaClass, Set<JavaAccess<?>>> accesses, String... patterns) {
    return new ArchCondition<>("not call " + String.join(" ", patterns)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : accesses.apply(type)) {
          String name = access.getTargetOwner().getName() + "." + access.getName();
          if (Stream.of(patterns).anyMatch(name::matches)) {
            events.add(SimpleConditionEvent.violated(type, access.getDescription()));
          }
        }
      }
    };
  }
}
