#!/usr/bin/env python3
"""Measures the helper as whole processes, against git's own helpers and a JVM that only says hello.

usage: src/bench/benchmark.py [--rounds N] [--image NAME=FOLDER]... [--jdk FOLDER] [--trixie FOLDER] [--fetches N] [--prove]

--rounds   how often each case runs (default 40); all cases take turns, so that a busy moment hits them all
--image    an image to measure, under the name of its JDK; may be repeated, for one of a Java runtime, which has
           an archive of loaded classes, as for a native image (default "JDK=target/image", and "native
           image=target/native-image" where that was built)
--jdk      the JDK that compiles the hello and runs the server (default JAVA_HOME, else the one on the PATH)
--trixie   a Debian 13 system in a folder, for a git that takes an authtype answer where this machine's is
           older (default GIT_CREDENTIAL_PAT_TRIXIE; needs root); without either, no fetch is measured
--fetches  how often a whole fetch runs with each helper (default 15), from the tests' server, 40 ms away
--prove    end with status 1 when something that has to be reached was not

Prints Markdown tables of medians. Needs what install/verify.sh installs, and target/test-classes for the
fetches. Uses a keyring, a bus and home folders of its own; all that is left behind is a key in the kernel keyring
that times out and opens nothing any more.
"""

import argparse
import base64
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

CONTRIB = "/usr/share/doc/git/contrib/credential/libsecret/git-credential-libsecret.c"
HOST = "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n"
OFFER = "capability[]=authtype\ncapability[]=state\n"
SERVER = 'wwwauth[]=Bearer\nwwwauth[]=Basic realm="https://tfsprodweu1.visualstudio.com/"\n'
DELAY = 40
NATIVE = "native"

# In MB, of a get.
MEMORY_TARGET = {17: 64, 25: 64, NATIVE: 19}

# What has to be reached, by case and Java release: how many times what, or how many milliseconds.
TARGETS = {
    ("get, keyring", 25): (3.4, "git-credential-libsecret get"),
    ("get, keyring", 17): (6.0, "git-credential-libsecret get"),
    ("get and store, keyring, with state", 25): (2.6, "git-credential-libsecret get and store"),
    ("get, file", 25): (2.5, "get, keyring"),
    ("get, file with passphrase, key cached", 25): (1.6, "get, keyring"),
    ("get, keyring", NATIVE): (0.5, "git-credential-libsecret get"),
    ("get and store, keyring, with state", NATIVE): (0.3, "git-credential-libsecret get and store"),
    ("get, file", NATIVE): (0.25, "git-credential-libsecret get"),
    ("--help", 25): (500, "ms"),
    ("list of ten tokens, file", 25): (500, "ms"),
}

BUS = """<busconfig><type>session</type><listen>unix:path={socket}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


class Bench:
    """A folder with a home, a bus and a keyring, all gone at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.daemons = []
        runtime = os.path.join(folder, "run")
        os.mkdir(runtime, 0o700)
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": folder,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": runtime,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=" + os.path.join(runtime, "bus"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def daemon(self, command, **more):
        process = subprocess.Popen(
            command, env=self.environment, cwd=self.folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, **more
        )
        self.daemons.append(process)
        return process

    def start_keyring(self):
        socket = os.path.join(self.folder, "run", "bus")
        config = self.file("bus.conf", BUS.format(socket=socket))
        self.daemon(["dbus-daemon", "--nofork", "--config-file=" + config])
        await_until(lambda: os.path.exists(socket))
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        keyring = self.daemon(command, stdout=subprocess.DEVNULL)
        keyring.stdin.write(b"only for this run")
        keyring.stdin.close()
        ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
        ask += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
        await_until(lambda: b"true" in subprocess.run(ask, env=self.environment, capture_output=True).stdout)

    def home(self):
        return tempfile.mkdtemp(dir=self.folder)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, 0o600)
        return path

    def stop(self):
        for process in reversed(self.daemons):
            process.send_signal(signal.SIGTERM)
            process.wait(10)


