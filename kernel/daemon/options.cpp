#include "daemon/options.hpp"

#include <Poco/Util/Option.h>
#include <Poco/Util/OptionException.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

namespace televisit::daemon {

using Poco::Util::Option;

void define_options(Poco::Util::OptionSet& options) {
    options.addOption(Option("config", "c",
                             "the configuration file; default: $TELEVISIT_CONFIG, conf/televisitd.yaml, "
                             "/etc/televisit/televisitd.yaml")
                          .argument("FILE"));
    options.addOption(Option("check", "", "check the configuration, with that of every plugin, and exit"));
    options.addOption(Option("version", "", "print the version and the ABI that plugins must have, and exit"));
    options.addOption(Option("help", "h", "print this, and exit"));
}

void take_option(Options& options, const std::string& name, const std::string& value) {
    if (name == "config") options.config = value;
    if (name == "check") options.check = true;
    if (name == "daemon") options.daemon = true;
    if (name == "version") options.version = true;
    if (name == "help") options.help = true;
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
    Poco::Util::OptionSet known;
    known.addOption(Option("daemon", ""));
    known.addOption(Option("pidfile", "").argument("FILE"));
    known.addOption(Option("umask", "").argument("MASK"));
    define_options(known);
    Poco::Util::OptionProcessor processor(known);
    processor.setUnixStyle(true);
    Options options;
    try {
        for (const std::string& argument : arguments) {
            std::string name;
            std::string value;
            const bool is_option = processor.process(argument, name, value);
            if (!is_option) return error(Errc::invalid, "'" + argument + "' is no option");
            if (!name.empty()) take_option(options, name, value);
        }
        processor.checkRequired();
    } catch (const Poco::Exception& wrong) {
        return error(Errc::invalid, wrong.displayText());
    }
    return options;
}

}  // namespace televisit::daemon
