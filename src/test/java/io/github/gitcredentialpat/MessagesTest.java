package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import io.github.gitcredentialpat.command.RootCommand;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * All that the program says, in one file beside this test, so that a changed or a new sentence is
 * seen in review. {@code REWRITE_MESSAGES=1 mvn test -Dtest=MessagesTest} writes the file anew.
 */
final class MessagesTest {
  private static final Path LIST =
      Path.of("src/test/resources/io/github/gitcredentialpat/messages.txt");

  private static final String HINT = "hint: ";
  private static final String COMMAND = "git-credential-pat ";

  /** What else a person is told to type. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "az",
          "control",
          "git",
          "gnome-keyring-daemon",
          "bao",
          "export",
          "gpg",
          "keyctl",
          "ls",
          "net",
          "pass",
          "rm",
          "security",
          "sudo");

  /** What stands for the parts of a command that are only known at run time. */
  private static final Map<String, String> EXAMPLES =
      Map.ofEntries(
          Map.entry("authorizationId", "3c3a2b1c-0000-4000-8000-0123456789ab"),
          Map.entry("id", "3c3a2b1c-0000-4000-8000-0123456789ab"),
          Map.entry("command", "create contoso"),
          Map.entry("typed", "login contoso"),
          Map.entry("name", "alice"),
          Map.entry("user", "alice"),
          Map.entry("NAME", "git-credential-pat"),
          Map.entry("option", " --all-hosts"),
          Map.entry("options", " --store file"),
          Map.entry("server", "http://tfs.corp.local:8080/tfs"),
          Map.entry("protocol", "https"),
          Map.entry("host", "tfs.corp.local"),
          // Of doctor: a switch, or nothing; and the place, or a store.
          Map.entry("0", ""),
          Map.entry("3", ""));

  /** Commands that change nothing on the stores of a test. */
  private static final Set<String> HARMLESS = Set.of("list", "logout", "stores", "selftest");

  private static final String BASE = "io.github.gitcredentialpat";
  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void everySentenceIsInTheList() throws IOException {
    String now = text(sentences());
    if (System.getenv("REWRITE_MESSAGES") != null) {
      Files.writeString(LIST, now);
    }
    assertThat(now.lines())
        .as("REWRITE_MESSAGES=1 mvn test -Dtest=MessagesTest writes %s", LIST)
        .containsExactlyElementsOf(Files.readAllLines(LIST));
  }

  @Test
  void everyHintCanBeTyped() throws IOException {
    Set<String> hints = new TreeSet<>();
    for (List<String> lines : sentences().values()) {
      for (String line : lines) {
        if (line.startsWith(HINT)) {
          hints.addAll(choices(line.substring(HINT.length())));
        } else if (line.startsWith(COMMAND) && !line.matches(".*(\\{label}|\\.\\.\\.).*")) {
          // Where a hint is put together elsewhere, and what doctor proposes; but neither the label
          // of a key nor a synopsis.
          hints.addAll(choices(line));
        }
      }
    }
    int ours = 0;
    SoftAssertions all = new SoftAssertions();
    for (String hint : hints) {
      String typed = filledIn(hint);
      if (typed.startsWith(COMMAND)) {
        assertIsTaken(all, hint, typed.substring(COMMAND.length()).split(" "));
        ours++;
      } else if (!typed.startsWith("contoso")) {
        all.assertThat(PROGRAMS).as(hint).contains(typed.substring(0, (typed + " ").indexOf(' ')));
      }
    }
    all.assertAll();
    assertThat(ours).isGreaterThan(30);
  }

  private static void assertIsTaken(SoftAssertions all, String hint, String[] words) {
    CommandLine line =
        new RootCommand(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                Map.of())
            .line();
    all.assertThatCode(() -> line.parseArgs(words)).as(hint).doesNotThrowAnyException();
    if (HARMLESS.contains(words[0]) || words[words.length - 1].equals("--help")) {
      Typed person = Typed.on(new InMemoryStore("memory"));
      int status = person.run(words);
      all.assertThat(status).as(hint + ": " + person.err).isLessThan(2);
    }
  }

  /** Both sides of each choice. */
  private static List<String> choices(String text) {
    Matcher choice = Pattern.compile("\\[([^\\[\\]|]*)\\|([^\\[\\]|]*)]").matcher(text);
    if (!choice.find()) {
      return List.of(text);
    }
    List<String> all = new ArrayList<>();
    for (int side = 1; side <= 2; side++) {
      String chosen = choice.group(side);
      all.addAll(
          choices(text.substring(0, choice.start()) + chosen + text.substring(choice.end())));
    }
    return all;
  }

  private static String filledIn(String hint) {
    Matcher part =
        Pattern.compile("\\{([^{}]*)}").matcher(hint.replace("--store {1}", "--store file"));
    return part.replaceAll(
            found -> Matcher.quoteReplacement(EXAMPLES.getOrDefault(found.group(1), "contoso")))
        .strip();
  }

