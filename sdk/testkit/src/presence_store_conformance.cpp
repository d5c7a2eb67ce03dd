#include "televisit/testkit/presence_store_conformance.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

#include "in_parallel.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

class Caller {
  public:
    Caller(PresenceStoreSubject& subject, Findings& findings) : subject_(subject), findings_(findings) {}

    PresenceStore& store() { return subject_.store(); }
    CallContext context() { return subject_.context(); }
    Instant now() { return subject_.now(); }
    PresenceStoreSubject& subject() { return subject_; }
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
    in_parallel(8, [&](int) {
        for (int round = 0; round < 10;) {
            const auto truth = store.load(RoomId("r"), context);
            if (!truth.ok()) return void(++failed);
            const RoomPresence next{(*truth)->room, (*truth)->seq + 1, false, {}, expires};
            const auto step = store.replace(std::make_shared<const RoomPresence>(next), context);
            if (!step.ok()) return void(++failed);
            if (step->won) ++won, ++round;
        }
    });
    call.expect(failed == 0, "racing calls answer");
    call.expect(won == 80 && call.load("r").seq == 80, "each number is won once");
}

/// Fifty people who have all seen an empty room go for its eight seats.
void seats(Caller& call) {
    constexpr int kPeople = 50;
    constexpr std::size_t kSeats = 8;
    auto& store = call.store();
    const auto context = call.context();
    const auto expires = call.now() + 1h;
    std::vector<Stay> people;
    for (int i = 0; i < kPeople; ++i) people.push_back(call.stay(std::to_string(i), "n-" + std::to_string(i % 3)));
    std::latch seen(kPeople);
    std::atomic<std::size_t> seated{0};
    std::atomic<int> failed{0};
    in_parallel(kPeople, [&](int i) {
        auto truth = store.load(RoomId("r"), context);
        seen.arrive_and_wait();
        for (;;) {
            if (!truth.ok()) return void(++failed);
            if ((*truth)->stays.size() >= kSeats) return;
            auto next = **truth;
            ++next.seq;
            next.expires_at = expires;
            next.stays.push_back(people[static_cast<std::size_t>(i)]);
            const auto step = store.replace(std::make_shared<const RoomPresence>(next), context);
            if (!step.ok()) return void(++failed);
            if (step->won) return void(++seated);
            truth = step->current;
        }
    });
    call.expect(failed == 0, "entering at once answers");
    const auto room = call.load("r");
    call.expect(seated == kSeats && room.stays.size() == kSeats && room.seq == kSeats,
                "a room has never more people than seats, and none of them is lost");
}

void leases_at_once(Caller& call) {
    auto& store = call.store();
    const auto context = call.context();
    const auto until = call.now() + 3s;
    std::atomic<int> failed{0};
    in_parallel(16, [&](int i) {
        const NodeId node("n-" + std::to_string(i));
        for (int round = 0; round < 5; ++round)
            if (!store.renew_lease({node, until + std::chrono::seconds{round}}, context).ok()) ++failed;
        if (i % 2 == 1 && !store.drop_lease(node, context).ok()) ++failed;
    });
    const auto kept = store.leases(context);
    call.expect(failed == 0 && kept.ok(), "renewing at once answers");
    if (!kept.ok()) return;
    bool latest = kept->size() == 8;
    for (const auto& lease : *kept) latest = latest && lease.until == until + 4s;
    call.expect(latest, "every node keeps its own lease, with its latest end");
}

void expiry(Caller& call) {
    const auto room = call.truth("r", 1, {call.stay("a", "n-1")});
    call.expect(call.replace(room).won, "a room is entered");
    if (!call.subject().pass(1h - 1us)) return;
    call.expect(call.load("r") == room, "a room is kept until it expires");
    call.expect(call.rooms_of("n-1") == std::vector<std::string>{"r"}, "and is its node's");
    call.subject().pass(1us);
    const auto later = call.load("r");
    call.expect(later == room || later.seq == 0, "from then on it may be forgotten, though never by halves");
    call.expect(call.rooms_of("n-1").empty() == (later.seq == 0), "a forgotten room is no node's");
    auto next = call.truth("r", later.seq + 1, {call.stay("b", "n-2")});
    call.expect(call.replace(next).won && call.load("r") == next, "and may be entered again");
}

