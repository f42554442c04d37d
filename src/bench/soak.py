#!/usr/bin/env python3
"""Lets a crowd use a shared store while its vault is killed and restarted and a token is rotated.

usage: src/bench/soak.py [--image FOLDER] [--java PROGRAM] [--processes N] [--seconds N] [STORE]...

STORE        azkeyvault, openbao or agent (default: one after the other)
--image      the packaged program (default "target/native-image" where that was built, else "target/image")
--java       runs the vaults, which are those of the tests, out of target/test-classes (default: on the PATH)
--processes  how many run at once (default 200)
--seconds    for how long (default 60)

Half of them share a home folder, and with it what is remembered; the others have one each. Each acts as git
does: it gets a token for an organization, stores what the service takes, erases what it refuses, and gets again.
A writer rotates a token twice by "token rotate --store", and tries it once while the vault is away. The vault is
killed three times, and silent once. Prints figures and what was wrong, and ends with status 1 when anything was:

  an answer that is not whole, not of this organization, or that nobody wrote; one that was refused in the same
  home before, and not found good there since; another content of the vault than the writer's; a get without an
  answer that says nothing or more than a line of why; a secret in a message; an exit status other than 0, or 1 with a reason; a
  process that runs on after git's deadline; a home that has not the newest token within the cache's period (5
  seconds), or the pause that it grants the vault, once that is back; of an agent, any token but the newest.
"""

import argparse
import collections
import concurrent.futures
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ORGANIZATIONS = ["contoso"] * 6 + ["fabrikam"] * 2 + ["adatum"] + ["tailspin"]
ROTATED, EMPTY = "contoso", "tailspin"
WRITTEN = ["contoso", "fabrikam", "adatum"]
CACHE = 5
# What the helper allows itself, and what an end may take that the machine has no time for.
DEADLINE, SLACK = 5, 2
GIVEN_UP = 90
# When what happens, in parts of the whole time: to the vault, and what a person writes meanwhile.
OUTAGES = [(0.15, "kill"), (0.25, "start"), (0.45, "kill"), (0.55, "start")]
OUTAGES += [(0.7, "silence"), (0.8, "start"), (0.9, "kill"), (1, "start")]
WRITES = [(0.3, "rotate"), (0.47, "try"), (0.6, "rotate")]
# A machine that found the vault away four times in a row leaves it alone for so long at most.
LONGEST_PAUSE = 180
MAIN = "io.github.gitcredentialpat.endtoend.SoakServer"
SAID = "git-credential-pat: "
# Python starts one process at a time, so that the crowd's threads are spread.
FORK = multiprocessing.get_context("fork")
SPREAD = 20

Run = collections.namedtuple("Run", "home organization operation start end waited status out err token")


