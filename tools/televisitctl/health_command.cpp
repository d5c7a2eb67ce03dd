// `health`: whether the server takes work.

#include <array>

#include "command.hpp"
#include "configuration.hpp"

namespace televisit::ctl {

namespace {

constexpr std::array kOptions{
    kConfigOption,
    Option{"server", "URL", "ask there, instead of the admin socket on this machine"},
    kCaOption,
    Option{"quiet", "", "print nothing, only give the exit status"},
};

int health(const Arguments& arguments, const Streams& streams) {
    Endpoint endpoint;
    if (const auto url = arguments.get("server")) {
        endpoint = Origin{*url, {.ca_file = arguments.get("ca", "")}};
    } else {
        // A server that is only just being started has not made its secrets yet.
        const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
        if (!configuration) return kBadConfiguration;
        endpoint = admin_socket(*configuration);
    }
    const auto answer = call(endpoint, {.path = "/health/ready"});
    const bool quiet = arguments.has("quiet");
    if (!answer) {
        if (!quiet) streams.error << "televisitctl health: " << answer.error().message << '\n';
        return kFailed;
    }
    if (!quiet) streams.out << answer->body << '\n';
    return answer->status == 200 ? kDone : kFailed;
}

}  // namespace

constexpr Command kHealth{"health", "", 0, "Tells whether the server takes work", kOptions, health};

}  // namespace televisit::ctl