void keys_byte_by_byte(Caller& call) {
    const std::vector<std::string> keys{"r",
                                        "R",
                                        "r ",
                                        "r*",
                                        "r?",
                                        "[r]",
                                        "r:stays",
                                        "{r}",
                                        "r\n",
                                        "'r'",
                                        "\"r\"",
                                        std::string("r\0", 2),
                                        std::string("r\0s", 3),
                                        "0",
                                        "00",
                                        "\xc3\xa9",
                                        "e\xcc\x81",
                                        "\xf0\x9f\xa9\xba",
                                        "\xff"};
    for (const auto& key : keys) {
        auto stay = call.stay(key, key);
        stay.user = UserId(key);
        call.expect(call.replace(call.truth(key, 1, {stay})).won, "rooms of any name are entered");
        call.expect(call.store().renew_lease({NodeId(key), call.now() + 3s}, call.context()).ok(), "a lease is taken");
    }
    for (const auto& key : keys) {
        const auto room = call.load(key);
        call.expect(room.room.view() == key && room.stays.size() == 1 && room.stays[0].user.view() == key,
                    "a room is found by its name, byte by byte");
        call.expect(call.rooms_of(key) == std::vector<std::string>{key}, "and by its node's");
    }
    const auto leases = call.store().leases(call.context());
    call.expect(leases.ok() && leases->size() == keys.size(), "leases are kept apart, byte by byte");
}

/// Calls each function; gives their failures, with an empty one for an answer.
std::vector<std::pair<std::string, std::optional<Error>>> ask_everything(Caller& call, const CallContext& context) {
    auto& store = call.store();
    std::vector<std::pair<std::string, std::optional<Error>>> answers;
    const auto note = [&](const char* name, auto answer) {
        answers.emplace_back(name, answer.ok() ? std::nullopt : std::optional(std::move(answer).error()));
    };
    note("load", store.load(RoomId("r"), context));
    note("replace", store.replace(std::make_shared<const RoomPresence>(call.truth("r", 1)), context));
    note("rooms_of", store.rooms_of(NodeId("n-1"), context));
    note("renew_lease", store.renew_lease({NodeId("n-1"), call.now() + 3s}, context));
    note("leases", store.leases(context));
    note("drop_lease", store.drop_lease(NodeId("n-1"), context));
    return answers;
}

bool says_not_now(const Error& failure) {
    return failure.code == Errc::unavailable || failure.code == Errc::timeout;
}

CallContext with_patience(std::chrono::microseconds patience) {
    return {std::chrono::steady_clock::now() + patience, RequestId("conformance")};
}

/// Loads until the store answers, to the deadline.
std::optional<RoomPresence> patiently(Caller& call, const std::string& room) {
    for (const auto until = call.context().deadline;;) {
        const auto truth = call.store().load(RoomId(room), call.context());
        if (truth.ok()) return **truth;
        if (std::chrono::steady_clock::now() >= until) return std::nullopt;
        // Nothing tells when a store is there again.
        std::this_thread::sleep_for(5ms);
    }
}

void deadlines(Caller& call) {
    for (const auto& [name, failure] : ask_everything(call, with_patience(-1s)))
        call.expect(!failure || says_not_now(*failure), name + " after its deadline is told so");
    std::uint64_t seq = patiently(call, "s").value_or(RoomPresence{}).seq;
    for (int i = 0; i < 24; ++i) {
        const auto next = std::make_shared<const RoomPresence>(call.truth("s", seq + 1));
        const auto step = call.store().replace(next, with_patience(std::chrono::microseconds{i * i * i * 2 - 10}));
        const auto truth = patiently(call, "s");
        if (!truth) return call.expect(false, "the store answers after a call that was late");
        if (step.ok()) call.expect(step->won && truth->seq == seq + 1, "a step that has won stands");
        if (!step.ok()) call.expect(says_not_now(step.error()), "a step that is late is told so");
        if (!step.ok() && step.error().code == Errc::unavailable)
            call.expect(truth->seq == seq, "an unavailable store has changed nothing");
        seq = truth->seq;
    }
}

void being_away(Caller& call) {
    call.replace(call.truth("r", 1, {call.stay("a", "n-1")}));
    if (!call.subject().take_away()) return;
    for (const auto& [name, failure] : ask_everything(call, with_patience(2s)))
        call.expect(failure && says_not_now(*failure), name + " says that the store is away");
    call.subject().bring_back();
    const auto room = patiently(call, "r");
    if (!room) return call.expect(false, "the store answers when it is back");
    call.expect(call.replace(call.truth("r", room->seq + 1)).won, "steps win when it is back");
}

}  // namespace

std::vector<ConformancePart<PresenceStoreSubject>> presence_store_parts() {
    return {part("knows nothing of a room that nobody has entered", fresh_room),
            part("keeps every field of the truth", keeps_fields),
            part("lets a step win only from the truth that stands", compare_and_set),
            part("finds the rooms of a node", rooms_of_nodes),
            part("keeps leases", leases),
            part("lets one of several racing steps win", races),
            part("never has more people in a room than seats, however many enter at once", seats),
            part("keeps the leases of many nodes at once", leases_at_once),
            part("keeps a room until it expires", expiry),
            part("keeps rooms and nodes apart, byte by byte", keys_byte_by_byte),
            part("tells the truth to callers whose deadline comes", deadlines),
            part("says so while it is away, and works on when it is back", being_away)};
}

}  // namespace televisit::testkit
