#include "world.hpp"

#include <ctime>

// The descriptor of storage-memory, which is linked in: a plugin is used through it alone.
extern "C" const televisit::PluginDescriptor televisit_plugin_descriptor;

namespace televisit::model {
namespace {

constexpr std::chrono::minutes kMargin{1};
constexpr std::chrono::minutes kEmptyRoom{1};
constexpr Role kRoles[kPeople] = {Role::doctor, Role::patient, Role::interpreter, Role::guest, Role::observer};

testkit::FakeConfig storage_config() {
    return {{"max_sessions", 10}, {"max_rooms", 10}, {"quality_samples", 10},
            {"events", 10'000},   {"queue", 1000},   {"queue_bytes", 1'000'000}};
}

std::string print(Instant at) {
    const auto seconds = std::chrono::system_clock::to_time_t(at);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

World::World(const History& history, Flaws flaws)
    : history_(history),
      host_(storage_config()),
      storage_(televisit_plugin_descriptor.create(host_)),
      stores_(storage_->ports()),
      presence_(*stores_.presence, findings_),
      secrets_(history.seed + 1),
      shared_{*stores_.records, presence_, bus_, host_.manual_clock, secrets_, connections_, findings_},
      trace_(flaws.trace) {
    presence_.max_participants = history.setup.max_participants;
    presence_.flaw = flaws.presence;
    bus_.flaw = flaws.bus;
    begin(history);
}

World::~World() {
    for (auto& [_, connection] : connections_) connection.gone = true;
    for (auto& one : servers_) one->kill();
    connections_.clear();
}

void World::begin(const History& history) {
    settings_.secret = "0123456789abcdef0123456789abcdef";
    settings_.public_url = "https://visit.example.org";
    settings_.join_early = settings_.join_late = kMargin;
    settings_.empty_room = kEmptyRoom;
    settings_.grace = std::chrono::seconds{history.setup.grace_s};
    for (std::size_t slot = 0; slot < history.setup.servers; ++slot) raise(slot);

    look_at_clock();
    const auto now = host_.manual_clock.now();
    const auto opens = now + std::chrono::seconds{history.setup.opens_in_s};
    closes_ = now + std::chrono::seconds{history.setup.closes_in_s};
    SessionDraft draft;
    draft.doctor_id = UserId("d-1");
    draft.patient_id = UserId("p-1");
    draft.scheduled_start_time = print(opens + kMargin);
    draft.scheduled_end_time = print(closes_ - kMargin);
    draft.max_participants = history.setup.max_participants;
    people_[0].account.user = draft.doctor_id;
    people_[0].account.role = Role::doctor;
    auto created = server(0)->domain.create(people_[0].account, draft, context());
    if (!created.ok()) return findings_.add("no session was created");
    session_ = created->session;
    ledger_.emplace(*stores_.records, session_.id, findings_);
    Oracle::Rules rules{history.setup.max_participants, std::chrono::seconds{history.setup.grace_s}, kEmptyRoom, opens,
                        closes_};
    if (calm()) oracle_.emplace(rules);
    prepare_people();
}

void World::prepare_people() {
    people_[1].account.user = UserId("p-1");
    people_[1].account.role = Role::patient;
    for (std::size_t i = 0; i < kPeople; ++i) {
        auto& person = people_[i];
        person.user = person.account.user.str();
        if (i >= 2) {
            auto invited = server(0)->domain.invite(people_[0].account, session_.id, {kRoles[i], {}, {}}, context());
            if (!invited.ok()) return findings_.add("nobody can be invited");
            person.invitation = invited->token;
            person.invitation_id = invited->invitation.id;
            person.user = person.invitation_id.str();
        }
        if (oracle_) oracle_->name(i, person.user);
    }
}

CallContext World::context() const {
    return host_.context();
}

Server* World::server(std::size_t slot) {
    Server* any = nullptr;
    for (auto& one : servers_) {
        if (!one->alive) continue;
        if (one->slot == slot) return one.get();
        any = one.get();
    }
    return any;
}

Server& World::raise(std::size_t slot) {
    auto settings = settings_;
    settings.node = NodeId("node-" + std::to_string(servers_.size()));
    auto& raised = *servers_.emplace_back(std::make_unique<Server>(shared_, slot, std::move(settings)));
    // What is told only when its connection has been opened says nothing of that moment.
    raised.watch.has_seat = [this](std::size_t person) { return !history_.setup.held_open && has_seat(person); };
    const auto meanwhile = [this, slot](std::string_view function) { happens_meanwhile(function, slot); };
    raised.presence.faults.before_calls(meanwhile);
    raised.records.faults.before_calls(meanwhile);
    return raised;
}

void World::settle() {
    for (bool more = true; more;) {
        more = false;
        for (auto& one : servers_) more |= one->run();
        if (!held_) more |= bus_.deliver_all();
    }
}

void World::pass(int seconds, bool settled) {
    for (int passed = 0; passed < seconds && findings_.empty(); ++passed) {
        host_.manual_clock.advance(std::chrono::seconds{1});
        look_at_clock();
        settle();
        if (trace_) print_state("  after a pause");
        if (calm() && settled) check_step("wait");
    }
}

void World::play(const std::vector<std::size_t>& places) {
    settle();
    if (calm()) check_step("begin");
    for (const auto place : places) {
        if (!findings_.empty()) return;
        ++step_;
        perform(history_.steps[place]);
        if (calm()) settle();
        check_step(text_of(history_.steps[place]));
    }
    if (findings_.empty()) converge();
    if (findings_.empty()) finish();
}

}  // namespace televisit::model
