#include <functional>

#include "record_caller.hpp"
#include "record_conformance_parts.hpp"

namespace televisit::testkit {
namespace {

using namespace std::chrono_literals;

struct Call {
    const char* name;
    std::function<std::optional<Error>(RecordStore&, const CallContext&)> make;
};

template <class T>
std::optional<Error> failure_of(Result<T> answer) {
    return answer.ok() ? std::nullopt : std::optional(std::move(answer).error());
}

/// Every question that there is.
const std::vector<Call>& questions() {
    static const SessionId session("session-a");
    static const std::vector<Call> all{
        {"was_committed", [](auto& s, auto& c) { return failure_of(s.was_committed(OperationId("o"), c)); }},
        {"session", [](auto& s, auto& c) { return failure_of(s.session(session, c)); }},
        {"session_by_room", [](auto& s, auto& c) { return failure_of(s.session_by_room(RoomId("r"), c)); }},
        {"sessions", [](auto& s, auto& c) { return failure_of(s.sessions({}, c)); }},
        {"due", [](auto& s, auto& c) { return failure_of(s.due(kSomeTime, 10, c)); }},
        {"attendee", [](auto& s, auto& c) { return failure_of(s.attendee(session, UserId("u"), c)); }},
        {"attendee_by_token", [](auto& s, auto& c) { return failure_of(s.attendee_by_token("t", c)); }},
        {"attendees", [](auto& s, auto& c) { return failure_of(s.attendees(session, c)); }},
        {"session_by_token", [](auto& s, auto& c) { return failure_of(s.session_by_token("t", c)); }},
        {"invitation", [](auto& s, auto& c) { return failure_of(s.invitation(InvitationId("i"), c)); }},
        {"invitation_by_token", [](auto& s, auto& c) { return failure_of(s.invitation_by_token("t", c)); }},
        {"invitations", [](auto& s, auto& c) { return failure_of(s.invitations(session, c)); }},
        {"metrics", [](auto& s, auto& c) { return failure_of(s.metrics(session, c)); }},
        {"quality", [](auto& s, auto& c) { return failure_of(s.quality(session, 10, c)); }},
        {"idempotency", [](auto& s, auto& c) { return failure_of(s.idempotency("k", kSomeTime, c)); }},
        {"events", [](auto& s, auto& c) { return failure_of(s.events(0, 10, c)); }},
        {"prune", [](auto& s, auto& c) { return failure_of(s.prune(kSomeTime - 1h, c)); }},
    };
    return all;
}

bool says_not_now(const Error& failure) {
    return failure.code == Errc::unavailable || failure.code == Errc::timeout;
}

CallContext with_patience(std::chrono::microseconds patience) {
    return {std::chrono::steady_clock::now() + patience, RequestId("conformance")};
}

void deadlines(RecordCaller& call) {
    call.add(some_session("a"));
    for (const auto& question : questions()) {
        const auto failure = question.make(call.store(), with_patience(-1s));
        call.expect(!failure || says_not_now(*failure), std::string(question.name) + " after its deadline is told so");
    }
    // Whenever the deadline comes, the answer is the truth.
    for (int i = 0; i < 24; ++i) {
        const auto name = std::to_string(i);
        const auto batch = call.batch({VersionedWrite<SessionRecord>{some_session(name), 0}},
                                      {{0, "session.created", kSomeTime, SessionId("session-" + name), "{}"}});
        const auto outcome = call.store().commit(batch, with_patience(std::chrono::microseconds{i * i * i * 2 - 10}));
        const auto settled = call.patiently(
            [&](const CallContext& context) { return call.store().was_committed(batch.operation, context); });
        const auto kept = call.patiently(
            [&](const CallContext& context) { return call.store().session(SessionId("session-" + name), context); });
        if (!settled.ok() || !kept.ok()) return call.expect(false, "the store answers after a call that was late");
        call.expect(kept->has_value() == *settled, "an operation was committed with all of its batch, or not at all");
        if (outcome.ok()) call.expect(*settled, "what is acknowledged is there");
        if (!outcome.ok()) call.expect(says_not_now(outcome.error()), "a write that is late is told so");
        if (!outcome.ok() && outcome.error().code == Errc::unavailable)
            call.expect(!*settled, "an unavailable store has changed nothing");
    }
}

void being_away(RecordCaller& call) {
    call.add(some_session("a"));
    const auto batch = call.batch({VersionedWrite<SessionRecord>{some_session("b"), 0}},
                                  {{0, "session.created", kSomeTime, SessionId("session-b"), "{}"}});
    if (!call.subject().take_away()) return;
    for (const auto& question : questions()) {
        const auto failure = question.make(call.store(), with_patience(2s));
        call.expect(failure && says_not_now(*failure), std::string(question.name) + " says that the store is away");
    }
    const auto refused = call.store().commit(batch, with_patience(2s));
    call.expect(!refused.ok() && says_not_now(refused.error()), "commit says that the store is away");
    call.subject().bring_back();
    const auto kept = call.patiently(
        [&](const CallContext& context) { return call.store().session(SessionId("session-a"), context); });
    call.expect(kept.ok() && kept->has_value(), "what was acknowledged before is there when the store is back");
    const auto again = call.patiently([&](const CallContext& context) { return call.store().commit(batch, context); });
    call.expect(again.ok() && again->committed, "the same batch is committed when the store is back");
    const auto added = call.session(SessionId("session-b"));
    call.expect(added && added->version == 1, "once");
    call.expect(call.read(call.store().events(0, 10, call.context()), "events").size() == 1, "with its event");
}

}  // namespace

std::vector<ConformancePart<RecordStoreSubject>> record_trouble_parts() {
    return {record_part("tells the truth to callers whose deadline comes", deadlines),
            record_part("says so while it is away, and works on when it is back", being_away)};
}

}  // namespace televisit::testkit