class Server:
    """Azure DevOps and the vault."""

    def __init__(self, java, folder, store):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        classes = [os.path.join(root, "target", name) for name in ("test-classes", "classes", "lib/*")]
        command = [java, "-Djava.io.tmpdir=" + folder, "-cp", os.pathsep.join(classes)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command + [MAIN, folder, store], stdin=pipe, stdout=pipe, text=True)
        self.lock = FORK.Lock()
        self.environment = dict(line.split("=", 1) for line in self.lines())
        self.known = {}
        # A vault is not on the machine where the crowd is.
        if os.getuid() == 0:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, -15)

    def lines(self):
        return list(iter(lambda: self.process.stdout.readline().rstrip("\n") or None, None))

    def ask(self, *words):
        with self.lock:
            self.process.stdin.write(" ".join(words) + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().rstrip("\n")

    def is_good(self, organization, token):
        """Whether the service takes it; known for a moment, so that the crowd does not wait for this."""
        good, at = self.known.get(token, (True, 0))
        if good and time.monotonic() - at > 0.5:
            # Only one asks.
            self.known[token] = good, time.monotonic()
            good = self.ask("is-good", organization, token) == "true"
            self.known[token] = good, time.monotonic()
        return good

    def content(self):
        """By organization, its token and how often one was written."""
        with self.lock:
            self.process.stdin.write("content\n")
            self.process.stdin.flush()
            return {words[0]: (words[1], int(words[2])) for words in map(str.split, self.lines())}

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


class Vault:
    """The store's far end: a server in another process, behind what can be cut."""

    def __init__(self, soak, server):
        self.soak = soak
        self.server = server

    def kill(self):
        self.server.ask("DOWN")

    def silence(self):
        self.server.ask("SILENT")

    def start(self):
        self.server.ask("UP")

    def content(self):
        return self.server.content()

    def requests(self):
        return self.server.ask("requests")


class Agent:
    """An agent with a store of its own."""

    def __init__(self, soak, server):
        self.soak = soak
        self.log = os.path.join(soak.folder, "agent.log")
        self.socket = os.path.join(soak.folder, "agent", "agent.sock")
        os.mkdir(os.path.dirname(self.socket), 0o700)
        self.process = None

    def start(self):
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            if self.process.poll() is None:
                return
        command = [self.soak.program, "agent", "--store", "file", "--socket", self.socket, "--log", self.log]
        command += ["--for", ",".join(sorted(set(ORGANIZATIONS)))]
        environment = self.soak.writer
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if "listening" not in self.process.stderr.readline():
            sys.exit("the agent does not listen")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def silence(self):
        self.process.send_signal(signal.SIGSTOP)

    def content(self):
        """As its own store tells it; how often it was written is not known there."""
        content = {}
        for organization in WRITTEN:
            asked = question(organization)
            run = self.soak.write(["--store", "file", "get"], asked)
            content[organization] = (dict(pairs(run.stdout)).get("password"), None)
        return content

    def requests(self):
        with open(self.log) as log:
            return sum(1 for line in log)


def question(organization):
    return f"protocol=https\nhost=dev.azure.com\npath={organization}/Web/_git/site\n\n"


def answered(organization, token):
    return question(organization).rstrip("\n") + f"\nusername=pat\npassword={token}\n\n"


def pairs(text):
    return [line.split("=", 1) for line in text.splitlines() if "=" in line]


class Soak:
    def __init__(self, options, store, folder):
        self.store = store
        self.options = options
        self.folder = folder
        self.program = os.path.abspath(os.path.join(options.image, "bin", "git-credential-pat"))
        self.server = Server(options.java, self.make("server"), store)
        base = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
        # In memory it would be left behind in the kernel.
        base["container"] = "a soak's"
        self.base = {**base, **self.server.environment}
        root_token = self.base.pop("WRITER", None)
        self.writer = {**self.base, "HOME": self.make("writer")}
        if root_token:
            for name in ("VAULT_AUTH_ROLE", "VAULT_AUTH_PATH", "VAULT_ID_TOKEN_FILE"):
                self.writer.pop(name)
            self.writer["VAULT_TOKEN"] = root_token
        self.writes_to = "file" if store == "agent" else store
        self.vault = Agent(self, self.server) if store == "agent" else Vault(self, self.server)
        if store == "agent":
            self.base["GIT_CREDENTIAL_PAT_SOCKET"] = self.vault.socket
        self.tokens = {organization: [] for organization in ORGANIZATIONS}
        self.writes = collections.Counter()
        self.rotated = []
        self.runs = []
        self.wrong = []
        self.events = []
        self.under_way = {}
        self.over = threading.Event()

    def make(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path, 0o700)
        return path

    # --- one process ---

    def run(self, home, organization, operation, text, token=None):
        """One run of the helper, as git starts it."""
        files = [os.path.join(self.folder, f"{os.getpid()}.{threading.get_ident()}.{end}") for end in ("in", "out", "err")]
        with open(files[0], "w") as file:
            file.write(text)
        modes = [os.O_RDONLY] + 2 * [os.O_WRONLY | os.O_CREAT | os.O_TRUNC]
        actions = [(os.POSIX_SPAWN_OPEN, i, files[i], modes[i], 0o600) for i in range(3)]
        command = [self.program, "--store", self.store, "--cache", str(CACHE), operation]
        start = time.monotonic()
        child = os.posix_spawn(self.program, command, {**self.base, "HOME": home}, file_actions=actions)
        self.under_way[child] = start
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        end = time.monotonic()
        # How long it waited for a processor, in a crowd: the helper does not count that.
        with open(f"/proc/{child}/schedstat") as file:
            waited = int(file.read().split()[1]) / 1e9
        del self.under_way[child]
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out, err = (open(file, errors="replace").read() for file in files[1:])
        if operation == "get" and out:
            token = dict(pairs(out)).get("password")
        done = Run(home, organization, operation, start, end, waited, status, out, err, token)
        self.runs.append(done)
        return done

    def end_what_hangs(self):
        while not self.over.wait(1):
            for child, start in list(self.under_way.items()):
                if time.monotonic() - start > GIVEN_UP and child in self.under_way:
                    self.wrong.append(f"ran for {GIVEN_UP} seconds, and was ended")
                    os.kill(child, signal.SIGKILL)

    # --- what they do ---

    def work_together(self, homes, end, pipe):
        threading.Thread(target=self.end_what_hangs, daemon=True).start()
        threads = [threading.Thread(target=self.work, args=(home, end)) for home in homes]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        pipe.send((list(map(tuple, self.runs)), self.wrong))

    def work(self, home, end):
        chance = random.Random()
        while time.monotonic() < end:
            organization = chance.choice(ORGANIZATIONS)
            got = self.run(home, organization, "get", question(organization))
            if not got.token:
                continue
            text = answered(organization, got.token)
            if not self.server.is_good(organization, got.token):
                self.run(home, organization, "erase", text, got.token)
                self.run(home, organization, "get", question(organization))
            elif chance.random() < 0.3:
                self.run(home, organization, "store", text, got.token)

    def write(self, words, text="", **more):
        return subprocess.run(
            [self.program] + words,
            env={**self.writer, **more},
            input=text,
            capture_output=True,
            text=True,
            timeout=GIVEN_UP,
        )

    def keep(self, organization):
        if organization == ROTATED:
            words = ["token", "create", organization, "--store", self.writes_to]
            done = self.write(words, AZURE_DEVOPS_ENTRA_TOKEN=self.server.ask("sign-in"))
        else:
            token = self.server.ask("grant", organization) + "\n"
            done = self.write(["login", organization, "--store", self.writes_to, "--no-configure"], token)
        if done.returncode != 0:
            sys.exit("cannot write: " + done.stderr)
        self.note(organization, self.vault.content()[organization][0])

    def note(self, organization, token):
        self.tokens[organization].append(token)
        self.writes[organization] += 1

    def rotate(self):
        for _ in range(3):
            if self.try_to_rotate():
                return
        self.wrong.append("the token could not be rotated")

    def try_to_rotate(self):
        before = self.tokens[ROTATED][-1]
        signed_in = self.server.ask("sign-in")
        words = ["token", "rotate", ROTATED, "--store", self.writes_to]
        done = self.write(words, AZURE_DEVOPS_ENTRA_TOKEN=signed_in)
        token = self.vault.content()[ROTATED][0]
        if token != before:
            self.note(ROTATED, token)
            self.rotated.append(time.monotonic())
        if (done.returncode == 0) != (token != before):
            self.wrong.append(f"rotate ended with {done.returncode}, and the vault has another token or not: {done.stderr}")
        if self.server.ask("is-good", ROTATED, token) != "true":
            self.wrong.append("the vault was left with a token that is no good: " + done.stderr)
        self.events.append(f"  {done.returncode}: {done.stderr.splitlines()[0]}")
        return done.returncode == 0

    def happen(self, start, events):
        for part, event in events:
            time.sleep(max(0, start + part * self.options.seconds - time.monotonic()))
            self.events.append(f"{event} after {time.monotonic() - start:.1f} s")
            if event == "rotate":
                self.rotate()
            elif event == "try":
                # An agent's store is there without the agent.
                self.try_to_rotate() if self.store != "agent" else None
            else:
                getattr(self.vault, event)()

    def soak(self):
        if self.store == "agent":
            self.vault.start()
        for organization in WRITTEN:
            self.keep(organization)
        count = self.options.processes
        shared = self.make("shared")
        homes = [shared if i % 2 else self.make(f"home{i}") for i in range(count)]
        self.began = start = time.monotonic()
        end = start + self.options.seconds
        pipes, crowd = [], []
        for i in range(min(SPREAD, count)):
            ours, theirs = FORK.Pipe()
            crowd.append(FORK.Process(target=self.work_together, args=(homes[i::SPREAD], end, theirs)))
            pipes.append(ours)
            crowd[-1].start()
        writer = threading.Thread(target=self.happen, args=(start, WRITES))
        writer.start()
        self.happen(start, OUTAGES)
        back = time.monotonic()
        for pipe in pipes:
            runs, wrong = pipe.recv()
            self.runs += [Run(*run) for run in runs]
            self.wrong += wrong
        for each in crowd:
            each.join()
        writer.join()
        threading.Thread(target=self.end_what_hangs, daemon=True).start()
        during = len(self.runs)
        requests = self.vault.requests()
        slowest = self.converge(sorted(set(homes)), back)
        self.over.set()
        self.check()
        self.report(during, requests, slowest)

    def converge(self, homes, back):
        """Until everybody has the newest tokens; returns how long it took after the vault came back."""
        slowest = [back]
        given_up = back + LONGEST_PAUSE + CACHE

        def ask(home, organization):
            while True:
                got = self.run(home, organization, "get", question(organization))
                if got.token == self.tokens[organization][-1]:
                    slowest.append(got.end)
                    return
                if time.monotonic() > given_up:
                    self.wrong.append(f"get {organization} never has the newest token: {got.err}")
                    return
                if got.token and not self.server.is_good(organization, got.token):
                    self.run(home, organization, "erase", answered(organization, got.token), got.token)
                time.sleep(1)

        with concurrent.futures.ThreadPoolExecutor(20) as threads:
            for each in [threads.submit(ask, home, organization) for home in homes for organization in WRITTEN]:
                each.result()
        return max(slowest) - back

    # --- whether it was right ---

    def check(self):
        content = self.vault.content()
        for organization in WRITTEN:
            token, versions = content[organization]
            if token != self.tokens[organization][-1]:
                self.wrong.append(organization + ": the vault has another token than was written last")
            if versions not in (None, self.writes[organization]):
                self.wrong.append(f"{organization}: written {versions} times, not {self.writes[organization]}")
        if len(content) != len(WRITTEN):
            self.wrong.append("the vault has more than was written")
        secrets = [token for tokens in self.tokens.values() for token in tokens]
        by_home = collections.defaultdict(list)
        for run in self.runs:
            by_home[run.home, run.organization].append(run)
            self.check_run(run, secrets)
        for runs in by_home.values():
            self.check_refused(runs)

    def check_run(self, run, secrets):
        what = f"{run.operation} {run.organization}"
        lines = run.err.splitlines()
        said = [line for line in lines if line.startswith(SAID)]
        if run.status != 0 and (run.status != 1 or not said or run.out):
            self.wrong.append(f"{what} ended with {run.status}: {run.err}")
        if run.end - run.start - run.waited > DEADLINE + SLACK:
            self.wrong.append(f"{what} ran {run.end - run.start:.1f} seconds, {run.waited:.1f} of them without a processor")
        if any(secret in run.err for secret in secrets):
            self.wrong.append(f"{what} says a secret")
        # Of the store one line; of a token that is set aside what else can be done.
        of_store = sum(line.startswith(f"{SAID}{self.store}: ") for line in said)
        if of_store > 1 or (run.token and len(said) > 1 and run.operation == "get"):
            self.wrong.append(f"{what} says more than a line: {run.err}")
        if any(not line.startswith((SAID, "hint: ")) for line in lines):
            self.wrong.append(f"{what} says what is no message: {run.err}")
        if run.operation != "get":
            if run.out:
                self.wrong.append(f"{what} answers")
        elif run.out:
            kinds = {"capability[]", "state[]", "username", "password", "password_expiry_utc", "protocol", "host", "path"}
            kinds |= {"quit", "ephemeral"}
            is_whole = run.out.endswith("\n") and all(key in kinds for key, _ in pairs(run.out))
            if not is_whole or run.out.count("password=") != 1:
                self.wrong.append(f"{what} is answered in part: {len(run.out)} bytes")
            if run.token not in self.tokens[run.organization]:
                of = [name for name, tokens in self.tokens.items() if run.token in tokens]
                self.wrong.append(f"{what} has a token of {of or 'nobody'}")
            newest = sum(each < run.start for each in self.rotated)
            if self.store == "agent" and run.organization == ROTATED and run.token in self.tokens[ROTATED][:newest]:
                self.wrong.append(f"{what} has a token that was replaced before it was asked for")
        elif run.organization != EMPTY and not said:
            self.wrong.append(f"{what} has no answer and says nothing")

    def check_refused(self, runs):
        """What was refused in a home is not answered there again; an agent that is only read keeps no such note."""
        if self.store == "agent":
            return
        for erased in runs:
            if erased.operation != "erase" or "cannot note" in erased.err:
                continue
            for run in runs:
                is_late = run.operation == "get" and run.start > erased.end and run.token == erased.token
                if is_late and not any(
                    each.operation == "store"
                    and each.token == run.token
                    and each.end > erased.start
                    and each.start < run.end
                    for each in runs
                ):
                    self.wrong.append(f"get {run.organization} has a token that was refused in this home before")

    def report(self, during, requests, slowest):
        runs = self.runs[:during]
        gets = [run for run in runs if run.operation == "get" and run.organization != EMPTY]
        without = [run for run in gets if not run.token]
        print(f"## {self.store}")
        print(f"{self.options.processes} processes at once for {self.options.seconds} seconds, {during} in all")
        print(f"gets {len(gets)}, answered {len(gets) - len(without)}, without an answer {len(without)}:")
        reasons = collections.Counter(reason(run.err) for run in without)
        for text, count in reasons.most_common():
            print(f"  {count:5} {text}")
        notices = collections.Counter(reason(run.err) for run in gets if run.token and run.err)
        print(f"answered with a line: {sum(notices.values())}")
        for text, count in notices.most_common():
            print(f"  {count:5} {text}")
        for operation in ("store", "erase"):
            some = [run for run in runs if run.operation == operation]
            print(f"{operation} {len(some)}")
            for text, count in collections.Counter(reason(run.err) for run in some if run.err).most_common():
                print(f"  {count:5} {text}")
        print(f"gets of an organization without a token: {sum(run.organization == EMPTY for run in runs)}")
        print(f"the vault was asked {requests} times; killed 3 times, silent once")
        for line in self.events:
            print(line)
        middle = [self.began + self.options.seconds * i / 100 for i in range(5, 96)]
        at_once = [sum(run.start < at < run.end for run in runs) for at in middle]
        print(f"{sum(at_once) // len(at_once)} of them ran at a time on average, {max(at_once)} at most")
        longest = max(runs, key=lambda run: run.end - run.start)
        took = longest.end - longest.start
        busiest = max(run.end - run.start - run.waited for run in runs)
        print(f"longest run {took:.1f} s, of them without a processor {longest.waited:.1f} s; at most {busiest:.1f} s with one")
        print(f"everybody had the newest tokens {slowest:.1f} s after the vault was back")
        print(f"wrong: {len(self.wrong)}")
        for text, count in collections.Counter(self.wrong).most_common(20):
            print(f"  {count:5} {text}")
        print(flush=True)


def reason(err):
    """The same text for the same reason."""
    text = " / ".join(line.removeprefix(SAID) for line in err.splitlines())
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
    text = re.sub(r"/\S*agent\.sock", "SOCKET", text)
    return re.sub(r"\d+ (minutes?|seconds?|hours?) ago", "N minutes ago", text)


def main():
    if "-h" in sys.argv or "--help" in sys.argv:
        print(__doc__)
        return
    built = "target/native-image" if os.path.isdir("target/native-image") else "target/image"
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("stores", nargs="*", choices=["azkeyvault", "openbao", "agent", []])
    parser.add_argument("--image", default=built)
    parser.add_argument("--java", default=shutil.which("java"))
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    wrong = 0
    for store in options.stores or ["azkeyvault", "openbao", "agent"]:
        with tempfile.TemporaryDirectory() as folder:
            soak = Soak(options, store, folder)
            try:
                soak.soak()
            finally:
                soak.over.set()
                if store == "agent" and soak.vault.process:
                    soak.vault.kill()
                soak.server.stop()
            wrong += len(soak.wrong)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
