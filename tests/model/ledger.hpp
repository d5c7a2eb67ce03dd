#pragma once
/// What the records may say of one session, in the course of a history and at its end.

#include <optional>

#include "findings.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::model {

/// Bounds of what has happened: exact where nothing failed.
struct Happened {
    int doctor_in_least = 0;  ///< 1 when an entering was acknowledged
    int doctor_in_most = 0;   ///< 1 when one was tried
    int patient_in_least = 0;
    int patient_in_most = 0;
    int took_part_least = 0;
    int took_part_most = 0;
    int came = 0;  ///< those of whom the records say when
    bool end_tried = false;
    bool cancel_tried = false;
    bool window_closed = false;
    std::optional<std::int64_t> used_hundredths{};  ///< when nothing failed
    std::int64_t play_hundredths = 0;               ///< of that: what timers and leases have to find
};

class Ledger {
  public:
    Ledger(RecordStore& records, SessionId session, Findings& findings)
        : records_(records), session_(std::move(session)), findings_(findings) {}

    /// Looks at the session as it stands: whether it may follow what stood before.
    void look(const CallContext& context);
    const SessionRecord& session() const { return last_; }
    bool over() const { return is_terminal(last_.status); }
    /// Holds everything that is written about a session that is over against what has happened.
    void close(const Happened& happened, const CallContext& context);

    static bool is_terminal(SessionStatus status) {
        return status != SessionStatus::scheduled && status != SessionStatus::active;
    }

  private:
    void close_events(const CallContext& context);
    void close_metrics(const Happened& happened, const CallContext& context);
    void close_status(const Happened& happened);

    RecordStore& records_;
    SessionId session_;
    Findings& findings_;
    SessionRecord last_{};
};

}  // namespace televisit::model
