#pragma once
/// One or two servers in one process, on shared stores, with the test's own time.

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consult/domain.hpp"
#include "recorder.hpp"
#include "televisit/testkit/fake_host.hpp"
#include "televisit/testkit/faults.hpp"
#include "televisit/testkit/manual_bus.hpp"

namespace televisit::consult::tests {

using namespace std::chrono_literals;
using Told = std::vector<std::string>;

/// Believes "<user>.<ROLE>".
class TrustingAuthenticator final : public Authenticator {
  public:
    Result<Claims> authenticate(std::string_view credential, const CallContext&) override {
        const auto dot = credential.find('.');
        const auto role = parse_role(credential.substr(dot + 1));
        if (!role) return error(Errc::unauthenticated, "no such role");
        Claims claims;
        claims.user = UserId(std::string(credential.substr(0, dot)));
        claims.role = *role;
        return claims;
    }
};

class FixedIce final : public IceProvider {
  public:
    Result<IceServers> ice_servers(const IceRequest& request, const CallContext&) override {
        if (const auto now = std::exchange(meanwhile, nullptr)) now();
        const std::lock_guard lock(mutex);
        asked.push_back(request);
        if (broken) return error(Errc::unavailable, "no servers");
        IceServers servers;
        servers.servers.push_back({{"turn:turn.example.org"}, "user", "secret"});
        servers.ttl = request.wanted_ttl;
        servers.refresh_after = refresh_after;
        servers.marks = marks;
        return servers;
    }
    void set_listener(IceListener* now) override { listener = now; }

    std::chrono::seconds refresh_after{0};
    std::uint64_t marks = 0;
    IceListener* listener = nullptr;
    std::function<void()> meanwhile;  ///< happens once, while a list is made
    std::mutex mutex;
    std::vector<IceRequest> asked;  // guarded by mutex
    bool broken = false;
};

/// The stores that the servers share: those of the storage-memory plugin, behind fault injection.
struct Stores {
    Stores();
    ~Stores();

    testkit::FakeHost host;
    std::unique_ptr<Plugin> plugin;
    ProvidedPorts ports;
    testkit::FaultyRecordStore records;
    testkit::FaultyPresenceStore presence;
    testkit::ManualBus bus;
};

struct World;

/// A connection's seat, as signaling would keep it.
struct Client {
    std::uint64_t connection = 0;
    std::unique_ptr<Seat> seat{};
    Member self{};
    std::vector<Member> participants{};
};

/// One server.
struct Node {
    Node(World& world, const std::string& name, Settings settings);
    ~Node();

    CallContext context() const;
    Identity account(const std::string& user, Role role) const;
    Identity doctor() const { return account("d-1", Role::doctor); }
    Identity patient() const { return account("p-1", Role::patient); }

    CreatedSession create(std::int32_t max_participants = 2);
    JoinGrant join(const SessionId& session, const Identity& who);
    /// Enters and opens, as after `joined_room`.
    Client enter(const JoinGrant& grant);
    Result<Entered> try_enter(const JoinGrant& grant, std::uint64_t connection);
    Client sit(const CreatedSession& session, const Identity& who) { return enter(join(session.session.id, who)); }
    Told told(const Client& client) { return listener.take(client.connection); }
    /// Stops without a farewell, as `kill -9` does.
    void kill();

    World& world;
    testkit::FakeMetricRegistry metrics;
    testkit::CapturingLogger log;
    testkit::FakeEventBus events;
    testkit::ManualExecutor executor;
    testkit::ManualBus::Node& backplane;
    Recorder listener;
    std::unique_ptr<Domain> domain;
    bool alive = true;
};

struct World {
    explicit World(Settings settings = {});

    testkit::ManualClock& clock() { return stores.host.manual_clock; }
    /// Runs what is posted and delivers what is published, until nothing is left.
    void settle();
    /// Lets time pass for everyone, a second at a time.
    void advance(Duration by);
    Node& second();

    Stores stores;
    testkit::DeterministicSecrets secrets{7};
    TrustingAuthenticator authenticator;
    FixedIce ice;
    AdmissionPolicy* policy = nullptr;
    Settings settings;
    std::uint64_t connections = 0;
    std::unique_ptr<Node> node;
    std::unique_ptr<Node> other;

    SessionRecord record(const SessionId& id);
    AttendeeRecord attendee(const SessionId& id, const std::string& user);
};

/// A step on the store as another server makes it; `alter` is given the next truth.
void make_step(PresenceStore& store, const RoomId& room, const CallContext& context,
               const std::function<void(RoomPresence& next)>& alter);

/// Sends `{}` as that event; the reason of the refusal, or "ok".
std::string send(Client& client, RelayKind kind, std::string_view event,
                 std::optional<std::string_view> target = std::nullopt, SenderClaims claims = {});

}  // namespace televisit::consult::tests
