// `turn check`, `turn rotate`: the ICE servers of the configuration, whether or not the server runs.

#include <array>
#include <chrono>
#include <csignal>
#include <exception>

#include "command.hpp"
#include "config/tree_view.hpp"
#include "configuration.hpp"
#include "loader/plugin_library.hpp"
#include "loader/plugin_plan.hpp"
#include "runtime/openssl_secrets.hpp"
#include "runtime/system_clock.hpp"
#include "table.hpp"
#include "televisit/sdk/ice_keeper.hpp"

namespace televisit::ctl {

namespace {

constexpr std::chrono::minutes kPatience{5};
constexpr std::chrono::hours kPatienceToRetire{31 * 24};

constexpr std::array kCheckOptions{kConfigOption};
constexpr std::array kRotateOptions{
    Option{"wait", "", "do not return before the old secret could be retired"},
    Option{"retire", "", "only retire what was replaced before and may go by now"},
    kConfigOption,
};

int give_up(const Streams& streams, const std::string& why, int status = kFailed) {
    streams.error << "televisitctl turn: " << why << '\n';
    return status;
}

/// Loads the plugin, and calls `work(keeper)`. Gives the exit status.
int with_keeper(const Arguments& arguments, const Streams& streams,
                int (*work)(IceKeeper&, const Arguments&, const Streams&)) {
    const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return kBadConfiguration;
    const loader::PluginPlan plan = loader::plan_plugins(configuration->tree);
    if (!plan.problems.empty()) {
        streams.error << config::to_text(plan.problems);
        return kBadConfiguration;
    }
    const auto* provider = plan.provider_of(IceProvider::kCapability);
    if (!provider) return give_up(streams, "no plugin provides ICE servers", kBadConfiguration);
    const auto library = loader::PluginLibrary::load(provider->file, provider->manifest);
    if (!library) return give_up(streams, library.error().message);
    const auto view = config::view(provider->config);
    std::signal(SIGPIPE, SIG_IGN);  // a server may close at any moment; televisitd ignores it, too
    const runtime::SystemClock clock;
    runtime::OpensslSecrets secrets;
    try {
        const auto keeper = library->ice_keeper(*view, clock, secrets);
        if (!keeper) return give_up(streams, provider->use + " cannot be asked about its servers");
        return work(*keeper, arguments, streams);
    } catch (const std::exception& fault) {
        return give_up(streams, fault.what(), kBadConfiguration);
    }
}

CallContext patiently(std::chrono::seconds patience) {
    return {std::chrono::steady_clock::now() + patience, RequestId("televisitctl")};
}

std::string in_milliseconds(std::chrono::microseconds time) {
    if (time.count() == 0) return "-";
    const auto tenths = (time.count() + 50) / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " ms";
}

int check(IceKeeper& keeper, const Arguments&, const Streams& streams) {
    const auto findings = keeper.check(patiently(kPatience));
    if (!findings.ok()) return give_up(streams, findings.error().message);
    if (findings->empty()) return give_up(streams, "no STUN or TURN server is configured");
    std::vector<Row> rows{{"SERVER", "URL", "FOUND", "LATENCY", "MEANING"}};
    bool all_usable = true;
    for (const auto& one : *findings) {
        rows.push_back({one.server, one.url, one.code, in_milliseconds(one.latency), one.words});
        all_usable = all_usable && one.usable;
    }
    print_table(rows, streams.out);
    return all_usable ? kDone : kFailed;
}

int rotate(IceKeeper& keeper, const Arguments& arguments, const Streams& streams) {
    const bool waits = arguments.has("wait");
    if (waits && arguments.has("retire")) return give_up(streams, "--wait and --retire exclude each other", kBadUsage);
    const auto wanted = waits                     ? Rotation::replace_and_retire
                        : arguments.has("retire") ? Rotation::retire
                                                  : Rotation::replace;
    const auto report = [&](std::string_view line) { streams.out << line << std::endl; };
    const auto done = keeper.rotate(wanted, report, patiently(waits ? kPatienceToRetire : kPatience));
    return done ? kDone : give_up(streams, done.error().message);
}

}  // namespace

constexpr Command kTurnCheck{
    "turn check",
    "",
    0,
    "Tries every configured STUN and TURN URL, and explains what fails",
    kCheckOptions,
    [](const Arguments& arguments, const Streams& streams) { return with_keeper(arguments, streams, check); }};
constexpr Command kTurnRotate{
    "turn rotate",
    "",
    0,
    "Replaces the secret shared with the TURN servers, while calls go on",
    kRotateOptions,
    [](const Arguments& arguments, const Streams& streams) { return with_keeper(arguments, streams, rotate); }};

}  // namespace televisit::ctl
