// `db status`, `db migrate`: the schema of the database that the configuration keeps records in.

#include <array>
#include <chrono>
#include <exception>

#include "command.hpp"
#include "config/tree_view.hpp"
#include "configuration.hpp"
#include "record_plugin.hpp"
#include "table.hpp"

namespace televisit::ctl {

namespace {

constexpr std::chrono::minutes kPatience{60};

constexpr std::array kStatusOptions{kConfigOption};
constexpr std::array kMigrateOptions{
    Option{"dry-run", "", "print what would be run, and run nothing"},
    kConfigOption,
};

int give_up(const Streams& streams, const std::string& why, int status = kFailed) {
    streams.error << "televisitctl db: " << why << '\n';
    return status;
}

/// Loads the plugin, and calls `work(keeper)`. Gives the exit status.
int with_keeper(const Arguments& arguments, const Streams& streams,
                int (*work)(SchemaKeeper&, const Arguments&, const Streams&)) {
    const auto configuration = load_or_report(arguments, MissingSecrets::are_made_later, streams);
    if (!configuration) return kBadConfiguration;
    const auto plugin = load_record_plugin(*configuration);
    if (!plugin.ok()) return report_record_plugin(plugin.error(), "db", streams);
    const auto view = config::view(plugin->config);
    try {
        const auto keeper = plugin->library.schema_keeper(*view);
        if (!keeper) return give_up(streams, plugin->use + " has no schema");
        return work(*keeper, arguments, streams);
    } catch (const std::exception& fault) {
        return give_up(streams, fault.what(), kBadConfiguration);
    }
}

CallContext patiently() {
    return {std::chrono::steady_clock::now() + kPatience, RequestId("televisitctl")};
}

std::string printed(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(seconds - day);
    const auto two = [](auto number) {
        const auto digits = std::to_string(number);
        return digits.size() < 2 ? "0" + digits : digits;
    };
    return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) + '-' +
           two(static_cast<unsigned>(date.day())) + 'T' + two(time.hours().count()) + ':' +
           two(time.minutes().count()) + ':' + two(time.seconds().count()) + 'Z';
}

int print_state(SchemaKeeper& keeper, const Arguments&, const Streams& streams) {
    const auto state = keeper.state(patiently());
    if (!state.ok()) return give_up(streams, state.error().message);
    std::vector<Row> rows{{"MIGRATION", "APPLIED"}};
    bool complete = state->misfit.empty();
    for (const auto& step : state->steps) {
        rows.push_back({step.name, step.applied_at ? printed(*step.applied_at) : "not yet"});
        complete = complete && step.applied_at;
    }
    print_table(rows, streams.out);
    if (!state->misfit.empty()) return give_up(streams, state->misfit);
    return complete ? kDone : kFailed;
}

int migrate(SchemaKeeper& keeper, const Arguments& arguments, const Streams& streams) {
    if (arguments.has("dry-run")) {
        const auto script = keeper.script(patiently());
        if (!script.ok()) return give_up(streams, script.error().message);
        streams.out << *script;
        return kDone;
    }
    if (const auto done = keeper.migrate(patiently()); !done) return give_up(streams, done.error().message);
    return print_state(keeper, arguments, streams);
}

}  // namespace

constexpr Command kDbStatus{
    "db status",
    "",
    0,
    "Lists the migrations of the database of records, and which of them it lacks",
    kStatusOptions,
    [](const Arguments& arguments, const Streams& streams) { return with_keeper(arguments, streams, print_state); }};
constexpr Command kDbMigrate{
    "db migrate",
    "",
    0,
    "Applies the migrations that the database of records lacks",
    kMigrateOptions,
    [](const Arguments& arguments, const Streams& streams) { return with_keeper(arguments, streams, migrate); }};

}  // namespace televisit::ctl
