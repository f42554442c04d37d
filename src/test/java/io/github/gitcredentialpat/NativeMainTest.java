package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.jna.Native;
import io.github.gitcredentialpat.command.RootCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.codegen.aot.graalvm.ReflectionConfigGenerator;

/**
 * The native image's metadata, compared with the program: an image has nothing under its name that
 * is not in there. No GraalVM is needed to see that something is missing.
 */
final class NativeMainTest {
  private static final String METADATA =
      "META-INF/native-image/io.github.gitcredentialpat/git-credential-pat/"
          + "reachability-metadata.json";

  private static final String JNA_METADATA =
      "META-INF/native-image/net.java.dev.jna/jna/reachability-metadata.json";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void allThatPicocliReadsOfTheCommandsIsRegistered() throws Exception {
    RootCommand commands =
        new RootCommand(
            InputStream.nullInputStream(),
            new ByteArrayOutputStream(),
            new ByteArrayOutputStream(),
            Map.of());
    String told =
        ReflectionConfigGenerator.generateReflectionConfig(commands.line().getCommandSpec());
    TreeSet<String> types = new TreeSet<>();
    for (JsonNode type : MAPPER.readTree(told)) {
      String name = type.get("name").textValue();
      if (name.startsWith("io.github.gitcredentialpat.")) {
        types.add(name);
      }
    }
    assertThat(types).contains(RootCommand.class.getName()).hasSizeGreaterThan(20);
    List<String> expected = new ArrayList<>();
    for (String type : types) {
      expected.add(
          JsonNodeFactory.instance
              .objectNode()
              .put("type", type)
              .put("allDeclaredConstructors", true)
              .put("allDeclaredFields", true)
              .put("allDeclaredMethods", true)
              .toString());
    }
    assertThat(registered("io.github.gitcredentialpat.")).containsExactlyElementsOf(expected);
  }

  /** GraalVM's collection of metadata, which JNA's list is taken from, does not have them. */
  @Test
  void allThatTheNativePartOfJnaThrowsIsRegistered() throws Exception {
    TreeSet<String> types = new TreeSet<>();
    for (String library :
        List.of(
            "linux-x86-64/libjnidispatch.so",
            "linux-aarch64/libjnidispatch.so",
            "darwin-aarch64/libjnidispatch.jnilib")) {
      try (InputStream in = Native.class.getResourceAsStream("/com/sun/jna/" + library)) {
        Matcher names =
            Pattern.compile("(?:com/sun/jna|java/lang)/[A-Za-z]*(?:Error|Exception)(?=\0)")
                .matcher(new String(in.readAllBytes(), ISO_8859_1));
        while (names.find()) {
          types.add(names.group().replace('/', '.'));
        }
      }
    }
    List<String> expected = new ArrayList<>();
    for (String type : types) {
      ObjectNode entry = JsonNodeFactory.instance.objectNode();
      entry.put("type", type).put("jniAccessible", true);
      ObjectNode constructor = entry.putArray("methods").addObject().put("name", "<init>");
      constructor.putArray("parameterTypes").add("java.lang.String");
      expected.add(entry.toString());
    }
    assertThat(expected).hasSizeGreaterThan(3);
    List<String> all = registered("com.sun.jna.");
    all.addAll(registered("java."));
    assertThat(all).containsExactlyElementsOf(expected);
  }

