#include "turn_keeper.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <thread>

#include "host_names.hpp"
#include "rotation.hpp"

namespace televisit::turn {

namespace {

constexpr std::chrono::seconds kProbeTtl{300};
/// For servers to take a new secret.
constexpr std::chrono::seconds kPatience{60};

/// One rotation at a time.
class Lock {
  public:
    explicit Lock(const std::string& file) : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        held_ = file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0;
    }
    ~Lock() {
        if (file_ >= 0) ::close(file_);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    bool exists() const noexcept { return file_ >= 0; }
    bool held() const noexcept { return held_; }

  private:
    const int file_;
    bool held_ = false;
};

std::string explanation(const ProbeOutcome& outcome) {
    auto text = std::string(words_of(outcome.fault));
    return outcome.detail.empty() ? text : text + " (" + outcome.detail + ")";
}

}  // namespace

TurnKeeper::TurnKeeper(const ConfigView& config, const Clock& clock, Secrets& secrets)
    : settings_(read_settings(config)),
      clock_(clock),
      secrets_(secrets),
      tls_(settings_.probe.ca_file),
      probe_user_("probe-" + secrets.uuid()) {}

std::vector<ProbeOutcome> TurnKeeper::probe(const std::vector<ProbedUrl>& urls,
                                            const std::string& rotating_secret) const {
    HostNames names;
    std::vector<ProbeTarget> targets;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        names.look_up(urls[i].address);
        ProbeTarget target{i, urls[i].address, names.find(urls[i].address).address};
        if (urls[i].address.is_turn()) {
            const auto& server = settings_.servers[urls[i].server];
            target.credentials = server.is_ephemeral()
                                     ? mint_credentials(server.rotates ? rotating_secret : server.secrets.front(),
                                                        probe_user_, clock_.now(), kProbeTtl, secrets_)
                                     : TurnCredentials{server.username, server.password};
        }
        targets.push_back(std::move(target));
    }
    std::vector<ProbeOutcome> outcomes(urls.size());
    ProbeRound round(settings_.probe.timeout, tls_, clock_, secrets_);
    round.run(std::move(targets), {[&](std::size_t i, const ProbeOutcome& outcome) { outcomes[i] = outcome; },
                                   [] { return std::vector<ProbeTarget>(); }, [] { return false; }});
    return outcomes;
}

Result<std::string> TurnKeeper::rotating_secret() const {
    if (settings_.rotation.file.empty()) return std::string();
    auto read = SecretsFile(settings_.rotation.file).read();
    if (!read) return read.error();
    return read->mint;
}

Result<std::vector<IceFinding>> TurnKeeper::check(const CallContext&) {
    const auto secret = rotating_secret();
    if (!secret) return secret.error();
    const auto urls = probed_urls(settings_);
    const auto outcomes = probe(urls, *secret);
    std::vector<IceFinding> findings;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const auto& outcome = outcomes[i];
        const bool relays = outcome.fault != ProbeFault::none || urls[i].address.is_turn();
        findings.push_back({urls[i].name, urls[i].address.text, grade_of(outcome.fault) == Grade::up,
                            std::string(code_of(outcome.fault)), relays ? explanation(outcome) : "answers",
                            outcome.latency});
    }
    return findings;
}

/// One URL of each server has to work, and none may refuse the secret.
Result<void> TurnKeeper::taken(const std::string& secret) const {
    auto urls = probed_urls(settings_);
    std::erase_if(
        urls, [&](const ProbedUrl& url) { return !url.address.is_turn() || !settings_.servers[url.server].rotates; });
    const auto outcomes = probe(urls, secret);
    std::map<std::string, Grade> best;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const auto grade = grade_of(outcomes[i].fault);
        const auto place = best.try_emplace(urls[i].name, grade).first;
        place->second = std::min(place->second, grade);
        if (outcomes[i].fault == ProbeFault::unauthorized)
            return error(Errc::unavailable, urls[i].name + " does not take the new secret at " + urls[i].address.text);
    }
    for (const auto& [name, grade] : best)
        if (grade == Grade::down)
            return error(Errc::unavailable, "whether " + name + " takes the new secret cannot be told: it is down");
    return {};
}

Result<void> TurnKeeper::rotate(Rotation wanted, const Report& report, const CallContext& context) {
    const auto& rotation = settings_.rotation;
    if (rotation.file.empty()) return error(Errc::invalid, "no `rotation` is configured; see docs/turn.md");
    if (rotation.store.empty()) return error(Errc::invalid, "rotation.store is missing; see docs/turn.md");
    if (std::none_of(settings_.servers.begin(), settings_.servers.end(),
                     [](const TurnServer& server) { return server.rotates; }))
        return error(Errc::invalid, "there is no TURN server that uses `rotation`; see docs/turn.md");
    const Lock lock(rotation.file + ".lock");
    if (!lock.exists()) return error(Errc::unavailable, rotation.file + ".lock cannot be made");
    if (!lock.held()) return error(Errc::conflict, "another rotation is under way");
    SecretsFile file(rotation.file);
    const auto store = open_secret_store(rotation.store, rotation.realm);
    const SecretRotation::World world{
        file,   *store,   [this](const std::string& secret) { return taken(secret); },
        clock_, secrets_, [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }};
    return SecretRotation(world, rotation.longest, kPatience, report).run(wanted, context);
}

}  // namespace televisit::turn
