#pragma once
/// Writing to the record store: batches with an operation id, and what becomes of them.

#include <string>
#include <utility>

#include "consult/encoding.hpp"
#include "consult/ports.hpp"

namespace televisit::consult {

/// How often a conditional write is tried against others who write the same. Each round lets at least one of them
/// through.
inline constexpr int kCommitAttempts = 200;

/// **Threads**: any.
class Commits {
  public:
    explicit Commits(const Ports& ports) : ports_(ports) {}

    RecordBatch batch() const { return {OperationId(ports_.secrets.uuid()), ports_.clock.now(), {}, {}}; }

    /// Whether the batch took effect; false when another write came first. What took effect is published to the event
    /// bus, too. An unknown outcome is settled by the operation id as far as the deadline allows.
    Result<bool> commit(const RecordBatch& batch, const CallContext& context) const;

    /// A domain event about a session; `members` is further JSON text, e.g. `"attendee_id":"…"`.
    static OutboxEvent event(std::string type, Instant at, const SessionId& session, const std::string& members = {}) {
        auto payload = "{\"session_id\":" + json_string(session.view());
        if (!members.empty()) payload.append(",").append(members);
        return {0, std::move(type), at, session, payload + '}'};
    }

    /// What a caller is told when all attempts lost, or the deadline came first.
    static Error busy() {
        auto failure = error(Errc::unavailable, "busy", "The server is busy. Please try again.");
        failure.retry_after = std::chrono::seconds{1};
        return failure;
    }

  private:
    const Ports& ports_;
};

}  // namespace televisit::consult
