# Builds git-credential-pat on Windows, installs it, sets git up to use it, and proves that it works. Running
# it again upgrades in place, also while git is using it.
#
#   powershell -ExecutionPolicy Bypass -File install\install.ps1 [-Prefix DIR] [-NoConfigure] [-AllHosts]
#
# -Prefix DIR   where to: DIR\bin\git-credential-pat (default %LOCALAPPDATA%\Programs\git-credential-pat)
# -NoConfigure  leave git's configuration alone
# -AllHosts     be git's helper for every host, not only for Azure DevOps
#
# It needs git for Windows, Maven and a JDK from 17 on, and says what to do where one is missing.
param(
  [string] $Prefix = (Join-Path $env:LOCALAPPDATA 'Programs\git-credential-pat'),
  [switch] $NoConfigure,
  [switch] $AllHosts
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2

$project = Split-Path -Parent $PSScriptRoot
$script:step = 0

function Step([string] $text) {
  $script:step++
  Write-Host "[$script:step/4] $text"
}

function Fail([string] $text) {
  Write-Host "install.ps1: $text"
  exit 1
}

# The folder of the newest JDK from 17 on.
function Find-Jdk {
  $folders = @($env:JAVA_HOME)
  foreach ($javac in Get-Command javac.exe -All -ErrorAction SilentlyContinue) {
    $folders += Split-Path -Parent (Split-Path -Parent $javac.Source)
  }
  foreach ($vendor in 'Eclipse Adoptium', 'Java', 'Microsoft', 'Amazon Corretto', 'Zulu', 'BellSoft') {
    foreach ($base in $env:ProgramFiles, (Join-Path $env:LOCALAPPDATA 'Programs')) {
      $folders += Get-ChildItem -Directory -ErrorAction SilentlyContinue (Join-Path $base $vendor) | ForEach-Object FullName
    }
  }
  $newest = $null
  $newestVersion = [version] '17.0'
  foreach ($folder in $folders) {
    if (-not $folder -or -not (Test-Path (Join-Path $folder 'bin\jlink.exe')) -or -not (Test-Path (Join-Path $folder 'release'))) {
      continue
    }
    if ((Get-Content -Raw (Join-Path $folder 'release')) -match 'JAVA_VERSION="(\d+)(\.\d+)?(\.\d+)?') {
      $version = [version] "$($Matches[1]).0"
      if ($Matches[3]) { $version = [version] "$($Matches[1])$($Matches[2])$($Matches[3])" }
      if ($version -ge $newestVersion) {
        $newest = $folder
        $newestVersion = $version
      }
    }
  }
  $newest
}

# Writes a launcher, one of those in helper: in UTF-8 without a mark, which sh would take for a command.
function Write-Launcher([string] $source, [string] $lineEnd, [hashtable] $words, [string] $folder = 'bin') {
  $text = [IO.File]::ReadAllText((Join-Path $project "helper\$source")) -replace "`r`n", "`n"
  foreach ($word in $words.Keys) { $text = $text.Replace("@$word@", $words[$word]) }
  $target = Join-Path (Join-Path $Prefix $folder) (Split-Path -Leaf $source)
  [IO.File]::WriteAllText("$target.new", $text.Replace("`n", $lineEnd), (New-Object Text.UTF8Encoding $false))
  Move-Item -Force "$target.new" $target
}

function Assert-Done([string] $what) {
  if ($LASTEXITCODE -ne 0) { Fail "$what failed; the lines above say why" }
}

if (-not (Get-Command git -ErrorAction SilentlyContinue)) { Fail 'git is missing; type: winget install Git.Git' }
if (-not (Get-Command mvn -ErrorAction SilentlyContinue)) { Fail 'Maven is missing; get it from maven.apache.org and put its bin folder on the PATH' }
$jdk = Find-Jdk
if (-not $jdk) { Fail 'a JDK (17 or newer) is missing; type: winget install EclipseAdoptium.Temurin.25.JDK' }
foreach ($name in 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS') {
  Remove-Item "Env:$name" -ErrorAction SilentlyContinue
}
$env:JAVA_HOME = $jdk
$Prefix = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Prefix)
if ($Prefix -match "[;'%]") { Fail "$Prefix has a sign in it that a class path or cmd cannot hold; choose another folder" }

