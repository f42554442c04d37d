@echo off
rem What depends on the folder in which the package was installed: the place that git's launcher reads, without
rem a line end, and the archives of loaded classes, without which the program is only slower. The installer runs it;
rem build-msi.sh fills in the words between @ signs.
setlocal DisableDelayedExpansion
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
set "JDK_JAVA_OPTIONS="
set "_JAVA_LAUNCHER_DEBUG="
set "image=%~dp0"
set "image=%image:~0,-1%"
set "home=%image:\=/%"
<nul set /p "=%home%">"%image%\place"
rem As each launcher names the class path; the credential manager is asked for a host that does not exist.
(
  echo protocol=https
  echo host=git-credential-pat.invalid
  echo.
) | "%image%\runtime\bin\java.exe" "@%home%/jvm.options" "-XX:ArchiveClassesAtExit=%home%/app.jsa" "-Djna.boot.library.path=%home%/lib" "-Djna.platform.library.path=%home%/lib" -cp "@GIT_CLASSPATH@" io.github.gitcredentialpat.Main --store wincred get >nul 2>&1
for %%d in ("%image%\..\..\..") do set "home=%%~fd\bin\..\lib\git-credential-pat\image"
"%image%\runtime\bin\java.exe" "@%home%\jvm.options" "-XX:ArchiveClassesAtExit=%home%\commands.jsa" "-Djna.boot.library.path=%home%\lib" -cp "@CMD_CLASSPATH@" io.github.gitcredentialpat.Main list --store file >nul 2>&1
exit /b 0
