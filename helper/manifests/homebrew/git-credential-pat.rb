# Filled in by helper/manifests/fill-manifests.sh, from a release's SHA256SUMS.
class GitCredentialPat < Formula
  desc "Git credential helper for Azure DevOps personal access tokens"
  homepage "https://github.com/gitcredentialpat/git-credential-pat"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@URL@/git-credential-pat-@VERSION@-macos-arm64.tar.gz"
      sha256 "@SHA256:git-credential-pat-@VERSION@-macos-arm64.tar.gz@"
    end
    on_intel do
      url "@URL@/git-credential-pat-@VERSION@-macos-x64.tar.gz"
      sha256 "@SHA256:git-credential-pat-@VERSION@-macos-x64.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@URL@/git-credential-pat-@VERSION@-linux-arm64.tar.gz"
      sha256 "@SHA256:git-credential-pat-@VERSION@-linux-arm64.tar.gz@"
    end
    on_intel do
      url "@URL@/git-credential-pat-@VERSION@-linux-x64.tar.gz"
      sha256 "@SHA256:git-credential-pat-@VERSION@-linux-x64.tar.gz@"
    end
  end

  def install
    libexec.install Dir["*"]
    man1.install Dir[libexec/"share/man/man1/*.1"]
    bash_completion.install libexec/"share/bash-completion/completions/git-credential-pat"
    zsh_completion.install libexec/"share/zsh/site-functions/_git-credential-pat"
    fish_completion.install libexec/"share/fish/vendor_completions.d/git-credential-pat.fish"
    bin.install_symlink libexec/"bin/git-credential-pat"
  end

  def caveats
    "Next: git-credential-pat configure"
  end

  test do
    assert_match "version 0", shell_output("#{bin}/git-credential-pat capability")
  end
end
