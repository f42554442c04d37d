package io.github.gitcredentialpat;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
          .resideInAnyPackage("..protocol..", "..helper..", BASE);

  @ArchTest
  static final ArchRule azureKnowsOnlyWhoseTokenItIs =
      noClasses()
          .that()
          .resideInAPackage("..azure..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..store..", "..helper..", "..command..", BASE);

  @ArchTest
  static final ArchRule theFastPathKnowsNeitherCommandsNorTheService =
      noClasses()
          .that()
          .resideInAnyPackage("..protocol..", "..identity..", "..store..", "..helper..")
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
          .resideInAnyPackage("..helper..", "..protocol..", "..identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..store.*..", "com.sun.jna..");

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
}
