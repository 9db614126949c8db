#!/usr/bin/env python3
"""check_layering.py [ROOT]: who may include whom, checked in every source file.

Reads the #include lines of models/, analysis/ and sim/, and reports each that
the table below does not allow, as file:line. Packaged headers sit on the
default include path, so that nothing but this can refuse them. Reports too each
source that does not include its own header first, and each header that may be
read twice: so the source's compilation proves that the header stands alone.
"""

import pathlib
import re
import sys

FOLDERS = ("models", "analysis", "sim")

# The rooms, and which others each may include. A room may always include itself.
WIRE = ["models/units", "models/wire"]
CLOUD = WIRE + ["models/mirror", "models/capacity", "models/cloud"]
MODELS = CLOUD + ["models/scenario"]
ANALYSIS = ["analysis/words", "analysis/catalog", "analysis/reach", "analysis/check",
            "analysis/plan", "analysis/compare", "analysis/coverage", "analysis/report"]
ROOMS = {
    "models/units": [],
    "models/wire": ["models/units"],
    "models/mirror": WIRE,
    "models/capacity": WIRE,
    "models/cloud": WIRE + ["models/mirror", "models/capacity"],
    "models/scenario": CLOUD,
    "models/ns3": MODELS,
    "analysis/words": ["models/units"],
    "analysis/catalog": MODELS + ["analysis/words"],
    "analysis/reach": MODELS + ["analysis/words"],
    "analysis/check": MODELS + ["analysis/words", "analysis/reach"],
    "analysis/plan": MODELS + ["analysis/words"],
    "analysis/compare": MODELS + ["analysis/words"],
    "analysis/coverage": MODELS + ["analysis/words"],
    "analysis/report": MODELS + ["analysis/words", "analysis/catalog", "analysis/reach",
                                 "analysis/check", "analysis/plan", "analysis/compare",
                                 "analysis/coverage"],
    "sim/input": MODELS,
    "sim/import": MODELS + ["sim/input"],
    "sim/packet": MODELS + ["models/ns3"],
    "sim/explain": MODELS,
    "sim/fluid": MODELS,
    "sim/live": MODELS,
    "sim/sweep": MODELS,
    "sim/cli": MODELS + ["models/ns3"] + ANALYSIS
    + ["sim/input", "sim/import", "sim/packet", "sim/explain", "sim/fluid", "sim/live", "sim/sweep"],
}

# Libraries by the pattern of their headers, and the rooms that may use each.
LIBRARIES = {
    "ns-3": (r"ns3/", ["models/ns3", "sim/packet"]),
    "Boost.Graph": (r"boost/(graph|property_map)/",
                    ["models/cloud", "analysis/reach", "analysis/report", "sim/fluid"]),
    "Boost.Math": (r"boost/math/", ["analysis/check", "analysis/plan", "analysis/compare"]),
    "nlohmann/json": (r"nlohmann/", ["analysis/report", "sim/input", "sim/import", "sim/cli"]),
    "valijson": (r"valijson/", ["sim/input"]),
    "fmt": (r"fmt/", ANALYSIS + ["sim/input", "sim/import", "sim/cli"]),
    "CLI11": (r"CLI/", ["sim/cli"]),
    "libpcap": (r"pcap(/|\.h$)", ["sim/input", "sim/live"]),
    "zlib": (r"zlib\.h$", ["sim/input"]),
    "zstd": (r"zstd(_errors)?\.h$", ["sim/input"]),
    "SQLite": (r"sqlite3\.h$", ["sim/sweep"]),
    "MPI": (r"mpi\.h$", ["sim/sweep"]),
    "an HTTP library": (r"httplib\.h$", ["sim/live"]),
    "libsystemd": (r"systemd/", ["sim/live"]),
    "POSIX": (r"((sys|net|netinet|arpa|linux)/\w+|unistd|fcntl|poll|signal|pwd|grp|pthread"
              r"|ifaddrs|netdb|termios|dlfcn|elf|link)\.h$", ["sim/live", "sim/cli", "sim/sweep"]),
}

# Files, clocks, threads and logging are the driver's business.
DRIVERS_ONLY = set("""chrono condition_variable cstdio ctime filesystem fstream future iostream
    mutex print random shared_mutex syncstream thread""".split())