class Case:
    """One or more processes that run one after the other; what they are asked lies in files."""

    def __init__(self, bench, name, steps, environment=None):
        self.name = name
        self.environment = {**bench.environment, **(environment or {})}
        self.steps = []
        for command, text in steps:
            descriptor, path = tempfile.mkstemp(dir=bench.folder)
            os.write(descriptor, text.encode())
            os.close(descriptor)
            self.steps.append((command, path))
        self.times = []
        self.processor_times = []
        self.memory = 0

    def answer(self):
        """What the first step says."""
        command, path = self.steps[0]
        with open(path) as asked:
            return run(command, stdin=asked, env=self.environment)

    def run(self):
        processor = 0
        start = time.perf_counter()
        for command, path in self.steps:
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, path, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
            ]
            child = os.posix_spawnp(command[0], command, self.environment, file_actions=actions)
            _, status, usage = os.wait4(child, 0)
            if status != 0:
                sys.exit(f"{self.name}: {command} ended with status {status}")
            processor += usage.ru_utime + usage.ru_stime
            self.memory = max(self.memory, usage.ru_maxrss)
        self.times.append((time.perf_counter() - start) * 1000)
        self.processor_times.append(processor * 1000)

    def median(self):
        return statistics.median(self.times)


def await_until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    sys.exit("the keyring did not start")