  @Test
  void everyResourceIsRegistered() throws Exception {
    List<String> globs = new ArrayList<>();
    for (JsonNode resource : metadata(METADATA).get("resources")) {
      globs.add(resource.get("glob").textValue());
    }
    List<String> expected = new ArrayList<>();
    for (String folder : List.of("src/main/resources", "src/main/version")) {
      expected.addAll(files(Path.of(folder)));
    }
    expected.removeIf(name -> name.startsWith("META-INF/native-image/"));
    // The build asks git for it.
    String commit = "io/github/gitcredentialpat/command/commit";
    assertThat(Files.readString(Path.of("pom.xml"))).contains("/" + commit + "</outputFile>");
    expected.add(commit);
    assertThat(globs).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void nothingElseIsRegistered() throws Exception {
    JsonNode metadata = metadata(METADATA);
    assertThat(metadata.fieldNames())
        .toIterable()
        .containsExactly("comment", "reflection", "resources");
    int known =
        registered("io.github.gitcredentialpat.").size()
            + registered("com.sun.jna.").size()
            + registered("java.").size();
    assertThat(metadata.get("reflection")).hasSize(known);
  }

  /** A name that is not there would be left out of the image in silence. */
  @Test
  void allThatJnaLooksUpIsThere() throws Exception {
    int seen = 0;
    for (JsonNode entry : metadata(JNA_METADATA).get("reflection")) {
      Class<?> type = Class.forName(entry.get("type").textValue());
      for (JsonNode field : entry.path("fields")) {
        assertThat(type.getDeclaredField(field.get("name").textValue())).isNotNull();
        seen++;
      }
      for (JsonNode method : entry.path("methods")) {
        List<Class<?>> parameters = new ArrayList<>();
        for (JsonNode parameter : method.get("parameterTypes")) {
          parameters.add(type(parameter.textValue()));
        }
        String name = method.get("name").textValue();
        Class<?>[] types = parameters.toArray(new Class<?>[0]);
        assertThat(
                name.equals("<init>")
                    ? type.getDeclaredConstructor(types)
                    : type.getDeclaredMethod(name, types))
            .isNotNull();
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(50);
  }

  /** Another JNA may look up more: its list has to be compared with GraalVM's collection then. */
  @Test
  void theListOfJnaIsForTheJnaThatIsUsed() throws Exception {
    assertThat(metadata(JNA_METADATA).get("comment").get(0).textValue())
        .startsWith("What JNA " + Native.VERSION + " ");
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return switch (name) {
      case "boolean" -> boolean.class;
      case "byte" -> byte.class;
      case "char" -> char.class;
      case "double" -> double.class;
      case "float" -> float.class;
      case "int" -> int.class;
      case "long" -> long.class;
      case "short" -> short.class;
      default ->
          name.endsWith("[]")
              ? Array.newInstance(type(name.replace("[]", "")), 0).getClass()
              : Class.forName(name);
    };
  }

  @Test
  void onlyLinuxLinksTheImageToAFixedAddress() throws Exception {
    String build = Files.readString(Path.of("helper/pom.xml"));
    assertThat(build)
        .contains("-H:NativeLinkerOption=${native.position}", "<os><name>linux</name></os>")
        .containsOnlyOnce("-no-pie");
    assertThat(build.indexOf("<os><name>linux</name></os>")).isLessThan(build.indexOf("-no-pie"));
  }

  @Test
  void theImageSetsThePropertiesThatTheLauncherGivesJava() throws Exception {
    String source =
        Files.readString(Path.of("src/main/java/io/github/gitcredentialpat/NativeMain.java"));
    String options = Files.readString(Path.of("helper/launcher/jvm.options"));
    String launcher = Files.readString(Path.of("helper/launcher/git-credential-pat"));
    List<String> java = found("(?m)^-D([^=]+)=", options);
    java.addAll(found("\"-D([^=]+)=", launcher));
    // The order of the providers, which cost an image nothing.
    java.remove("java.security.properties");
    assertThat(found("setProperty\\(\"([^\"]+)\"", source))
        .containsExactlyInAnyOrderElementsOf(java);
  }

  @Test
  void nothingIsInitializedWhileTheImageIsBuilt() throws Exception {
    assertThat(Files.readString(Path.of("helper/pom.xml")))
        .contains("native-maven-plugin")
        .doesNotContain("initialize-at-build-time");
    assertThat(files(Path.of("src/main/resources")))
        .noneMatch(name -> name.endsWith("native-image.properties"));
  }

  private static List<String> found(String pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    assertThat(found).isNotEmpty();
    return found;
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString().replace('\\', '/'))
              .toList());
    }
  }

  /** The entries of types whose names begin so, in their order. */
  private static List<String> registered(String prefix) throws IOException {
    List<String> registered = new ArrayList<>();
    for (JsonNode entry : (ArrayNode) metadata(METADATA).get("reflection")) {
      if (entry.get("type").textValue().startsWith(prefix)) {
        registered.add(entry.toString());
      }
    }
    return registered;
  }

  private static JsonNode metadata(String file) throws IOException {
    try (InputStream in = NativeMain.class.getClassLoader().getResourceAsStream(file)) {
      return MAPPER.readTree(new String(in.readAllBytes(), UTF_8));
    }
  }
}
