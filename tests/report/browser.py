"""Headless Chromium, driven over the pipe of its DevTools protocol: no driver to install.

https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE_S = 60  # for an answer of the browser


class BrowserError(Exception):
    pass


def find_chromium():
    """The program, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One Chromium with a profile of its own, both gone when the `with` block ends."""

    def __init__(self, program):
        self._profile = tempfile.TemporaryDirectory(prefix="vpcmirror-chromium-",
                                                    ignore_cleanup_errors=True)
        commands_out, self._commands = os.pipe()
        self._answers, answers_in = os.pipe()
        # Without a sandbox, which root has no use of; without a cache in /dev/shm, which
        # containers keep small. Nothing it does by itself may reach for a network.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{commands_out} 4>&{answers_in}', "sh", program,
             "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}"],
            pass_fds=(commands_out, answers_in), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands_out)
        os.close(answers_in)
        self._unread = b""
        self._last_id = 0
        self.events = []  # (session, method, params) not yet looked at

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrowserError, OSError):
            self.call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._commands)
        os.close(self._answers)
        self._profile.cleanup()

    def call(self, method, session=None, **params):
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next_message()
            if message.get("id") == self._last_id:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error'].get('message')}")
                return message["result"]
            if "method" in message:
                self.events.append((message.get("sessionId"), message["method"],
                                    message["params"]))

    def _next_message(self):
        while b"\0" not in self._unread:
            if not select.select([self._answers], [], [], DEADLINE_S)[0]:
                raise BrowserError(f"Chromium says nothing for {DEADLINE_S} s")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise BrowserError("Chromium is gone")
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    @contextlib.contextmanager
    def page(self, **settings):
        page = Page(self, **settings)
        try:
            yield page
        finally:
            self.call("Target.closeTarget", targetId=page.target)


class Page:
    """A tab of `width` pixels; `theme` is "light" or "dark", `scripts` whether it runs any."""

    def __init__(self, browser, width=1280, theme="light", scripts=True):
        self.browser = browser
        self.width = width
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": theme}])
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method, **params):
        return self.browser.call(method, session=self.session, **params)

    def open(self, path):
        """Waits until the page is there, and its script through with it."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        deadline = time.monotonic() + DEADLINE_S
        while not any(session == self.session and method == "Page.loadEventFired"
                      for session, method, _ in self.browser.events):
            if time.monotonic() > deadline:
                raise BrowserError(f"{path} is not loaded after {DEADLINE_S} s")
            self.call("Runtime.evaluate", expression="0")  # takes in what has happened
            time.sleep(0.01)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def complaints(self):
        """Errors of scripts and of the console, and every request but the page itself."""
        found = []
        requests = 0
        for session, method, params in self.browser.events:
            if session != self.session:
                continue
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Log.entryAdded":
                found.append(params["entry"]["text"])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                found.append(str(params["args"]))
            elif method == "Network.requestWillBeSent":
                requests += 1
                if requests > 1:
                    found.append("asks for " + params["request"]["url"][:100])
        return found

    def screenshot(self, path, most_pixels=5000):
        height = self.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(height, most_pixels),
                "scale": 1}
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(picture["data"]))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def drag(self, selector, start, end):
        """The mouse over an element, from one share of its width to another."""
        box = self.evaluate(
            f"(() => {{const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            "return [b.left, b.top, b.width, b.height];})()")
        left, top, width, height = box
        points = [left + width * (start + (end - start) * i / 4) for i in range(5)]
        middle = top + height / 2
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=points[0], y=middle,
                  button="left", clickCount=1)
        for x in points[1:]:
            self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=middle, button="left")
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=points[-1], y=middle,
                  button="left", clickCount=1)
