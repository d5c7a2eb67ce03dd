/// What creating and joining a session costs in PostgreSQL: by libpq and nothing else, by the plugin, and by
/// Poco::Data.
///     records_bench FOLDER_OF_THE_SOCKET USER DATABASE [REPEATS [VISITS]]
/// Every repeat gives each way its turn, in changing order; ratios are taken within a repeat.

#include <algorithm>
#include <cstdio>
#include <functional>

#include "doors.hpp"

namespace {

using namespace televisit::load;
using Micros = std::chrono::duration<double, std::micro>;

struct Way {
    const char* name;
    std::unique_ptr<Door> door;
    std::vector<double> create;  // microseconds, for each repeat
    std::vector<double> join;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double each(const std::vector<Visit>& visits, const std::function<void(const Visit&)>& act) {
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& visit : visits) act(visit);
    return Micros(std::chrono::steady_clock::now() - begin).count() / static_cast<double>(visits.size());
}

void measure(Way& way, int repeat, int count) {
    std::vector<Visit> visits;
    for (int i = 0; i < count; ++i)
        visits.push_back(make_visit(std::string(way.name) + '-' + std::to_string(repeat), i));
    way.create.push_back(each(visits, [&](const Visit& visit) { way.door->create(visit); }));
    way.join.push_back(each(visits, [&](const Visit& visit) { way.door->join(visit); }));
}

void print(const char* what, const std::vector<Way>& ways, std::vector<double> Way::*figures) {
    std::printf("\n%-24s %10s %28s\n", what, "median us", "over bare libpq [least-most]");
    const auto& bare = ways.front().*figures;
    for (const auto& way : ways) {
        const auto& own = way.*figures;
        std::vector<double> ratios;
        for (std::size_t i = 0; i < own.size(); ++i) ratios.push_back(own[i] / bare[i]);
        const auto [least, most] = std::ranges::minmax(ratios);
        std::printf("%-24s %10.0f %12.2f [%.2f-%.2f]\n", way.name, median(own), median(ratios), least, most);
    }
}

int run(const std::string& folder, const std::string& user, const std::string& database, int repeats, int visits) {
    const auto url = "postgresql:///" + database + "?host=" + folder + "&user=" + user;
    const auto words = "host=" + folder + " user=" + user + " dbname=" + database;
    std::vector<Way> ways;
    // The plugin makes the tables.
    auto own = plugin(url);
    ways.push_back({"bare libpq", bare_libpq(url), {}, {}});
    ways.push_back({"storage-postgres", std::move(own), {}, {}});
    ways.push_back({"Poco::Data, kept", poco_kept(words), {}, {}});
    ways.push_back({"Poco::Data, anew", poco_anew(words), {}, {}});
    constexpr int kWarmUp = -1;
    for (int repeat = kWarmUp; repeat < repeats; ++repeat) {
        for (std::size_t i = 0; i < ways.size(); ++i)
            measure(ways[(i + static_cast<std::size_t>(repeat - kWarmUp)) % ways.size()], repeat, visits);
        if (repeat == kWarmUp)
            for (auto& way : ways) {
                way.create.clear();
                way.join.clear();
            }
    }
    std::printf("%d repeats of %d visits\n", repeats, visits);
    print("create a session", ways, &Way::create);
    print("join it", ways, &Way::join);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: records_bench FOLDER USER DATABASE [REPEATS [VISITS]]\n", stderr);
        return 64;
    }
    try {
        return run(argv[1], argv[2], argv[3], argc > 4 ? std::stoi(argv[4]) : 15, argc > 5 ? std::stoi(argv[5]) : 200);
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "records_bench: %s\n", fault.what());
        return 1;
    }
}
