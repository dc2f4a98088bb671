"""A private desktop for the window tests, and hands and eyes in it.

The tests run inside xvfb-run and dbus-run-session with a window manager; the mouse and the keyboard are xdotool's, so
that events take the way a user's take; what the window shows is read through AT-SPI, as a screen reader does.
"""

import os
import subprocess
import sys
import tempfile

from support import wait_until

INSIDE = "PATCHPANEL_TEST_DESKTOP"


def enter():
    """Runs this script again inside a desktop of its own and ends with its result, unless it is there already."""
    if os.environ.get(INSIDE):
        return
    with tempfile.TemporaryDirectory(prefix="patchpanel-desktop-") as runtime:
        env = dict(os.environ, **{INSIDE: "1", "XDG_RUNTIME_DIR": runtime, "LANG": "C.UTF-8"})
        env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        done = subprocess.run(
            ["xvfb-run", "-a", "-s", "-screen 0 1280x860x24 -nolisten tcp -noreset", "dbus-run-session", "--",
             sys.executable, "-B", *sys.argv],
            env=env,
        )
    sys.exit(done.returncode)


class Desktop:
    """The window manager and the accessibility bus; stopped in reverse order. One for all tests of a process."""

    def __init__(self):
        self._children = [
            subprocess.Popen(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"], stderr=subprocess.DEVNULL),
            subprocess.Popen(["openbox", "--sm-disable"], stderr=subprocess.DEVNULL),
        ]
        wait_until(
            lambda: "window id #" in self._output("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"),
            "the window manager",
        )

    def stop(self):
        for child in reversed(self._children):
            child.terminate()
            child.wait(10)

    @staticmethod
    def environment():
        """What a program needs to appear on this desktop."""
        names = ("DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
        env = {name: os.environ[name] for name in names if name in os.environ}
        return env | {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

    @staticmethod
    def screenshot(window, path):
        """The window with its frame."""
        subprocess.run(["import", "-window", window, "-frame", "-strip", str(path)], check=True)

    @classmethod
    def colours(cls, path):
        """How many colours a picture has: few when nothing was drawn."""
        return int(cls._output("identify", "-format", "%k", str(path)))

    @staticmethod
    def click(x, y):
        subprocess.run(["xdotool", "mousemove", "--sync", str(x), str(y), "click", "1"], check=True)

    @staticmethod
    def press(keys):
        subprocess.run(["xdotool", "key", "--clearmodifiers", keys], check=True)

    @staticmethod
    def type(text):
        subprocess.run(["xdotool", "type", "--delay", "5", text], check=True)

    @classmethod
    def wait_for_window(cls, pid):
        """The id of the first visible window of a process, once it is there and active."""
        found = wait_until(
            lambda: cls._output("xdotool", "search", "--onlyvisible", "--pid", str(pid), "--name", "PatchPanel").split(),
            "a window of PatchPanel",
        )[0]
        subprocess.run(["xdotool", "windowactivate", "--sync", found], check=True)
        return found

    @staticmethod
    def minimise(window):
        subprocess.run(["xdotool", "windowminimize", "--sync", window], check=True)

    @staticmethod
    def raise_window(window):
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=True)

    @classmethod
    def visible_windows(cls, pid):
        return cls._output("xdotool", "search", "--onlyvisible", "--pid", str(pid), "--name", "PatchPanel").split()

    @classmethod
    def active_window(cls):
        return cls._output("xdotool", "getactivewindow").strip()

    @classmethod
    def title_of(cls, window):
        return cls._output("xdotool", "getwindowname", window).strip()

    @staticmethod
    def _output(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout


class Screen:
    """What an assistive technology sees of one process."""

    def __init__(self, pid):
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib

        self._atspi = Atspi
        self._loop = GLib.MainContext.default()
        self._pid = pid

    def nodes(self):
        """Every node of the process's windows, top down."""
        while self._loop.iteration(False):
            pass
        desktop = self._atspi.get_desktop(0)
        desktop.clear_cache()
        for application in self._children(desktop):
            if self._safe(application.get_process_id) == self._pid:
                application.clear_cache()
                yield from self._beneath(application)

    def find(self, role, name):
        """A showing node with this role and name, else the first whose name starts so; None when there is none."""
        found = None
        for node in self.nodes():
            called = self._safe(node.get_name) or ""
            if self._safe(node.get_role_name) in role and called.startswith(name) and self.has_state(node, "SHOWING"):
                if called == name:
                    return node
                found = found or node
        return found

    def wait_for(self, role, name):
        return wait_until(lambda: self.find(role, name), f"a {role} named {name!r}")

    def wait_for_enabled(self, role, name):
        def look():
            node = self.find(role, name)
            return node if node and self.has_state(node, "ENABLED") and self.has_state(node, "SENSITIVE") else None

        return wait_until(look, f"the {role} {name!r} to be enabled")

    def has_state(self, node, state):
        states = self._safe(node.get_state_set)
        return bool(states) and states.contains(getattr(self._atspi.StateType, state))

    def centre(self, node):
        box = self._atspi.Component.get_extents(node, self._atspi.CoordType.SCREEN)
        return box.x + box.width // 2, box.y + box.height // 2

    def press(self, node):
        """By the node's own action, as an assistive technology does it."""
        self._atspi.Action.do_action(node, 0)

    def texts(self):
        """Every name and text that is showing."""
        found = []
        for node in self.nodes():
            if not self.has_state(node, "SHOWING"):
                continue
            found.append(self._safe(node.get_name) or "")
            found.append(self._safe(lambda n=node: self.text_of(n)) or "")
        return [text for text in found if text]

    def wait_for_text(self, part):
        return wait_until(lambda: next((t for t in self.texts() if part in t), None), f"{part!r} to be shown")

    def selected_text_of(self, node):
        text = self._atspi.Text
        if text.get_n_selections(node) == 0:
            return ""
        chosen = text.get_selection(node, 0)
        return text.get_text(node, chosen.start_offset, chosen.end_offset)

    def focusable_without_a_name(self):
        return [
            f"{node.get_role_name()} in {self._safe(lambda: node.get_parent().get_name())!r}"
            for node in self.nodes()
            if self.has_state(node, "FOCUSABLE") and self.has_state(node, "SHOWING") and not self._safe(node.get_name)
        ]

    def text_of(self, node):
        text = self._atspi.Text
        return text.get_text(node, 0, text.get_character_count(node))

    def _beneath(self, node):
        yield node
        for child in self._children(node):
            yield from self._beneath(child)

    def _children(self, node):
        count = self._safe(node.get_child_count) or 0
        children = (self._safe(lambda i=i: node.get_child_at_index(i)) for i in range(min(count, 1000)))
        return [child for child in children if child]

    @staticmethod
    def _safe(call):
        """A node may be gone by the time it is asked; then there is nothing to say about it."""
        import gi

        try:
            return call()
        except gi.repository.GLib.GError:
            return None
