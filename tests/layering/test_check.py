#!/usr/bin/env python3
"""check.py finds what it is for: each rule is broken once in a small tree of its own."""

import tempfile
import unittest
from pathlib import Path

from check import Tree


def faults_of(**files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        base = {
            "kernel/net/server.hpp": "",
            "kernel/consult/room.hpp": "",
            "plugins/turn/urls.hpp": "",
            "plugins/lib/json/slice.hpp": "",
            "sdk/include/televisit/sdk/http.hpp": "#include <string>\n",
        }
        for path, text in {**base, **files}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return list(Tree(root).faults())


class Layers(unittest.TestCase):
    def refused(self, path, text, reason):
        found = faults_of(**{path: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(path + ":1: "), found)
        self.assertIn(reason, found[0])

    def allowed(self, path, text):
        self.assertEqual(faults_of(**{path: text}), [])

    def test_the_sdk_uses_the_standard_library_alone(self):
        self.refused("sdk/include/televisit/sdk/x.hpp", "#include <Poco/URI.h>\n", "standard library alone")
        self.refused("sdk/include/televisit/sdk/x.hpp", '#include "net/server.hpp"\n', "standard library alone")
        self.refused("sdk/include/televisit/sdk/x.hpp", "#include <unistd.h>\n", "standard library alone")
        self.allowed("sdk/include/televisit/sdk/x.hpp", '#include <vector>\n#include "televisit/sdk/http.hpp"\n')

    def test_the_domain_uses_the_sdk_alone(self):
        self.refused("kernel/consult/x.cpp", '#include "net/server.hpp"\n', "SDK alone")
        self.refused("kernel/consult/x.cpp", "#include <yaml-cpp/yaml.h>\n", "SDK alone")
        self.refused("kernel/consult/x.cpp", "#include <catch2/catch.hpp>\n", "SDK alone")
        self.allowed("kernel/consult/tests/x.cpp", '#include <catch2/catch.hpp>\n#include "consult/room.hpp"\n')

    def test_a_plugin_uses_neither_the_kernel_nor_another_plugin(self):
        self.refused("plugins/web/x.cpp", '#include "net/server.hpp"\n', "not use the kernel")
        self.refused("plugins/web/x.cpp", "#include <net/server.hpp>\n", "not use the kernel")
        self.refused("plugins/web/x.cpp", '#include "../turn/urls.hpp"\n', "another plugin")
        self.refused("plugins/web/x.cpp", '#include "urls.hpp"\n', "no such file")
        self.refused("plugins/web/CMakeLists.txt", "target_link_libraries(web televisit_net)\n", "link the kernel")
        self.allowed("plugins/web/x.cpp", '#include "json/slice.hpp"\n#include <Poco/URI.h>\n')
        self.allowed("plugins/turn/tests/x.cpp", '#include "urls.hpp"\n#include <catch2/catch.hpp>\n')

    def test_the_kernel_does_not_know_its_plugins(self):
        self.refused("kernel/net/x.cpp", '#include "../../plugins/turn/urls.hpp"\n', "private to its plugin")
        self.allowed("kernel/net/x.cpp", '#include "net/server.hpp"\n#include <Poco/URI.h>\n')


if __name__ == "__main__":
    unittest.main()
