package io.github.gitcredentialpat.entra;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import io.github.gitcredentialpat.testing.Certificate;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/**
 * Microsoft's own client ({@code azure-identity}), as a process whose environment says how to come
 * by an access token; it prints that. It takes the words {@code workload} or {@code managed}, a
 * proxy, which its environment must not name, or it would ask the machine itself through it, and a
 * file with the certificates to trust.
 */
public final class MicrosoftsClient {
  private MicrosoftsClient() {}

  public static void main(String[] words) throws Exception {
    if (words[0].equals("workload")) {
      // It would ask the machine itself through a proxy, too.
      goThrough(URI.create(words[1]), Path.of(words[2]));
    }
    TokenCredential credential =
        words[0].equals("workload")
            ? new WorkloadIdentityCredentialBuilder()
                .disableInstanceDiscovery()
                .httpClient(client())
                .build()
            : new ManagedIdentityCredentialBuilder().httpClient(client()).build();
    AccessToken token =
        credential.getTokenSync(
            new TokenRequestContext().addScopes("499b84ac-1321-427f-aa17-267ca6975798/.default"));
    System.out.println(token.getToken());
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static HttpClient client() {
    return new JdkHttpClientBuilder(java.net.http.HttpClient.newBuilder()).build();
  }

  /** It trades a platform's token by a way of its own, which takes these from properties alone. */
  private static void goThrough(URI proxy, Path certificates) throws Exception {
    System.setProperty("https.proxyHost", proxy.getHost());
    System.setProperty("https.proxyPort", Integer.toString(proxy.getPort()));
    SSLContext.setDefault(Certificate.trusting(certificates));
  }
}
