"""A Secret Service for tests: two collections, one locked, and a behavior of choice.

silent          takes the name and never answers
slow            unlocked, and takes 200 ms for each answer
slower          unlocked, and takes 1200 ms for each answer
error           answers every call with an error
reads           answers, but never a call that writes
accept          a prompt that unlocks
dismiss         a prompt that is dismissed
never           a prompt that stays up
empty           no default collection; a prompt that makes one
empty-dismiss   no default collection; a prompt that is dismissed
many            unlocked, with 5,000 items more, and takes 1 ms for each
many-locked     the same, locked, with a prompt that unlocks
asks            unlocked, and asks before each change; a prompt that accepts
asks-dismiss    the same; a prompt that is dismissed

A line on standard output for each prompt that is shown or dismissed, and each unlocking call.
"""

import sys
import time
from gi.repository import Gio, GLib

BEHAVIOR = sys.argv[1]
ROOT = "/org/freedesktop/secrets"
S = "org.freedesktop.Secret."

XML = """<node>
<interface name="org.freedesktop.Secret.Service">
 <method name="OpenSession"><arg direction="in" type="s"/><arg direction="in" type="v"/>
  <arg direction="out" type="v"/><arg direction="out" type="o"/></method>
 <method name="SearchItems"><arg direction="in" type="a{ss}"/>
  <arg direction="out" type="ao"/><arg direction="out" type="ao"/></method>
 <method name="GetSecrets"><arg direction="in" type="ao"/><arg direction="in" type="o"/>
  <arg direction="out" type="a{o(oayays)}"/></method>
 <method name="Unlock"><arg direction="in" type="ao"/>
  <arg direction="out" type="ao"/><arg direction="out" type="o"/></method>
 <method name="ReadAlias"><arg direction="in" type="s"/><arg direction="out" type="o"/></method>
 <method name="CreateCollection"><arg direction="in" type="a{sv}"/><arg direction="in" type="s"/>
  <arg direction="out" type="o"/><arg direction="out" type="o"/></method>
</interface>
<interface name="org.freedesktop.Secret.Collection">
 <method name="CreateItem"><arg direction="in" type="a{sv}"/><arg direction="in" type="(oayays)"/>
  <arg direction="in" type="b"/><arg direction="out" type="o"/><arg direction="out" type="o"/></method>
</interface>
<interface name="org.freedesktop.Secret.Item">
 <method name="Delete"><arg direction="out" type="o"/></method>
 <method name="SetSecret"><arg direction="in" type="(oayays)"/></method>
 <property name="Attributes" type="a{ss}" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
 <method name="Prompt"><arg direction="in" type="s"/></method>
 <method name="Dismiss"/>
 <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface>
</node>"""

INTERFACES = {i.name: i for i in Gio.DBusNodeInfo.new_for_xml(XML).interfaces}

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
loop = GLib.MainLoop()
items = {}
locked = BEHAVIOR in ("accept", "dismiss", "never", "many-locked")
has_default = not BEHAVIOR.startswith("empty")
asks = BEHAVIOR.startswith("asks")
serial = 0


def say(line):
    print(line, flush=True)


def export(path, interface, call, read=None):
    bus.register_object(path, INTERFACES[S + interface], call, read, None)


def fail(invocation, name):
    invocation.return_dbus_error(S + "Error." + name, name)


def prompt(when_accepted):
    """Makes a prompt object; returns its path."""
    global serial
    serial += 1
    path = "%s/prompt/p%d" % (ROOT, serial)

    def completed(dismissed):
        if not dismissed:
            when_accepted()
        value = GLib.Variant("(bv)", (dismissed, GLib.Variant("s", "")))
        bus.emit_signal(None, path, S + "Prompt", "Completed", value)
        return False

    def call(connection, sender, path, interface, method, args, invocation):
        invocation.return_value(None)
        bus.flush_sync()
        say(method.lower())
        if method == "Prompt" and BEHAVIOR != "never":
            GLib.timeout_add(200, completed, "dismiss" in BEHAVIOR)

    export(path, "Prompt", call)
    return path


def changed(do):
    """Does it, or returns a prompt that does."""
    if asks:
        return prompt(do)
    do()
    return "/"


def unlock_all():
    global locked
    locked = False


def make_default():
    global has_default
    has_default = True


def add(attributes, secret):
    global serial
    serial += 1
    path = "%s/collection/c/i%d" % (ROOT, serial)
    items[path] = (attributes, secret)

    def call(connection, sender, path, interface, method, args, invocation):
        if BEHAVIOR == "reads":
            return
        if locked:
            fail(invocation, "IsLocked")
        elif method == "SetSecret":
            items[path] = (attributes, bytes(args.unpack()[0][2]))
            invocation.return_value(None)
        else:
            invocation.return_value(GLib.Variant("(o)", (changed(lambda: items.pop(path)),)))

    def read(connection, sender, path, interface, name):
        if BEHAVIOR == "many":
            time.sleep(0.001)
        return GLib.Variant("a{ss}", items[path][0])

    export(path, "Item", call, read)


def collection(connection, sender, path, interface, method, args, invocation):
    if BEHAVIOR == "reads":
        return
    properties, secret, replace = args.unpack()
    if locked:
        fail(invocation, "IsLocked")
        return
    attributes = properties[S + "Item.Attributes"]
    say("label " + properties[S + "Item.Label"])
    path = changed(lambda: add(attributes, bytes(secret[2])))
    invocation.return_value(GLib.Variant("(oo)", ("/", path)))


def service(connection, sender, path, interface, method, args, invocation):
    if BEHAVIOR == "silent":
        return
    if BEHAVIOR == "error":
        invocation.return_dbus_error("org.freedesktop.DBus.Error.Failed", "out of order")
        return
    if BEHAVIOR == "slow":
        time.sleep(0.2)
    if BEHAVIOR == "slower":
        time.sleep(1.2)
    args = args.unpack()
    if method == "OpenSession":
        result = GLib.Variant("(vo)", (GLib.Variant("s", ""), ROOT + "/session/s"))
    elif method == "SearchItems":
        hits = [p for p, (a, _) in items.items() if args[0].items() <= a.items()]
        result = GLib.Variant("(aoao)", ([], hits) if locked else (hits, []))
    elif method == "GetSecrets":
        secrets = {p: (args[1], b"", items[p][1], "text/plain") for p in args[0]}
        result = GLib.Variant("(a{o(oayays)})", ({} if locked else secrets,))
    elif method == "Unlock":
        say("unlock")
        result = GLib.Variant("(aoo)", ([], prompt(unlock_all)))
    elif method == "ReadAlias":
        result = GLib.Variant("(o)", (ROOT + "/collection/c" if has_default else "/",))
    else:
        result = GLib.Variant("(oo)", ("/", prompt(make_default)))
    invocation.return_value(result)


export(ROOT, "Service", service)
export(ROOT + "/collection/c", "Collection", collection)
add(
    {
        "application": "git-credential-pat",
        "protocol": "https",
        "host": "there.example",
        "user": "alice",
    },
    b"kept\nstored_at=1",
)
for i in range(5000 if BEHAVIOR.startswith("many") else 0):
    add(
        {
            "application": "git-credential-pat",
            "protocol": "https",
            "host": "dev.azure.com",
            "path": "organization-%d" % i,
            "user": "alice",
        },
        b"secret-%d\nstored_at=1" % i,
    )
Gio.bus_own_name_on_connection(bus, "org.freedesktop.secrets", Gio.BusNameOwnerFlags.NONE, None, None)
loop.run()
