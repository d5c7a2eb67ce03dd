#include "ledger.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace televisit::model {

void Ledger::look(const CallContext& context) {
    const auto found = records_.session(session_, context);
    if (!found.ok() || !*found) return findings_.add("the session's record is gone");
    const auto& now = **found;
    const auto was = last_.status;
    const bool same = now.status == was;
    // Active and expired: a third person came, and neither doctor nor patient.
    const bool legal =
        same || was == SessionStatus::scheduled ||
        (was == SessionStatus::active && is_terminal(now.status) && now.status != SessionStatus::cancelled);
    findings_.expect(legal,
                     "illegal transition " + std::string(to_string(was)) + " to " + std::string(to_string(now.status)));
    findings_.expect(!is_terminal(was) || now.end_reason == last_.end_reason, "an end has changed its reason");
    findings_.expect(now.version >= last_.version, "a version went back");
    last_ = now;
}

void Ledger::close(const Happened& happened, const CallContext& context) {
    look(context);
    findings_.expect(!last_.due_at, "a session that is over, its room closed, is still due");
    close_status(happened);
    close_events(context);
    close_metrics(happened, context);
}

void Ledger::close_events(const CallContext& context) {
    const auto events = records_.events(0, 10'000, context);
    if (!events.ok()) return findings_.add("no events to be had");
    int endings = 0;
    int beginnings = 0;
    for (const auto& event : *events) {
        if (event.session != session_) continue;
        beginnings += event.type == "session.active";
        for (const auto* type : {"session.completed", "session.no_show", "session.expired", "session.cancelled"})
            endings += event.type == type;
    }
    findings_.expect(endings == 1, "the session has ended " + std::to_string(endings) + " times");
    findings_.expect(beginnings <= 1, "the session has begun " + std::to_string(beginnings) + " times");
}

void Ledger::close_metrics(const Happened& happened, const CallContext& context) {
    const auto found = records_.metrics(session_, context);
    if (!found.ok()) return findings_.add("no metrics to be had");
    if (last_.status == SessionStatus::cancelled)
        return findings_.expect(!*found, "a metrics row for a session that was called off");
    if (!*found) return findings_.add("no metrics row");
    const auto& row = **found;
    findings_.expect(
        row.total_participants >= happened.took_part_least && row.total_participants <= happened.took_part_most,
        "total_participants is " + std::to_string(row.total_participants) + ", not from " +
            std::to_string(happened.took_part_least) + " to " + std::to_string(happened.took_part_most));
    findings_.expect(row.total_participants == happened.came,
                     "total_participants is " + std::to_string(row.total_participants) + ", and the attendees " +
                         std::to_string(happened.came));
    if (!happened.used_hundredths) return;
    findings_.expect(std::abs(row.session_duration_hundredths - *happened.used_hundredths) <= happened.play_hundredths,
                     "session_duration_minutes is " + std::to_string(row.session_duration_hundredths) + "/100, not " +
                         std::to_string(*happened.used_hundredths));
}

void Ledger::close_status(const Happened& happened) {
    const auto& reason = last_.end_reason;
    const auto status = last_.status;
    const auto text = std::string(to_string(status)) + " by " + reason;
    if (reason == "ended")
        return findings_.expect(happened.end_tried && status == SessionStatus::completed, "nobody asked for: " + text);
    if (reason == "cancelled")
        return findings_.expect(happened.cancel_tried && status == SessionStatus::cancelled,
                                "nobody asked for: " + text);
    if (reason == "room_empty")
        return findings_.expect(
            happened.doctor_in_most && happened.patient_in_most && status == SessionStatus::completed,
            "two who were never together: " + text);
    findings_.expect(reason == "window_closed" && happened.window_closed, "an end without a cause: " + text);
    bool possible = false;
    for (int doctor = happened.doctor_in_least; doctor <= happened.doctor_in_most; ++doctor)
        for (int patient = happened.patient_in_least; patient <= happened.patient_in_most; ++patient)
            possible |= status == (doctor + patient == 2   ? SessionStatus::completed
                                   : doctor + patient == 1 ? SessionStatus::no_show
                                                           : SessionStatus::expired);
    findings_.expect(possible, "a status that does not tell who came: " + text);
}

}  // namespace televisit::model
