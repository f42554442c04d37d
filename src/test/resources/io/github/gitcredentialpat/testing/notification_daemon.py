"""A notification daemon for tests: writes each notification as a line of JSON to standard output.

refuse: answers each with an error instead.
"""

import json
import sys
from gi.repository import Gio, GLib

REFUSES = sys.argv[1:] == ["refuse"]
NAME = "org.freedesktop.Notifications"
XML = """<node><interface name="org.freedesktop.Notifications"><method name="Notify">
 <arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
 <arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/>
 <arg direction="in" type="a{sv}"/><arg direction="in" type="i"/><arg direction="out" type="u"/>
</method></interface></node>"""
KEYS = ("app", "replaces", "icon", "title", "text", "actions", "hints", "timeout")


def call(connection, sender, path, interface, method, parameters, invocation):
    if REFUSES:
        invocation.return_dbus_error(NAME + ".Error", "no")
        return
    print(json.dumps(dict(zip(KEYS, parameters.unpack()))), flush=True)
    invocation.return_value(GLib.Variant("(u)", (1,)))


def acquired(connection, name):
    interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
    connection.register_object("/org/freedesktop/Notifications", interface, call, None, None)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, acquired, None, None)
GLib.MainLoop().run()
