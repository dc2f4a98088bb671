"""Services of a desktop on the private session bus, as far as PatchPanel uses them. A process of its own.

Prints each call as a line of JSON: [method, arguments]. Lines on standard input are sent as signals: name, then
arguments as JSON, such as `ActionInvoked [1, "default"]`. Ends with the end of its input.
"""

import json
import os
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

NOTIFICATIONS = """
<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="ActivationToken"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""

TRAY = """
<node><interface name="org.kde.StatusNotifierWatcher">
  <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
  <method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
  <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
  <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
  <property name="ProtocolVersion" type="i" access="read"/>
  <signal name="StatusNotifierItemRegistered"><arg type="s"/></signal>
</interface></node>"""

SERVICES = {
    "notifications": ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", NOTIFICATIONS),
    "tray": ("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", TRAY),
}
SIGNATURES = {"ActionInvoked": "(us)", "ActivationToken": "(us)"}


class Stub:
    def __init__(self, kind):
        self.name, self.path, xml = SERVICES[kind]
        self.interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.bus.register_object(self.path, self.interface, self.called, self.asked, None)
        self.notified = 0
        self.rest = b""  # of a line that is not whole yet
        Gio.bus_own_name_on_connection(self.bus, self.name, Gio.BusNameOwnerFlags.NONE,
                                       lambda *_: self.tell("ready", []), None)

    @staticmethod
    def tell(method, arguments):
        print(json.dumps([method, arguments]), flush=True)

    def called(self, bus, sender, path, interface, method, parameters, invocation):
        answer = None
        if method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["body", "body-markup", "actions"],))
        elif method == "Notify":
            self.notified += 1
            answer = GLib.Variant("(u)", (self.notified,))
        self.tell(method, parameters.unpack())
        invocation.return_value(answer)

    @staticmethod
    def asked(bus, sender, path, interface, name):
        return {
            "RegisteredStatusNotifierItems": GLib.Variant("as", []),
            "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
            "ProtocolVersion": GLib.Variant("i", 0),
        }[name]

    def obey(self, channel, condition, loop):
        read = os.read(0, 65536)  # not readline(), whose buffer nobody watches
        if not read:
            loop.quit()
            return False
        *lines, self.rest = (self.rest + read).split(b"\n")
        for line in lines:
            name, arguments = line.decode().split(None, 1)
            self.bus.emit_signal(None, self.path, self.name, name,
                                 GLib.Variant(SIGNATURES[name], tuple(json.loads(arguments))))
        return True


def main():
    stub = Stub(sys.argv[1])
    loop = GLib.MainLoop()
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.IO_IN | GLib.IO_HUP, stub.obey, loop)
    loop.run()


if __name__ == "__main__":
    main()
