// `drain`: empties a server before it is stopped.

#include <array>
#include <chrono>
#include <thread>

#include "admin_call.hpp"
#include "config/units.hpp"

namespace televisit::ctl {

namespace {

constexpr std::chrono::milliseconds kLook{200};

constexpr std::array kOptions{
    Option{"deadline", "TIME", "how long clients may stay, e.g. 5m (default: 60s)"},
    Option{"reconnect-after", "TIME", "after which time clients are to come back (default: as signaling is set)"},
    Option{"no-wait", "", "give the order, and do not wait until it is done"},
    kConfigOption,
};

/// Adds an option's time to a query; false when it is none.
bool add_time(const Arguments& arguments, std::string_view option, std::string_view parameter, std::string& query) {
    const auto text = arguments.get(option);
    if (!text) return true;
    const auto time = config::parse_duration(*text);
    if (!time) return false;
    query += (query.empty() ? "?" : "&") + std::string(parameter) + "=" + std::to_string(*time);
    return true;
}

int drain(const Arguments& arguments, const Streams& streams) {
    const AdminCaller server("drain", arguments, streams);
    std::string query;
    if (!add_time(arguments, "deadline", "deadline_ms", query) ||
        !add_time(arguments, "reconnect-after", "reconnect_after_ms", query))
        return server.fail("a time looks like 500ms, 30s or 5m", kBadUsage);
    auto answer = server.call("POST", "/admin/drain" + query);
    std::string told;
    while (answer && !arguments.has("no-wait")) {
        const auto state = member(*answer.document, "state");
        if (state == "drained") break;
        if (const auto clients = member(*answer.document, "clients"); clients != told) {
            streams.error << "connections left: " << clients << '\n';
            told = clients;
        }
        std::this_thread::sleep_for(kLook);
        answer = server.call("GET", "/admin/drain");
    }
    return answer.exit;
}

}  // namespace

constexpr Command kDrain{
    "drain",  "",
    0,        "Tells clients to go elsewhere, cuts those left at a deadline, and leaves the server to be stopped",
    kOptions, drain};

}  // namespace televisit::ctl
