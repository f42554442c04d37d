package io.github.gitcredentialpat.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Collects an answer's body up to a limit. */
final class LimitedBody implements BodySubscriber<byte[]> {
  /** The body was longer than allowed. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("the answer is too long");
    }
  }

  private final int limit;
  private final boolean mayCut;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private @Nullable Subscription subscription;

  /**
   * With a limit.
   *
   * @param limit in bytes
   * @param mayCut whether the beginning of a longer body will do; {@link TooLong} otherwise
   */
  LimitedBody(int limit, boolean mayCut) {
    this.limit = limit;
    this.mayCut = mayCut;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[Math.min(buffer.remaining(), limit - collected.size())];
      buffer.get(bytes);
      collected.write(bytes, 0, bytes.length);
      if (buffer.hasRemaining()) {
        subscription.cancel();
        if (mayCut) {
          onComplete();
        } else {
          body.completeExceptionally(new TooLong());
        }
        return;
      }
    }
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    body.complete(collected.toByteArray());
  }
}