Step "Compile with Maven on $jdk"
# The quotes: PowerShell would cut these arguments at their dots.
& mvn -B -q -f (Join-Path $project 'pom.xml') '-Dmaven.test.skip=true' '-Dspotless.check.skip=true' '-Dcompiler.warnings=-nowarn' package
Assert-Done 'Maven'

Step 'Link a Java runtime of its own'
$library = Join-Path $Prefix 'lib\git-credential-pat'
$build = 'build.' + [Guid]::NewGuid().ToString('N').Substring(0, 8)
$image = Join-Path $library $build
$jars = Join-Path $image 'lib'
New-Item -ItemType Directory -Force (Join-Path $Prefix 'bin'), $jars | Out-Null
$modules = @(Get-Content (Join-Path $project 'helper\image\modules') | Where-Object { $_ -notmatch '^#' })
# What Windows trusts, companies' own certificate authorities among it, is read through this one.
$modules = ($modules + 'jdk.crypto.mscapi') -join ','
& "$jdk\bin\jlink.exe" --add-modules $modules --output "$image\runtime" --strip-debug --no-header-files --no-man-pages --generate-cds-archive
Assert-Done 'jlink'
Copy-Item (Join-Path $project 'target\lib\*.jar') $jars
Copy-Item (Join-Path $project 'helper\launcher\jvm.options') $image

# JNA's native part for this processor, which would be unpacked at every start otherwise.
$arch = 'x86-64'
if ((Get-Content -Raw (Join-Path $jdk 'release')) -match 'OS_ARCH="aarch64"') { $arch = 'aarch64' }
$native = "com/sun/jna/win32-$arch/jnidispatch.dll"
$jna = Get-ChildItem $jars -Filter 'jna-*.jar' | Select-Object -First 1
Push-Location $image
& "$jdk\bin\jar.exe" --extract --file $jna.FullName $native
Pop-Location
Assert-Done 'Unpacking JNA'
Move-Item (Join-Path $image $native) $jars
Remove-Item -Recurse (Join-Path $image 'com')

Step 'Install'
# Ours first, and spelled out: Java would read lib/* in any order, and refuse its archive of loaded classes.
$names = @('git-credential-pat.jar', $jna.Name)
$names += @(Get-ChildItem $jars -Filter '*.jar' | ForEach-Object Name | Where-Object { $names -notcontains $_ } | Sort-Object)
$classPath = ($names | ForEach-Object { '$home/lib/' + $_ }) -join ';'
Write-Launcher 'launcher\windows\git-credential-pat' "`n" @{ HOME = $image.Replace('\', '/'); CLASSPATH = $classPath }
$classPath = ($names | ForEach-Object { '%home%\lib\' + $_ }) -join ';'
Write-Launcher 'launcher\windows\git-credential-pat.cmd' "`r`n" @{ BUILD = $build; CLASSPATH = $classPath }
# What pip and NuGet look for on the PATH, each in a folder of its own.
New-Item -ItemType Directory -Force (Join-Path $library 'pip'), (Join-Path $library 'nuget') | Out-Null
Write-Launcher 'frontends\windows\keyring.cmd' "`r`n" @{} 'lib\git-credential-pat\pip'
Write-Launcher 'frontends\windows\nuget-plugin-git-credential-pat.bat' "`r`n" @{} 'lib\git-credential-pat\nuget'
# Older builds, but for those that still run; the next installation gets these.
Get-ChildItem -Directory $library -Filter 'build.*' | Where-Object { $_.Name -ne $build } |
  ForEach-Object { Remove-Item -Recurse -Force $_.FullName -ErrorAction SilentlyContinue }

Step 'Set git up, then store, find and remove a throw-away entry through git'
# By git's own sh, which takes arguments and input as they are; PowerShell changes both on their way.
$configure = 'azure'
if ($AllHosts) { $configure = 'all' }
if ($NoConfigure) { $configure = 'none' }
$finish = (Join-Path $PSScriptRoot 'finish-windows.sh').Replace('\', '/')
& git -c 'alias.run=!sh' run $finish $Prefix.Replace('\', '/') $image.Replace('\', '/') $configure
Assert-Done 'The proof'
Write-Host "To type its commands, put $Prefix\bin on the PATH."
