@echo off
rem Starts git-credential-pat for a person who types its name in cmd or PowerShell; git runs the script
rem beside this one. install.ps1 fills in the word between @ signs, the folder of the newest build.
setlocal DisableDelayedExpansion
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
set "JDK_JAVA_OPTIONS="
set "_JAVA_LAUNCHER_DEBUG="
set "home=%~dp0..\lib\git-credential-pat\@BUILD@"
"%home%\runtime\bin\java.exe" "@%home%\jvm.options" "-Djna.boot.library.path=%home%\lib" "-Dgit-credential-pat.launcher=%~dp0git-credential-pat" -cp "%home%\lib\*" io.github.gitcredentialpat.GitCredentialPat %*