STANDARD = DRIVERS_ONLY | set("""algorithm any array atomic barrier bit bitset cassert ccomplex
    cctype cerrno cfenv cfloat charconv cinttypes climits clocale cmath compare complex concepts
    coroutine csetjmp csignal cstdarg cstddef cstdint cstdlib cstring cuchar cwchar cwctype deque
    exception execution forward_list functional initializer_list iomanip ios iosfwd istream
    iterator latch limits list locale map memory memory_resource new numbers numeric optional
    ostream queue ranges ratio regex scoped_allocator semaphore set source_location span sstream
    stack stdexcept stop_token streambuf string string_view strstream system_error tuple
    type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    version""".split())

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = (".h", ".cc")


def room_of(path):
    return "/".join(path.split("/")[:2]) if path.split("/")[0] in FOLDERS else None


def complaint_about_own(root, room, path):
    other = room_of(path)
    if ".." in path.split("/") or other is None:
        return f'"{path}" is not written from the repository root'
    if not (root / path).is_file():
        return f'"{path}" is no file of this repository'
    if other != room and other not in ROOMS[room]:
        return f"{room} may not include {other} (\"{path}\")"
    return None


def complaint_about_packaged(room, path):
    for library, (pattern, rooms) in LIBRARIES.items():
        if re.match(pattern, path):
            return None if room in rooms else f"{room} may not use {library} (<{path}>)"
    if path not in STANDARD:
        return f"<{path}> is neither of the standard library nor in the table of libraries"
    if path in DRIVERS_ONLY and room.startswith("models/") and room != "models/ns3":
        return f"{room} may not use <{path}>: models know no files, clocks, threads or logging"
    return None


def includes_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) == '"', found.group(2)


def complaints_about_header(root, path):
    """What keeps the compilation of a source from proving that its header compiles alone."""
    name = path.relative_to(root).as_posix()
    if path.suffix == ".h":
        lines = path.read_text(encoding="utf-8").splitlines()
        if not any(line.split()[:2] == ["#pragma", "once"] for line in lines):
            yield f"{name}:1: no #pragma once: a header may be included twice"
        return
    own = path.with_suffix(".h").relative_to(root).as_posix()
    number, _, first = next(includes_of(path), (1, True, None))
    if (root / own).is_file() and first != own:
        yield f'{name}:{number}: does not include its own header first ("{own}")'


def check_file(root, path):
    """The complaints about one file, and the rooms that it includes."""
    name = path.relative_to(root).as_posix()
    room = room_of(name)
    if room not in ROOMS:
        return [f"{name}:1: {room} is no room of the table in check_layering.py"], {}
    complaints, edges = list(complaints_about_header(root, path)), {}
    for number, quoted, included in includes_of(path):
        packaged = not quoted or re.match(LIBRARIES["ns-3"][0], included)
        complaint = (complaint_about_packaged(room, included) if packaged
                     else complaint_about_own(root, room, included))
        if complaint:
            complaints.append(f"{name}:{number}: {complaint}")
        if not packaged and room_of(included) not in (None, room):
            edges.setdefault(room_of(included), f"{name}:{number}")
    return complaints, {room: edges}


def cycle_in(graph):
    """One cycle of rooms, as a list whose last is its first; empty when there is none."""
    done = set()

    def visit(room, path):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return []
        for other in sorted(graph.get(room, ())):
            found = visit(other, path + [room])
            if found:
                return found
        done.add(room)
        return []

    for room in sorted(graph):
        found = visit(room, [])
        if found:
            return found
    return []


def check(root):
    complaints, graph = [], {}
    files = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*")
                   if path.suffix in SOURCES)
    for path in files:
        found, edges = check_file(root, path)
        complaints += found
        for room, others in edges.items():
            graph.setdefault(room, {}).update(
                {other: at for other, at in others.items() if other not in graph.get(room, {})})
    cycle = cycle_in(graph)
    if cycle:
        where = graph[cycle[0]][cycle[1]]
        complaints.append(f"{where}: rooms include each other: {' -> '.join(cycle)}")
    return complaints, len(files)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    root = root if len(sys.argv) > 1 else root.parents[2]
    complaints, files = check(root)
    for complaint in complaints:
        print(complaint)
    if not files:
        sys.exit(f"{root} has no sources: is it the root of vpcmirror?")
    print(f"{files} files read, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