  private static String text(Map<String, List<String>> sentences) {
    StringBuilder text = new StringBuilder();
    sentences.forEach(
        (name, lines) -> {
          text.append(name).append('\n');
          lines.forEach(line -> text.append("  ").append(line).append('\n'));
        });
    return text.toString();
  }

  /** What each source file says, in its order. */
  private static Map<String, List<String>> sentences() throws IOException {
    List<Path> files;
    try (Stream<Path> below = Files.walk(SOURCES)) {
      files = below.filter(file -> file.toString().endsWith(".java")).toList();
    }
    Map<String, List<String>> sentences = new TreeMap<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      for (CompilationUnitTree unit : task.parse()) {
        List<String> lines = new ArrayList<>();
        new Finder(lines).scan(unit, null);
        if (!lines.isEmpty()) {
          String room = String.valueOf(unit.getPackageName()).replace(BASE, "");
          String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
          sentences.put(room + "." + file.replace(".java", ""), lines);
        }
      }
    }
    return sentences;
  }

  /**
   * Takes every text of more than one word, wherever it stands, and every text that is handed to
   * one of the methods that speak: {@code {name}} is a part that is only known at run time, {@code
   * [one|other]} is a choice.
   */
  private static final class Finder extends TreeScanner<@Nullable Void, @Nullable Void> {
    private static final List<String> SPEAKING =
        List.of(
            "say",
            "done",
            "hint",
            "withHint",
            "couldNot",
            "wrongUsage",
            "isConfirmed",
            "askSecret",
            "progress");

    private final List<String> lines;

    Finder(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void none) {
      String name = call.getMethodSelect().toString();
      name = name.substring(name.lastIndexOf('.') + 1);
      if (!SPEAKING.contains(name)) {
        return super.visitMethodInvocation(call, null);
      }
      scan(call.getMethodSelect(), null);
      for (int i = 0; i < call.getArguments().size(); i++) {
        ExpressionTree text = call.getArguments().get(i);
        // What stands behind a sentence is the command to type next.
        boolean isHint = i == 1 || name.equals("hint") || name.equals("withHint");
        if (!isText(text)) {
          scan(text, null);
        } else {
          add((isHint ? HINT : "") + show(text));
        }
      }
      return null;
    }

    @Override
    public @Nullable Void visitBinary(BinaryTree sum, @Nullable Void none) {
      if (!isText(sum)) {
        return super.visitBinary(sum, null);
      }
      addSentence(show(sum));
      return null;
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void none) {
      if (literal.getValue() instanceof String text) {
        addSentence(shown(text));
      }
      return null;
    }

    private void addSentence(String text) {
      // Two words, or a word and something that is filled in.
      if (text.matches("(?s).*[A-Za-z]{2,}[^A-Za-z]? \\S.*|.*\\S [^A-Za-z]?[A-Za-z]{2,}.*")) {
        add(text);
      }
    }

    private void add(String text) {
      lines.add(text);
    }

    /** Whether this is a text that is written out, at least in part. */
    private static boolean isText(Tree tree) {
      if (tree instanceof ParenthesizedTree parenthesized) {
        return isText(parenthesized.getExpression());
      }
      if (tree instanceof BinaryTree sum) {
        return sum.getKind() == Tree.Kind.PLUS
            && (isText(sum.getLeftOperand()) || isText(sum.getRightOperand()));
      }
      if (tree instanceof ConditionalExpressionTree choice) {
        return isText(choice.getTrueExpression()) || isText(choice.getFalseExpression());
      }
      return tree instanceof LiteralTree literal && literal.getValue() instanceof String;
    }

    private String show(Tree tree) {
      if (tree instanceof ParenthesizedTree parenthesized) {
        return show(parenthesized.getExpression());
      }
      if (tree instanceof BinaryTree sum && isText(sum)) {
        return show(sum.getLeftOperand()) + show(sum.getRightOperand());
      }
      if (tree instanceof ConditionalExpressionTree choice && isText(choice)) {
        return "["
            + show(choice.getTrueExpression())
            + "|"
            + show(choice.getFalseExpression())
            + "]";
      }
      if (tree instanceof LiteralTree literal && literal.getValue() instanceof String text) {
        return shown(text);
      }
      // What is said within is a sentence of its own.
      scan(tree, null);
      return "{" + name(tree) + "}";
    }

    private static String shown(String text) {
      return text.replace("\n", "\\n").replace("\u001b", "\\u001b");
    }

    /** The last name in an expression, without its arguments. */
    private static String name(Tree tree) {
      if (tree instanceof MethodInvocationTree call) {
        return name(call.getMethodSelect());
      }
      String text = tree.toString();
      return text.matches("[\\w.]+") ? text.substring(text.lastIndexOf('.') + 1) : "…";
    }
  }
}
