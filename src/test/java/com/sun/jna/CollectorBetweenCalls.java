package com.sun.jna;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the garbage collector before every call into native libraries, and has memory overwritten
 * when it is freed, so that nothing is found any more that only native code still points to. It
 * stands in JNA's package to take the place of its functions: what calls them is as it always is.
 */
public final class CollectorBetweenCalls implements AutoCloseable {
  private static final int M_PERTURB = -6;
  private static final int A5 = 0xa5;

  private final Map<NativeLibrary, Map<String, Function>> before = new LinkedHashMap<>();
  private int calls;

  /** From now on, for the libraries of these names, as they are loaded by. */
  public CollectorBetweenCalls(List<String> libraries) {
    perturb(A5);
    for (String name : libraries) {
      NativeLibrary library = NativeLibrary.getInstance(name);
      before.put(library, replace(library, new Collecting(library)));
    }
  }

  /** How many calls there were. */
  public int calls() {
    return calls;
  }

  @Override
  public void close() {
    before.forEach(CollectorBetweenCalls::replace);
    perturb(0);
  }

  private static void perturb(int value) {
    if (Platform.isLinux()) {
      Function.getFunction("c", "mallopt").invokeInt(new Object[] {M_PERTURB, value});
    }
  }

  /** Gives a library other functions; returns those it had. */
  @SuppressWarnings("unchecked")
  private static Map<String, Function> replace(
      NativeLibrary library, Map<String, Function> functions) {
    try {
      Field field = NativeLibrary.class.getDeclaredField("functions");
      field.setAccessible(true);
      Map<String, Function> old = (Map<String, Function>) field.get(library);
      field.set(library, functions);
      return old;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JNA keeps its functions elsewhere", e);
    }
  }

  /** The functions of a library, each one with the collector before it. */
  private final class Collecting extends HashMap<String, Function> {
    private static final long serialVersionUID = 1L;

    private final transient NativeLibrary library;

    Collecting(NativeLibrary library) {
      this.library = library;
    }

    @Override
    public Function put(String key, Function function) {
      return super.put(
          key,
          new Function(library, function.getName(), function.callFlags, function.encoding) {
            @Override
            public Object invoke(Class<?> type, Object[] arguments, Map<String, ?> options) {
              calls++;
              System.gc();
              try {
                // JNA's cleaner frees what was found in a thread of its own.
                Thread.sleep(1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return super.invoke(type, arguments, options);
            }
          });
    }
  }
}
