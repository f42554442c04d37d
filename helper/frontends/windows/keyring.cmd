@echo off
rem What pip, uv and twine take for the keyring program: "keyring get URL USER" prints the token for an Azure
rem DevOps feed. It lies in a folder of its own, for on the PATH of everything else it would hide the real one.
"%~dp0..\..\..\bin\git-credential-pat.cmd" keyring %*
