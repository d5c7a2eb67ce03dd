/// What it costs in Redis that somebody enters a room, beside one round trip of a script.
///     presence_bench SOCKET_OR_PORT [REPEATS [ROOMS]]
/// Every repeat gives each way its turn, in changing order; ratios are taken within a repeat.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "bare_redis.hpp"
#include "redis_presence.hpp"
#include "truth_text.hpp"

namespace {

using namespace televisit;
using namespace televisit::load;
using Micros = std::chrono::duration<double, std::micro>;

class SystemClock final : public Clock {
  public:
    Instant now() const noexcept override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
    SteadyTime steady_now() const noexcept override { return std::chrono::steady_clock::now(); }
};

const SystemClock kClock;

/// The truth when so many people are there, each on a server of their own. As in the server, a room expires some time
/// after its session's window, which does not change when people enter.
Truth truth(const std::string& room, std::size_t people, Instant expires) {
    auto next = std::make_shared<RoomPresence>();
    next->room = RoomId(room);
    next->seq = people;
    next->expires_at = expires;
    for (std::size_t i = 0; i < people; ++i) {
        const auto suffix = "-4c0f-4b6e-9d2a-000000000000-" + std::to_string(i);
        Stay stay;
        stay.id = StayId("stay" + suffix);
        stay.attendee = AttendeeId("attendee" + suffix);
        stay.user = UserId("user" + suffix);
        stay.peer = PeerId("peer" + suffix);
        stay.node = NodeId("node" + suffix);
        stay.since = kClock.now();
        next->stays.push_back(stay);
    }
    return next;
}

struct Way {
    const char* name;
    std::function<void(const Truth&)> enter;
    std::vector<double> micros{};  // for each repeat
};

void measure(Way& way, int rooms) {
    std::vector<Truth> steps;
    const auto expires = kClock.now() + std::chrono::hours{1};
    const auto name = '-' + std::to_string(to_micros(expires)) + '-';
    for (int i = 0; i < rooms; ++i)
        for (const std::size_t people : {1, 2})
            steps.push_back(truth(std::string(way.name) + name + std::to_string(i), people, expires));
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& step : steps) way.enter(step);
    way.micros.push_back(Micros(std::chrono::steady_clock::now() - begin).count() / static_cast<double>(steps.size()));
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// The median of the ratios within each repeat, with the least and the most.
std::string ratio(const Way& way, const Way& yardstick) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < way.micros.size(); ++i) ratios.push_back(way.micros[i] / yardstick.micros[i]);
    const auto [least, most] = std::ranges::minmax(ratios);
    char text[64];
    std::snprintf(text, sizeof text, "%.2f [%.2f-%.2f]", median(ratios), least, most);
    return text;
}

void print(const std::vector<Way>& ways) {
    std::printf("%-44s %10s %22s %22s\n", "somebody enters a room", "median us", "over EVAL of nothing",
                "over EVAL of the same");
    for (const auto& way : ways)
        std::printf("%-44s %10.1f %22s %22s\n", way.name, median(way.micros), ratio(way, ways[0]).c_str(),
                    ratio(way, ways[1]).c_str());
}

std::string loaded(BareRedis& redis, const std::string& script) {
    auto digest = redis.call({"SCRIPT", "LOAD", script});
    return digest.substr(0, digest.find('\r'));
}

int run(const std::string& place, int repeats, int rooms) {
    BareRedis bare(place);
    const auto nothing = loaded(bare, "return 1");
    const auto keep = loaded(bare,
                             "if (redis.call('HGET', ARGV[1], 'seq') or '0') ~= ARGV[2] then return 0 end\n"
                             "redis.call('HSET', ARGV[1], 'seq', ARGV[3], 'truth', ARGV[4])\n"
                             "redis.call('PEXPIRE', ARGV[1], 3600000)\nreturn 1");
    storage_redis::ConnectionSettings settings;
    if (place.starts_with('/'))
        settings.path = place;
    else
        settings.host = "127.0.0.1", settings.port = static_cast<std::uint16_t>(std::stoi(place));
    storage_redis::ConnectionPool pool(settings, 1);
    storage_redis::RedisPresence presence(pool, kClock, "televisit:", "bench");

    std::vector<Way> ways;
    ways.push_back({"one EVAL of nothing, by a bare socket", [&](const Truth&) {
                        if (bare.call({"EVALSHA", nothing, "0"})[0] != '1') throw std::runtime_error("no answer");
                    }});
    ways.push_back({"one EVAL of the same bytes, kept, no indexes", [&](const Truth& next) {
                        const auto key = "bare:" + next->room.str();
                        const auto text = storage_redis::to_text(*next);
                        const auto from = std::to_string(next->seq - 1);
                        const auto seq = std::to_string(next->seq);
                        if (bare.call({"EVALSHA", keep, "0", key, from, seq, text})[0] != '1')
                            throw std::runtime_error("the bare step has lost");
                    }});
    ways.push_back({"storage-redis", [&](const Truth& next) {
                        const CallContext context{std::chrono::steady_clock::now() + std::chrono::seconds{10}, {}};
                        const auto step = presence.replace(next, context);
                        if (!step.ok() || !step->won) throw std::runtime_error("the step has lost");
                    }});
    constexpr int kWarmUp = -1;
    for (int repeat = kWarmUp; repeat < repeats; ++repeat) {
        for (std::size_t i = 0; i < ways.size(); ++i)
            measure(ways[(i + static_cast<std::size_t>(repeat - kWarmUp)) % ways.size()], rooms);
        if (repeat == kWarmUp)
            for (auto& way : ways) way.micros.clear();
    }
    std::printf("%d repeats of two people in each of %d rooms\n", repeats, rooms);
    print(ways);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: presence_bench SOCKET_OR_PORT [REPEATS [ROOMS]]\n", stderr);
        return 64;
    }
    try {
        return run(argv[1], argc > 2 ? std::stoi(argv[2]) : 15, argc > 3 ? std::stoi(argv[3]) : 2'000);
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "presence_bench: %s\n", fault.what());
        return 1;
    }
}
