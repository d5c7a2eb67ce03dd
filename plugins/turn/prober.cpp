#include "prober.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace televisit::turn {

namespace {

constexpr std::chrono::seconds kNamesKept{60};
constexpr std::chrono::seconds kUnknownNamesKept{5};

double figure_of(Grade grade) {
    return grade == Grade::up ? 1.0 : grade == Grade::degraded ? 0.5 : 0.0;
}

}  // namespace

std::vector<ProbedUrl> probed_urls(const Settings& settings) {
    std::vector<ProbedUrl> all;
    for (std::size_t server = 0; server < settings.servers.size(); ++server)
        for (std::size_t url = 0; url < settings.servers[server].urls.size(); ++url)
            all.push_back({server, url, settings.servers[server].name, settings.servers[server].urls[url]});
    for (std::size_t url = 0; url < settings.stun.size(); ++url)
        all.push_back({settings.servers.size(), url, std::string(kStunName), settings.stun[url]});
    return all;
}

Prober::Prober(Host& host, const Settings& settings, ServerHealth& health, Callbacks callbacks)
    : host_(host),
      settings_(settings),
      health_(health),
      callbacks_(std::move(callbacks)),
      urls_(probed_urls(settings)),
      tls_(settings.probe.ca_file),
      schedules_(urls_.size()) {}

Result<void> Prober::start() {
    if (settings_.probe.interval.count() == 0 || urls_.empty()) return {};
    return host_.executor().every(kProbeTick, [this] { tick(); });
}

void Prober::look_up_due_names() {
    if (host_.clock().steady_now() < names_due_.load() || looking_up_.exchange(true)) return;
    if (!host_.executor().post([this] { look_up_names(); })) looking_up_ = false;
}

void Prober::tick() {
    look_up_due_names();
    ProbeRound round(settings_.probe.timeout, tls_, host_.clock(), host_.secrets());
    round.run(take_due(), {[this](std::size_t number, const ProbeOutcome& outcome) { record(number, outcome); },
                           [this] {
                               look_up_due_names();  // with many that time out a round takes long
                               return take_due();
                           },
                           [this] { return stopped_.load(); }});
}

void Prober::look_up_names() {
    bool all_known = true;
    for (const auto& url : urls_) {
        if (stopped_) break;
        names_.look_up(url.address);
        all_known = all_known && names_.find(url.address).address;
    }
    names_due_ = host_.clock().steady_now() + (all_known ? kNamesKept : kUnknownNamesKept);
    looking_up_ = false;
}

std::vector<ProbeTarget> Prober::take_due() {
    const auto now = host_.clock().steady_now();
    std::vector<ProbeTarget> targets;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < urls_.size(); ++i) {
        auto& schedule = schedules_[i];
        if (schedule.under_way || schedule.due > now) continue;
        const auto found = names_.find(urls_[i].address);
        if (!found.looked_up) continue;
        schedule.under_way = true;
        ProbeTarget target{i, urls_[i].address, found.address};
        if (urls_[i].address.is_turn()) target.credentials = callbacks_.credentials(urls_[i].server);
        targets.push_back(std::move(target));
    }
    return targets;
}

/// Nodes, and the URLs of one node, do not stay in step. Only ever sooner: `pause` leaves no time to be later.
Duration Prober::with_jitter(Duration interval) {
    const auto byte = static_cast<std::uint8_t>(host_.secrets().random_bytes(1).front());
    return interval - interval / 4 * byte / 255;
}

void Prober::record(std::size_t number, const ProbeOutcome& outcome) {
    const auto& url = urls_[number];
    const auto change = health_.record(url.server, url.url, outcome);
    {
        const std::lock_guard lock(mutex_);
        auto& schedule = schedules_[number];
        schedule.under_way = false;
        schedule.due =
            host_.clock().steady_now() + with_jitter(change.settled ? settings_.probe.pause() : settings_.probe.retry);
    }
    tell(url, outcome, change);
    if (change.lost && url.address.is_turn()) callbacks_.lost(url.server);
}

void Prober::tell(const ProbedUrl& url, const ProbeOutcome& outcome, const ServerHealth::Change& change) {
    const MetricLabels labels{{"server", url.name}, {"url", url.address.text}};
    auto with_result = labels;
    with_result.emplace_back("result", code_of(outcome.fault));
    auto& metrics = host_.metrics();
    metrics.counter("televisit_turn_probes_total", "Probes of STUN and TURN servers, by what they found.", with_result)
        .add();
    metrics.gauge("televisit_turn_health", "A STUN or TURN URL: 1 up, 0.5 degraded, 0 down.", labels)
        .set(figure_of(change.grade));
    if (outcome.latency.count() > 0)
        metrics.gauge("televisit_turn_latency_seconds", "The last Binding of a STUN or TURN URL took so long.", labels)
            .set(std::chrono::duration<double>(outcome.latency).count());
    if (!change.url) return;
    const auto level = change.grade == Grade::up ? LogLevel::info : LogLevel::warning;
    host_.logger().write(level, "turn url changed",
                         {{"server", std::string_view(url.name)},
                          {"url", std::string_view(url.address.text)},
                          {"state", to_string(change.grade)},
                          {"found", code_of(outcome.fault)},
                          {"detail", std::string_view(outcome.detail)},
                          {"meaning", words_of(outcome.fault)}});
}

}  // namespace televisit::turn
