@echo off
rem Starts git-credential-pat for a person who types its name in cmd or PowerShell; git runs the script
rem beside this one. install.ps1 fills in the words between @ signs: the folder of the newest build, and its jars.
rem A person's own Java settings are not meant for this runtime; exec gives them back to what it runs. Quotes
rem and ampersands in them mean something to cmd unless it puts the values in last.
setlocal EnableDelayedExpansion
set "GIT_CREDENTIAL_PAT_WAS_JAVA_TOOL_OPTIONS=!JAVA_TOOL_OPTIONS!"
set "GIT_CREDENTIAL_PAT_WAS__JAVA_OPTIONS=!_JAVA_OPTIONS!"
set "GIT_CREDENTIAL_PAT_WAS_JDK_JAVA_OPTIONS=!JDK_JAVA_OPTIONS!"
setlocal DisableDelayedExpansion
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
set "JDK_JAVA_OPTIONS="
set "_JAVA_LAUNCHER_DEBUG="
set "home=%~dp0..\lib\git-credential-pat\@BUILD@"
set "archive=-Xshare:auto"
if exist "%home%\commands.jsa" set "archive=-XX:SharedArchiveFile=%home%\commands.jsa"
"%home%\runtime\bin\java.exe" "@%home%\jvm.options" "%archive%" "-Djna.boot.library.path=%home%\lib" "-Dgit-credential-pat.launcher=%~dp0git-credential-pat" -cp "@CLASSPATH@" io.github.gitcredentialpat.Main %*
