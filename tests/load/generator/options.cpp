#include "options.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <sstream>
#include <string_view>

#include "failure.hpp"

namespace televisit::load {
namespace {

constexpr const char* kUsage = R"(usage: sioload [options]
server
  --host ADDR            IPv4 address (default 127.0.0.1)
  --port N               (default 8086)
  --other-port N         where the second of each room connects (default: to the same)
  --path P               Socket.IO path (default /socket.io/)
  --tls                  wss; any certificate will do
  --pid P[,P...]         its process ids, for figures of CPU and memory
load
  --mode MODE            relay: closed loop, whoever receives a message sends the next one to the other side
                         open: messages go out on a fixed schedule
                         idle: joined, and nothing but heartbeats
                         cycle: connect, join, leave, close, and again
                         (default relay)
  --conns N              connections, two to a room (default 200)
  --window W             relay: messages in flight per pair (default 1)
  --rate R               open: messages per second in total (default 1000)
  --cycles N             cycle: how many, by all connections together (default 10000)
  --abrupt               cycle: the connection just ends, without leaving the room before
  --seconds S            measured time (default 5)
  --warmup S             traffic before the measured time (default 1)
  --drain S              wait at most this long for the last messages (default 5)
  --payload-bytes N      size of a whole ice_candidate packet (default 300)
  --offer-bytes N        relay webrtc_offer and webrtc_answer with N bytes of SDP instead
connecting
  --token-file F         lines room_id,user_id,role,token as make-tokens writes them; connection i is line i
  --no-join              idle: connect only
  --connecting N         handshakes in progress at a time (default 64)
  --setup-timeout S      give up when not everybody has joined by then (default 60)
  --sources N            source addresses 127.0.0.x (default: one for each 20000 connections)
output
  --out text|json        (default text)
  --label L              repeated in the output
exit status: 0 all well; 1 wrong usage, or the run could not be set up; 2 messages were lost, misrouted, duplicated,
reordered or altered; 3 connections were dropped, or the server sent errors
)";

double number(const std::string& name, const std::string& text, double minimum) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0') throw Failure(name + " wants a number, not '" + text + "'");
    if (value < minimum) throw Failure(name + " is too small: " + text);
    return value;
}

int whole(const std::string& name, const std::string& text, int minimum) {
    const double value = number(name, text, minimum);
    if (value > std::numeric_limits<int>::max()) throw Failure(name + " is too large: " + text);
    return static_cast<int>(value);
}

Mode mode_named(const std::string& name) {
    if (name == "relay") return Mode::relay;
    if (name == "open") return Mode::open;
    if (name == "idle") return Mode::idle;
    if (name == "cycle") return Mode::cycle;
    throw Failure("--mode is relay, open, idle or cycle");
}

bool json_named(const std::string& name) {
    if (name != "text" && name != "json") throw Failure("--out is text or json");
    return name == "json";
}

std::vector<int> pids_in(const std::string& list) {
    std::vector<int> pids;
    std::istringstream items(list);
    for (std::string item; std::getline(items, item, ',');) pids.push_back(whole("--pid", item, 1));
    return pids;
}

/// Takes the value that follows the option.
using Setter = std::function<void(const std::string& name, const std::string& value)>;

std::map<std::string, Setter> setters(Options& o) {
    const auto text = [](std::string& to) { return [&to](auto&, auto& value) { to = value; }; };
    const auto count = [](int& to, int minimum) {
        return [&to, minimum](auto& name, auto& value) { to = whole(name, value, minimum); };
    };
    const auto amount = [](double& to, double minimum) {
        return [&to, minimum](auto& name, auto& value) { to = number(name, value, minimum); };
    };
    return {
        {"--host", text(o.host)},
        {"--port", count(o.port, 1)},
        {"--other-port", count(o.other_port, 1)},
        {"--path", text(o.path)},
        {"--pid", [&o](auto&, auto& value) { o.pids = pids_in(value); }},
        {"--mode", [&o](auto&, auto& value) { o.mode = mode_named(value); }},
        {"--conns", count(o.connections, 2)},
        {"--window", count(o.window, 1)},
        {"--rate", amount(o.rate, 0.001)},
        {"--cycles", count(o.cycles, 1)},
        {"--seconds", amount(o.seconds, 0.01)},
        {"--warmup", amount(o.warmup, 0)},
        {"--drain", amount(o.drain, 0)},
        {"--payload-bytes", count(o.payload_bytes, 1)},
        {"--offer-bytes", count(o.offer_bytes, 1)},
        {"--token-file", text(o.token_file)},
        {"--connecting", count(o.connecting, 1)},
        {"--setup-timeout", amount(o.setup_timeout, 0.1)},
        {"--sources", count(o.sources, 1)},
        {"--out", [&o](auto&, auto& value) { o.json = json_named(value); }},
        {"--label", text(o.label)},
    };
}

}  // namespace

std::optional<Options> parse_options(std::span<const char* const> arguments) {
    Options o;
    const auto known = setters(o);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string name = arguments[i];
        if (name == "--help" || name == "-h") {
            std::fputs(kUsage, stdout);
            return std::nullopt;
        }
        if (name == "--no-join") {
            o.join = false;
        } else if (name == "--abrupt") {
            o.abrupt = true;
        } else if (name == "--tls") {
            o.tls = true;
        } else {
            const auto found = known.find(name);
            if (found == known.end()) throw Failure("unknown option: " + name + " (try --help)");
            if (i + 1 == arguments.size()) throw Failure(name + " wants a value");
            found->second(name, arguments[++i]);
        }
    }
    if (o.connections % 2 != 0) throw Failure("--conns must be even: rooms hold two");
    if (!o.join && o.mode != Mode::idle) throw Failure("--no-join is for --mode idle only");
    if (o.sources > 250) throw Failure("--sources is at most 250");
    return o;
}

}  // namespace televisit::load
