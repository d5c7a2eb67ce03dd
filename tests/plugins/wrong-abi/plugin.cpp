// Says that it was built for another SDK; its constructor would end the process if it ever ran.
#include <cstdlib>

#include "quiet_plugin.hpp"

#undef TELEVISIT_ABI_TAG
#define TELEVISIT_ABI_TAG "sdk-999;gcc-12;libstdc++-cxx11-1;c++-202002L;x86_64;none"

namespace {
struct ExitsWhenLoaded {
    ExitsWhenLoaded() { std::_Exit(99); }
} const kExitsWhenLoaded;
}  // namespace

TELEVISIT_PLUGIN(televisit::faulty::QuietPlugin, "wrong-abi", "1.0.0", "provides=\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
