#include "televisit/testkit/presence_store_conformance.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

class Caller {
  public:
    Caller(PresenceStoreSubject& subject, Findings& findings) : subject_(subject), findings_(findings) {}

    PresenceStore& store() { return subject_.store(); }
    CallContext context() { return subject_.context(); }
    Instant now() { return subject_.now(); }
    void expect(bool holds, std::string what) { findings_.expect(holds, std::move(what)); }

    RoomPresence load(const std::string& room) {
        const auto truth = store().load(RoomId(room), context());
        expect(truth.ok(), "load answers");
        return truth.ok() ? **truth : RoomPresence{};
    }
    struct Step {
        bool won = false;
        RoomPresence current;
    };
    Step replace(const RoomPresence& next) {
        const auto step = store().replace(std::make_shared<const RoomPresence>(next), context());
        expect(step.ok(), "replace answers");
        return step.ok() ? Step{step->won, *step->current} : Step{};
    }
    RoomPresence truth(const std::string& room, std::uint64_t seq, std::vector<Stay> stays = {}) {
        return {RoomId(room), seq, false, std::move(stays), now() + 1h};
    }
    Stay stay(const std::string& name, const std::string& node) {
        Stay stay;
        stay.id = StayId("stay-" + name);
        stay.attendee = AttendeeId("attendee-" + name);
        stay.user = UserId("Zo\xc3\xab \"" + name + "\" \xf0\x9f\xa9\xba");
        stay.peer = PeerId("peer-" + name);
        stay.role = Role::observer;
        stay.node = NodeId(node);
        stay.media = {false, true, true};
        stay.token_number = 1'234'567'890'123;
        stay.since = now() - 1us;
        return stay;
    }
    std::vector<std::string> rooms_of(const std::string& node) {
        const auto rooms = store().rooms_of(NodeId(node), context());
        expect(rooms.ok(), "rooms_of answers");
        std::vector<std::string> names;
        if (rooms.ok())
            for (const auto& room : *rooms) names.push_back(room.str());
        std::sort(names.begin(), names.end());
        return names;
    }

  private:
    PresenceStoreSubject& subject_;
    Findings& findings_;
};

using Part = ConformancePart<PresenceStoreSubject>;

Part part(std::string name, void (*check)(Caller&)) {
    return {std::move(name), [check](PresenceStoreSubject& subject, Findings& findings) {
                Caller caller(subject, findings);
                check(caller);
            }};
}

void fresh_room(Caller& call) {
    const auto room = call.load("r");
    call.expect(room.room.str() == "r" && room.seq == 0 && !room.closed && room.stays.empty(),
                "a room nobody has entered is empty and open, with number 0");
}

void keeps_fields(Caller& call) {
    auto next = call.truth("r", 1, {call.stay("a", "n-1"), call.stay("b", "n-2")});
    next.stays[1].state = StayState::interrupted;
    next.stays[1].interrupted_at = call.now() + 7us;
    const auto step = call.replace(next);
    call.expect(step.won && step.current == next, "who wins is told the new truth");
    call.expect(call.load("r") == next, "the truth comes back as it was written");
    auto closed = call.truth("r", 2);
    closed.closed = true;
    closed.end_reason = "ended";
    closed.departures = {{StayId("stay-a"), AttendeeId("attendee-a"), NodeId("n-1"), LeaveReason::grace_ended},
                         {StayId("stay-b"), AttendeeId("attendee-b"), NodeId("n-2"), LeaveReason::session_over}};
    call.replace(closed);
    call.expect(call.load("r") == closed, "a tombstone comes back as it was written");
}

void compare_and_set(Caller& call) {
    const auto first = call.truth("r", 1, {call.stay("a", "n-1")});
    call.expect(call.replace(first).won, "the first step wins");
    for (const std::uint64_t seq : {0, 1, 3}) {
        const auto late = call.replace(call.truth("r", seq));
        call.expect(!late.won, "a step from another truth loses");
        call.expect(late.current == first, "who loses is told what stands");
    }
    call.expect(call.load("r") == first, "a lost step changes nothing");
    call.expect(call.replace(call.truth("r", 2)).won, "the next step wins");
    call.expect(call.load("other").seq == 0, "rooms do not share their numbers");
}

void rooms_of_nodes(Caller& call) {
    call.replace(call.truth("r-1", 1, {call.stay("a", "n-1"), call.stay("b", "n-2")}));
    call.replace(call.truth("r-2", 1, {call.stay("c", "n-1")}));
    call.expect(call.rooms_of("n-1") == std::vector<std::string>{"r-1", "r-2"}, "a node's rooms are found");
    call.replace(call.truth("r-1", 2, {call.stay("b", "n-2")}));
    call.expect(call.rooms_of("n-1") == std::vector<std::string>{"r-2"}, "not those that its members have left");
    call.expect(call.rooms_of("n-3").empty(), "an unknown node has none");
}

void leases(Caller& call) {
    const auto of = [&] {
        const auto all = call.store().leases(call.context());
        call.expect(all.ok(), "leases answers");
        return all.ok() ? *all : std::vector<NodeLease>{};
    };
    call.expect(of().empty(), "at first there are no leases");
    const auto until = call.now() + 3s;
    call.expect(call.store().renew_lease({NodeId("n-1"), until - 1s}, call.context()).ok(), "a lease is taken");
    call.expect(call.store().renew_lease({NodeId("n-1"), until}, call.context()).ok(), "a lease is renewed");
    call.expect(of().size() == 1 && of()[0].node.str() == "n-1" && of()[0].until == until,
                "a lease is known with its latest end");
    call.store().renew_lease({NodeId("n-2"), call.now() - 1s}, call.context()).ok();
    call.expect(of().size() == 2, "a lease that has ended stays until it is dropped");
    for (int twice = 0; twice < 2; ++twice)
        call.expect(call.store().drop_lease(NodeId("n-1"), call.context()).ok(), "dropping answers, also twice");
    call.expect(of().size() == 1 && of()[0].node.str() == "n-2", "a dropped lease is gone");
}

void races(Caller& call) {
    auto& store = call.store();
    const auto context = call.context();
    const auto expires = call.now() + 1h;
    std::atomic<int> won{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 10;) {
                const auto truth = store.load(RoomId("r"), context);
                if (!truth.ok()) return void(++failed);
                const RoomPresence next{(*truth)->room, (*truth)->seq + 1, false, {}, expires};
                const auto step = store.replace(std::make_shared<const RoomPresence>(next), context);
                if (!step.ok()) return void(++failed);
                if (step->won) ++won, ++round;
            }
        });
    for (auto& thread : threads) thread.join();
    call.expect(failed == 0, "racing calls answer");
    call.expect(won == 80 && call.load("r").seq == 80, "each number is won once");
}

}  // namespace

std::vector<ConformancePart<PresenceStoreSubject>> presence_store_parts() {
    return {part("knows nothing of a room that nobody has entered", fresh_room),
            part("keeps every field of the truth", keeps_fields),
            part("lets a step win only from the truth that stands", compare_and_set),
            part("finds the rooms of a node", rooms_of_nodes),
            part("keeps leases", leases),
            part("lets one of several racing steps win", races)};
}

}  // namespace televisit::testkit
