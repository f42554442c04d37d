package io.github.gitcredentialpat;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
import io.github.gitcredentialpat.store.Store;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The house: which room may know which other, as docs/architecture.md draws it. */
@AnalyzeClasses(
    packages = "io.github.gitcredentialpat",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String BASE = "io.github.gitcredentialpat";

  @ArchTest
  static final ArchRule protocolKnowsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("..protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..identity..", "..store..", "..helper..", BASE);

  @ArchTest
  static final ArchRule identityKnowsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("..identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..store..", "..helper..", BASE);

  @ArchTest
  static final ArchRule storesKnowOnlyWhoseTokenItIs =
      noClasses()
          .that()
          .resideInAPackage("..store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..helper..", "..tokens..", BASE);

  @ArchTest
  static final ArchRule platformKnowsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("..platform..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(BASE + "..").and(not(resideInAPackage("..platform.."))));

  @ArchTest
  static final ArchRule tokensKnowStoresAndWhoseTokenItIs =
      noClasses()
          .that()
          .resideInAPackage("..tokens..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..helper..", BASE);

  @ArchTest
  static final ArchRule azureKnowsOnlyWhoseTokenItIs =
      noClasses()
          .that()
          .resideInAPackage("..azure..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..protocol..", "..store..", "..helper..", "..tokens..", "..command..", BASE);

  @ArchTest
  static final ArchRule theFastPathKnowsNeitherCommandsNorTheService =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..protocol..",
              "..identity..",
              "..store..",
              "..helper..",
              "..tokens..",
              "..platform..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..command..",
              "..azure..",
              "com.fasterxml..",
              "picocli..",
              "org.slf4j..",
              "java.net.http..");

  @ArchTest
  static final ArchRule theHelperKnowsStoresButNoKeychain =
      noClasses()
          .that()
          .resideInAnyPackage("..helper..", "..tokens..", "..protocol..", "..identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..store.*..", "com.sun.jna..");

  @ArchTest
  static final ArchRule onlyTheirOwnerWritesIntoStores =
      noClasses()
          .that()
          .resideOutsideOfPackages("..tokens..", "..helper..", "..store..")
          .and()
          .haveNameNotMatching(".*\\.command\\.Selftest.*")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Store.class)))
                  .and(target(name("save")).or(target(name("delete")))))
          .because("what was read may have changed until it is written");

  @ArchTest
  static final ArchRule aKeychainIsKnownOnlyWhereStoresAreChosen =
      slices()
          .matching(BASE + ".store.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(resideInAPackage("..store.choice.."), alwaysTrue())
          .ignoreDependency(
              resideInAPackage("..store.file.."), resideInAPackage("..store.keyutils.."));

  @ArchTest
  static final ArchRule nothingKnowsTheBase =
      classes()
          .that()
          .resideInAPackage(BASE)
          .should()
          .onlyBeAccessed()
          .byClassesThat()
          .resideInAPackage(BASE);

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
          .doNotHaveFullyQualifiedName(BASE + ".command.Commands$Version")
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
