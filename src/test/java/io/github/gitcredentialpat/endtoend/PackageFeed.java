package io.github.gitcredentialpat.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A feed of Azure Artifacts with one package, {@code greeting}, for npm, pip and Cargo, on the
 * paths that Azure Artifacts has; for {@code pkgs.dev.azure.com}. Without the token nothing but a
 * 401 comes from it.
 */
final class PackageFeed implements HttpHandler {
  /** Where the feed is. */
  static final String URL = "https://pkgs.dev.azure.com/contoso/Web/_packaging/feed1/";

  private static final String PATH = "/contoso/Web/_packaging/feed1/";

  private final String token;
  private final Map<String, byte[]> files = new TreeMap<>();

  /** A feed that this token opens. */
  PackageFeed(String token) throws IOException {
    this.token = token;
    npm();
    pip();
    cargo();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange
          .getResponseHeaders()
          .set("WWW-Authenticate", "Basic realm=\"https://pkgsprodsu3weu.app.pkgs.example/\"");
      exchange.sendResponseHeaders(401, -1);
      return;
    }
    byte[] file = files.get(exchange.getRequestURI().getPath());
    if (file == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    if (exchange.getRequestURI().getPath().endsWith("/simple/greeting/")) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
    }
    exchange.sendResponseHeaders(200, file.length);
    exchange.getResponseBody().write(file);
  }

  private boolean isAllowed(String authorization) {
    if (authorization == null || !authorization.startsWith("Basic ")) {
      return false;
    }
    String pair = new String(Base64.getDecoder().decode(authorization.substring(6)), UTF_8);
    return pair.substring(pair.indexOf(':') + 1).equals(token);
  }

  private void put(String path, byte[] file) {
    files.put(PATH + path, file);
  }

  private void npm() throws IOException {
    String manifest = "\"name\":\"greeting\",\"version\":\"1.0.0\",\"main\":\"index.js\"";
    byte[] archive =
        tar(
            Map.of(
                "package/package.json",
                "{" + manifest + "}",
                "package/index.js",
                "module.exports = 'hello from npm';\n"));
    String name = "npm/registry/greeting/-/greeting-1.0.0.tgz";
    put(name, archive);
    String dist =
        "\"dist\":{\"tarball\":\"" + URL + name + "\",\"shasum\":\"" + hash("SHA-1", archive);
    put(
        "npm/registry/greeting",
        ("{\"name\":\"greeting\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{"
                + manifest
                + ","
                + dist
                + "\"}}}}")
            .getBytes(UTF_8));
  }

  private void pip() throws IOException {
    String info = "greeting-1.0.0.dist-info/";
    ByteArrayOutputStream wheel = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(wheel)) {
      for (String[] file :
          new String[][] {
            {"greeting.py", "text = 'hello from pip'\n"},
            {info + "METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0.0\n"},
            {
              info + "WHEEL",
              "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            },
            {info + "RECORD", "greeting.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n"},
          }) {
        zip.putNextEntry(new ZipEntry(file[0]));
        zip.write(file[1].getBytes(UTF_8));
      }
    }
    String name = "greeting-1.0.0-py3-none-any.whl";
    put("pypi/download/greeting/1/" + name, wheel.toByteArray());
    put(
        "pypi/simple/greeting/",
        ("<!DOCTYPE html><html><body><a href=\""
                + PATH
                + "pypi/download/greeting/1/"
                + name
                + "\">"
                + name
                + "</a></body></html>")
            .getBytes(UTF_8));
  }

  private void cargo() throws IOException {
    byte[] archive =
        tar(
            Map.of(
                "greeting-1.0.0/Cargo.toml",
                "[package]\nname = \"greeting\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
                "greeting-1.0.0/src/lib.rs",
                "pub const TEXT: &str = \"hello from cargo\";\n"));
    put("Cargo/dl/greeting/1.0.0/download", archive);
    put(
        "Cargo/index/config.json",
        ("{\"dl\":\"" + URL + "Cargo/dl\",\"api\":\"" + URL + "Cargo\",\"auth-required\":true}")
            .getBytes(UTF_8));
    put(
        "Cargo/index/gr/ee/greeting",
        ("{\"name\":\"greeting\",\"vers\":\"1.0.0\",\"deps\":[],\"features\":{},\"yanked\":false,"
                + "\"cksum\":\""
                + hash("SHA-256", archive)
                + "\"}\n")
            .getBytes(UTF_8));
  }

  private static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A tar archive in gzip, by the fields of POSIX ustar. */
  private static byte[] tar(Map<String, String> contents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (Map.Entry<String, String> entry : new TreeMap<>(contents).entrySet()) {
        byte[] content = entry.getValue().getBytes(UTF_8);
        byte[] head = new byte[512];
        field(head, 0, entry.getKey());
        field(head, 100, "0000644");
        field(head, 108, "0000000");
        field(head, 116, "0000000");
        field(head, 124, String.format("%011o", content.length));
        field(head, 136, "00000000000");
        field(head, 148, "        ");
        field(head, 156, "0");
        field(head, 257, "ustar");
        field(head, 263, "00");
        int sum = 0;
        for (byte b : head) {
          sum += b & 0xff;
        }
        field(head, 148, String.format("%06o", sum));
        head[154] = 0;
        out.write(head);
        out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
      }
      out.write(new byte[1024]);
    }
    return bytes.toByteArray();
  }

  private static void field(byte[] head, int offset, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, head, offset, bytes.length);
  }
}
