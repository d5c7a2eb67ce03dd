#pragma once
/// The command line: `televisitd [--config FILE] [--check] [--daemon] [--pidfile FILE] [--version] [--help]`.

#include <string>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace Poco::Util {
class OptionSet;
}

namespace televisit::daemon {

struct Options {
    std::string config;  ///< empty: the usual places
    bool check = false;
    bool daemon = false;
    bool version = false;
    bool help = false;
};

/// The server's own options; --daemon, --pidfile and --umask are Poco's.
void define_options(Poco::Util::OptionSet& options);

/// Takes in one option that was given.
void take_option(Options& options, const std::string& name, const std::string& value);

/// Reads a command line without acting on it. **Errors**: `invalid` for an option that is not known, or lacks its
/// argument.
Result<Options> read_options(const std::vector<std::string>& arguments);

}  // namespace televisit::daemon
