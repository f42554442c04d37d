@echo off
rem NuGet's credential plugin: NuGet 6.13 and newer find it by its name, and by its ending, in a folder that is on
rem the PATH, or where the variable NUGET_PLUGIN_PATHS has its whole path.
"%~dp0..\..\..\bin\git-credential-pat.cmd" nuget-plugin %*
