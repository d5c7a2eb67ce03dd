// `config check`, `config show`, `config reference`: the configuration, before a server runs with it.

#include <array>

#include "command.hpp"
#include "configuration.hpp"

namespace televisit::ctl {

namespace {

constexpr std::array kOptions{kConfigOption};

int check(const Arguments& arguments, const Streams& streams) {
    const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return kBadConfiguration;
    streams.out << configuration->file << ": good\n";
    return kDone;
}

int show(const Arguments& arguments, const Streams& streams) {
    const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return kBadConfiguration;
    streams.out << config::render(configuration->tree);
    return kDone;
}

int reference(const Arguments&, const Streams& streams) {
    streams.out << config::reference(config::kernel_schema(), "The server");
    return kDone;
}

}  // namespace

constexpr Command kConfigCheck{
    "config check", "", 0, "Checks a configuration, and lists everything that is wrong with it", kOptions, check};
constexpr Command kConfigShow{"config show", "",  0, "Prints a configuration as it takes effect, without its secrets",
                              kOptions,      show};
constexpr Command kConfigReference{"config reference", "", 0, "Prints all keys of the configuration, as Markdown", {},
                                   reference};

}  // namespace televisit::ctl
