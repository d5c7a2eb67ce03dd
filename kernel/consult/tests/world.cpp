#include "world.hpp"

// The descriptor of storage-memory, which is linked into the tests: a plugin is used through it alone.
extern "C" const televisit::PluginDescriptor televisit_plugin_descriptor;

namespace televisit::consult::tests {
namespace {

testkit::FakeConfig storage_config() {
    return {{"max_sessions", 1000}, {"max_rooms", 1000}, {"quality_samples", 10},
            {"events", 10'000},     {"queue", 1000},     {"queue_bytes", 1'000'000}};
}

Settings named(Settings settings, const std::string& name) {
    settings.node = NodeId(name);
    if (settings.secret.empty()) settings.secret = "0123456789abcdef0123456789abcdef";
    return settings;
}

}  // namespace

Stores::Stores()
    : host(storage_config()),
      plugin(televisit_plugin_descriptor.create(host)),
      ports(plugin->ports()),
      records(*ports.records),
      presence(*ports.presence) {}

Stores::~Stores() = default;

Node::Node(World& in, const std::string& name, Settings settings)
    : world(in), executor(in.clock()), backplane(in.stores.bus.node()) {
    Ports ports{.records = world.stores.records,
                .presence = world.stores.presence,
                .backplane = backplane,
                .authenticator = &world.authenticator,
                .ice = &world.ice,
                .admission = world.policy,
                .clock = world.clock(),
                .secrets = world.secrets,
                .executor = executor,
                .events = events,
                .metrics = metrics,
                .logger = log};
    domain = std::make_unique<Domain>(ports, named(std::move(settings), name));
    REQUIRE(domain->attach(listener).ok());
    REQUIRE(domain->start(context()).ok());
}

Node::~Node() {
    if (alive) domain->stop(context());
    domain->detach(listener);
}

CallContext Node::context() const {
    return {world.clock().steady_now() + 5s, RequestId{"test"}};
}

Identity Node::account(const std::string& user, Role role) const {
    Identity identity;
    identity.user = UserId(user);
    identity.role = role;
    return identity;
}

CreatedSession Node::create(std::int32_t max_participants) {
    SessionDraft draft;
    draft.doctor_id = UserId("d-1");
    draft.patient_id = UserId("p-1");
    draft.scheduled_start_time = "2026-01-25T10:00:00";
    draft.scheduled_end_time = "2026-01-25T10:30:00";
    draft.max_participants = max_participants;
    draft.public_origin = "http://localhost:8086";
    auto created = domain->create(doctor(), draft, context());
    REQUIRE(created.ok());
    return std::move(*created);
}

JoinGrant Node::join(const SessionId& session, const Identity& who) {
    JoinRequest request;
    request.session = session;
    request.device_type = "web";
    request.public_origin = "http://localhost:8086";
    auto grant = domain->join(who, request, context());
    INFO((grant.ok() ? "" : std::string(grant.error().name())));
    REQUIRE(grant.ok());
    return std::move(*grant);
}

Result<Entered> Node::try_enter(const JoinGrant& grant, std::uint64_t connection) {
    EnterRequest request;
    request.room = grant.session.room_id;
    request.access_token = grant.access_token;
    request.user_claim = grant.attendee.user.view();
    request.role_claim = to_string(grant.attendee.role);
    request.connection = {connection};
    return domain->enter(request, context());
}

Client Node::enter(const JoinGrant& grant) {
    Client client{++world.connections};
    auto entered = try_enter(grant, client.connection);
    INFO((entered.ok() ? "" : std::string(entered.error().name())));
    REQUIRE(entered.ok());
    REQUIRE(entered->seat);
    client.seat = std::move(entered->seat);
    client.self = entered->self;
    client.participants = entered->participants;
    client.seat->open();
    return client;
}

void Node::kill() {
    executor.refuse(true);
    backplane.set_listener(nullptr);
    alive = false;
}

World::World(Settings with) : settings(std::move(with)) {
    node = std::make_unique<Node>(*this, "node-a", settings);
}

Node& World::second() {
    other = std::make_unique<Node>(*this, "node-b", settings);
    return *other;
}

void World::settle() {
    for (bool more = true; more;) {
        more = node->alive && node->executor.run_ready() > 0;
        if (other && other->alive) more |= other->executor.run_ready() > 0;
        more |= stores.bus.deliver() > 0;
    }
}

void World::advance(Duration by) {
    settle();
    for (Duration passed{0}; passed < by; passed += 1s) {
        clock().advance(std::min<Duration>(1s, by - passed));
        settle();
    }
}

SessionRecord World::record(const SessionId& id) {
    auto found = stores.ports.records->session(id, node->context());
    REQUIRE(found.ok());
    REQUIRE(found->has_value());
    return **found;
}

AttendeeRecord World::attendee(const SessionId& id, const std::string& user) {
    auto found = stores.ports.records->attendee(id, UserId(user), node->context());
    REQUIRE(found.ok());
    REQUIRE(found->has_value());
    return **found;
}

void make_step(PresenceStore& store, const RoomId& room, const CallContext& context,
               const std::function<void(RoomPresence& next)>& alter) {
    const auto before = store.load(room, context);
    REQUIRE(before.ok());
    auto next = **before;
    ++next.seq;
    alter(next);
    REQUIRE(store.replace(std::make_shared<const RoomPresence>(std::move(next)), context)->won);
}

std::string send(Client& client, RelayKind kind, std::string_view event, std::optional<std::string_view> target,
                 SenderClaims claims) {
    const std::string_view payload[] = {"{", "}"};
    Relay relay;
    relay.kind = kind;
    relay.claims = claims;
    relay.target_peer_id = target;
    relay.event = event;
    relay.payload = payload;
    const auto sent = client.seat->relay(relay);
    return sent.ok() ? "ok" : std::string(sent.error().name());
}

}  // namespace televisit::consult::tests
