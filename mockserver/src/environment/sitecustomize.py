"""http.client knows no proxy variables. Found by PYTHONPATH, this module leads what it sends to other
machines through the proxy of HTTPS_PROXY; then it runs the sitecustomize that it stands before."""
import os
import sys


def _is_local(host):
    host = (host or "").strip("[]").lower()
    return host in ("", "localhost", "::1", "0.0.0.0") or host.startswith("127.") or host.endswith(".localhost")


def _tunnel(module, proxy):
    """Connections that have no tunnel of their own get one."""
    address, _, port = proxy.rpartition("//")[2].rstrip("/").rpartition(":")
    connect = module.HTTPConnection.connect

    def connect_through_the_proxy(self):
        if not self._tunnel_host and not _is_local(self.host):
            self.set_tunnel(self.host, self.port)
            self.host, self.port = address, int(port)
        return connect(self)

    module.HTTPConnection.connect = connect_through_the_proxy


class _Finder:
    """Waits for the import of http.client, which most programs never make."""

    def __init__(self, path_finder, proxy):
        self.path_finder, self.proxy = path_finder, proxy

    def find_spec(self, name, path=None, target=None):
        if name != "http.client":
            return None
        sys.meta_path.remove(self)
        spec = self.path_finder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_tunnel(module):
                execute(module)
                _tunnel(module, self.proxy)

            spec.loader.exec_module = execute_and_tunnel
        return spec


def _run_the_next(path_finder):
    here = os.path.dirname(os.path.abspath(__file__))
    others = [folder for folder in sys.path if os.path.abspath(folder) != here]
    spec = path_finder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        import importlib.util

        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    from importlib.machinery import PathFinder as _PathFinder
except ImportError:  # an old Python, whose http.client has another name
    _PathFinder = None
if _PathFinder is not None:
    if os.environ.get("HTTPS_PROXY"):
        sys.meta_path.insert(0, _Finder(_PathFinder, os.environ["HTTPS_PROXY"]))
    _run_the_next(_PathFinder)