def run(command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def build_libsecret(folder):
    """git-credential-libsecret as Debian's git package ships it, able to run in another system too."""
    program = os.path.join(folder, "git-credential-libsecret")
    flags = run(["pkg-config", "--cflags", "--libs", "libsecret-1", "glib-2.0"]).split()
    libraries = os.path.join(folder, "libraries")
    run(["gcc", "-O2", "-w", "-o", program, CONTRIB, "-Wl,--disable-new-dtags,-rpath," + libraries] + flags)
    os.mkdir(libraries)
    for path in re.findall(r"=> (/\S+)", run(["ldd", program])):
        if not re.search(r"/(libc|libm|libpthread|libdl|ld-linux\S*)\.so", path):
            shutil.copy(path, libraries)
    return program


def build_hello(folder, javac):
    source = os.path.join(folder, "Hello.java")
    with open(source, "w") as out:
        out.write('class Hello { public static void main(String[] a) { System.out.println("hello"); } }')
    run([javac, "--release", "17", "-d", folder, source])


def reference_cases(bench, libsecret, credential):
    cases = {}
    store = ["git", "credential-store", "--file=" + os.path.join(bench.folder, "credentials")]
    for name, command in (("git-credential-libsecret", [libsecret]), ("git credential-store", store)):
        run(command + ["store"], input=credential, env=bench.environment)
        get = (command + ["get"], HOST)
        cases[name + " get"] = Case(bench, name, [get])
        cases[name + " get and store"] = Case(bench, name, [get, (command + ["store"], credential)])
        if "password=" not in cases[name + " get"].answer():
            sys.exit(name + " does not answer")
    return cases


def image_cases(bench, image, token, credential):
    """What the image runs on, as TARGETS has it, and its cases; it has home folders of its own."""
    launcher = os.path.join(image, "bin", "git-credential-pat")
    runs_on = NATIVE
    if os.path.isdir(os.path.join(image, "runtime")):
        with open(os.path.join(image, "runtime", "release")) as file:
            runs_on = 25 if int(re.search(r'JAVA_VERSION="(\d+)', file.read())[1]) >= 25 else 17
    # The helper caches no key for root in a container, whose kernel keyring may be shared with others.
    somebody = []
    if os.getuid() == 0 and os.path.exists("/.dockerenv"):
        somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    keyring = [launcher, "--store", "secretservice"]
    file = [launcher, "--store", "file"]
    plain = {"HOME": bench.home()}
    secured = {"HOME": bench.home(), "GIT_CREDENTIAL_PAT_PASSPHRASE_FILE": bench.file("passphrase", "for this run\n")}
    bare = {"HOME": bench.home(), "DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": "/none"}
    if somebody:
        os.chmod(bench.folder, 0o711)
        for path in (secured["HOME"], secured["GIT_CREDENTIAL_PAT_PASSPHRASE_FILE"]):
            os.chown(path, 65534, 65534)
    for command, home in ((keyring, plain), (file, plain), (somebody + file, secured)):
        run(command + ["store"], input=credential, env={**bench.environment, **home})

    ten = {"HOME": bench.home()}
    for number in range(10):
        kept = credential.replace("contoso", f"contoso{number}")
        run(file + ["store"], input=kept, env={**bench.environment, **ten})

    get = OFFER + HOST + SERVER
    hello = [image + "/runtime/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", bench.folder, "Hello"]
    cases = {}

    def add(name, steps, environment):
        cases[name] = Case(bench, name, steps, environment)

    add("get, keyring", [(keyring + ["get"], get)], plain)
    # What git sends back after this answer: the answer itself, and what it had asked.
    answered = cases["get, keyring"].answer()
    add(
        "get and store, keyring, with state",
        [(keyring + ["get"], get), (keyring + ["store"], answered + HOST)],
        plain,
    )
    add("store unchanged, keyring, with state", [(keyring + ["store"], answered + HOST)], plain)
    add("store unchanged, keyring, without state", [(keyring + ["store"], credential)], plain)
    add("get, file", [(file + ["get"], get)], plain)
    add("get, file with passphrase, key cached", [(somebody + file + ["get"], get)], secured)
    add("miss without a bus", [([launcher, "get"], get)], bare)
    add("--help", [([launcher, "--help"], "")], bare)
    add("list of ten tokens, file", [(file + ["list"], "")], ten)
    add("list of ten tokens as JSON, file", [(file + ["list", "--json"], "")], ten)
    if "contoso9" not in cases["list of ten tokens, file"].answer():
        sys.exit(f"{image}: its list lacks a token")
    if runs_on != NATIVE:
        add("a JVM that says hello", [(hello, "")], plain)
    for name in cases:
        if name.startswith("get") and f"password={token}\n" not in cases[name].answer():
            sys.exit(f"{image}: {name} does not answer")
    return runs_on, cases


def interleave(cases, rounds):
    for case in cases:
        case.run()
        case.times.clear()
        case.processor_times.clear()
    for _ in range(rounds):
        for case in cases:
            case.run()


def print_cases(images, reference):
    """The table; whether all is reached that has to be."""
    reached = True
    base = reference["git-credential-libsecret get"].median()
    print("| whole process | ms | times `git-credential-libsecret get` | of it processor, ms | MB | to reach |")
    print("|---|---|---|---|---|---|")

    def row(name, case, told):
        processor = statistics.median(case.processor_times)
        figures = f"{case.median():.1f} | {case.median() / base:.2f} | {processor:.1f} | {case.memory / 1024:.0f}"
        print(f"| {name} | {figures} | {told} |")

    for name, case in reference.items():
        row(name, case, "")
    for label, runs_on, cases in images:
        for name, case in cases.items():
            told = []
            limit, against = TARGETS.get((name, runs_on), (None, None))
            if against == "ms":
                told.append(f"at most {limit} ms: {'yes' if case.median() <= limit else 'NO'}")
            elif limit:
                ratio = case.median() / (reference.get(against) or cases[against]).median()
                told.append(f"{ratio:.2f}, at most {limit} times {against}: {'yes' if ratio <= limit else 'NO'}")
            most = MEMORY_TARGET[runs_on]
            if name.startswith("get,") and case.memory / 1024 > most:
                told.append(f"over {most} MB: NO")
            row(f"{label}: {name}", case, "; ".join(told))
            reached = reached and not any(part.endswith("NO") for part in told)
    return reached


# Runs in the system of the git that is measured. $1 rounds, $2 clone, the rest: homes, one for each helper.
FETCH = """
set -e
rounds=$1 clone=$2
shift 2
n=0
while [ "$n" -le "$rounds" ]; do
  for home in "$@"; do
    start=$(date +%s%N)
    HOME=$home git -C "$clone" fetch -q
    end=$(date +%s%N)
    [ "$n" = 0 ] || echo "$home $((end - start))"
  done
  n=$((n + 1))
done
"""

# By chroot, over a throw-away layer. $1 the system's folder, $2 an empty folder, then folders to be seen inside.
ENTER = """
set -e
root=$1 layer=$2
shift 2
mount -t tmpfs none "$layer"
mkdir "$layer/upper" "$layer/work" "$layer/root"
mount -t overlay overlay "$layer/root" -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work"
while [ "$1" != -- ]; do
  mkdir -p "$layer/root$1"
  mount --rbind "$1" "$layer/root$1"
  shift
done
shift
exec chroot "$layer/root" "$@"
"""


def newer_git(bench, trixie, folders):
    """What comes before a command so that it meets a git that takes an authtype answer, and its version."""
    ways = [[]]
    if trixie:
        ways.append(["unshare", "--mount", "sh", "-c", ENTER, "sh", trixie, bench.home(), "/proc", "/dev"])
        ways[-1] += folders + ["--"]
    for way in ways:
        version = run(way + ["git", "--version"], env=bench.environment).split()[2]
        if tuple(int(part) for part in version.split(".")[:2]) >= (2, 46):
            return way, version
    return None, None


def measure_fetches(bench, java, image, libsecret, trixie, rounds):
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    classes = os.path.join(here, "target", "test-classes")
    way, version = newer_git(bench, trixie, [bench.folder, image])
    if way is None or not os.path.isdir(classes):
        print("\nNo fetch is measured: it takes a git from 2.46 on (--trixie) and target/test-classes.")
        return
    # Its certificate lies where the other system sees it.
    program = [java, f"-Djava.io.tmpdir={bench.folder}", "-cp", classes]
    program += ["io.github.gitcredentialpat.endtoend.BenchmarkServer", bench.home(), str(DELAY)]
    server = bench.daemon(program, stdout=subprocess.PIPE)
    proxy, pem, organization, token, url = (server.stdout.readline().decode().strip() for _ in range(5))
    helpers = {
        "git-credential-pat": os.path.join(image, "bin", "git-credential-pat") + " --store secretservice",
        "git-credential-libsecret": libsecret,
    }
    homes = {}
    approved = HOST.replace("contoso", organization) + f"username=pat\npassword={token}\n"
    for name, helper in helpers.items():
        homes[name] = bench.home()
        with open(os.path.join(homes[name], ".gitconfig"), "w") as out:
            out.write(f"[http]\nproxy={proxy}\nsslCAInfo={pem}\n[credential]\nhelper={helper}\nuseHttpPath=true\n")
        environment = {**bench.environment, "HOME": homes[name]}
        run(way + ["git", "credential", "approve"], input=approved, env=environment)
    clone = os.path.join(bench.folder, "clone")
    run(way + ["git", "clone", "-q", url, clone], env=environment)
    times = {home: [] for home in homes.values()}
    command = way + ["sh", "-c", FETCH, "sh", str(rounds), clone] + list(times)
    for line in run(command, env=bench.environment).splitlines():
        home, nanoseconds = line.split()
        times[home].append(int(nanoseconds) / 1e6)
    server.stdin.close()
    other = statistics.median(times[homes["git-credential-libsecret"]])
    print(f"\n| whole `git fetch` without news, git {version}, server {DELAY} ms away | ms | ratio |")
    print("|---|---|---|")
    for name, home in homes.items():
        median = statistics.median(times[home])
        print(f"| {name} | {median:.0f} | {median / other:.2f} |")


def main():
    if "-h" in sys.argv or "--help" in sys.argv:
        print(__doc__)
        return
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--image", action="append")
    parser.add_argument("--jdk", default=os.environ.get("JAVA_HOME"))
    parser.add_argument("--trixie", default=os.environ.get("GIT_CREDENTIAL_PAT_TRIXIE"))
    parser.add_argument("--fetches", type=int, default=15)
    parser.add_argument("--prove", action="store_true")
    options = parser.parse_args()
    tools = os.path.join(options.jdk, "bin") if options.jdk else None
    java, javac = (shutil.which(name, path=tools) or sys.exit("no " + name) for name in ("java", "javac"))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        try:
            bench.start_keyring()
            libsecret = build_libsecret(folder)
            build_hello(folder, javac)
            token = "not-a-token-" + base64.b32encode(os.urandom(45)).decode().lower()
            credential = HOST + f"username=pat\npassword={token}\n"
            reference = reference_cases(bench, libsecret, credential)
            everything = list(reference.values())
            images = []
            present = ["JDK=target/image"]
            if os.path.isdir("target/native-image"):
                present.append("native image=target/native-image")
            named = [image.split("=", 1) for image in options.image or present]
            for label, path in named:
                runs_on, cases = image_cases(bench, os.path.abspath(path), token, credential)
                images.append((label, runs_on, cases))
                everything += cases.values()
            interleave(everything, options.rounds)
            reached = print_cases(images, reference)
            if all(runs_on != NATIVE for _, runs_on, _ in images):
                print("\nNo native image is measured: there is none (mvn -Pnative package makes it, with GraalVM).")
            first = os.path.abspath(named[0][1])
            measure_fetches(bench, java, first, libsecret, options.trixie, options.fetches)
        finally:
            bench.stop()
    if options.prove and not reached:
        sys.exit("not all that has to be reached was")


main()
