#include "consult/policy_gate.hpp"

#include <algorithm>

#include "consult/encoding.hpp"

namespace televisit::consult {
namespace {

constexpr int kSilencesBorne = 3;
constexpr std::chrono::seconds kTryAgainAfter{1};
constexpr std::size_t kLongestReason = 64;
constexpr std::size_t kLongestMessage = 512;
constexpr std::chrono::seconds kLongestWait{3600};

/// A stable name, as programs may look at it.
bool is_reason(std::string_view text) {
    return !text.empty() && text.size() <= kLongestReason && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Error refusal(const Admission& answer) {
    const bool wait = answer.verdict == Verdict::wait;
    const bool said = !answer.message.empty() && answer.message.size() <= kLongestMessage;
    auto failure = error(wait ? Errc::conflict : Errc::forbidden,
                         is_reason(answer.reason) ? answer.reason : (wait ? "please_wait" : "not_admitted"),
                         said && is_clean_text(answer.message) ? answer.message : "You cannot join at the moment.");
    if (wait) failure.retry_after = std::clamp(answer.retry_after, std::chrono::seconds{1}, kLongestWait);
    return failure;
}

}  // namespace

PolicyGate::PolicyGate(const Ports& ports, const Settings& settings)
    : ports_(ports),
      settings_(settings),
      unanswered_(ports.metrics.counter("televisit_admission_unanswered_total",
                                        "Joins about which the admission policy said nothing.")) {}

bool PolicyGate::may_ask() {
    const std::lock_guard lock(mutex_);
    if (silences_ < kSilencesBorne) return true;
    if (trying_ || ports_.clock.steady_now() < try_again_at_) return false;
    return trying_ = true;
}

void PolicyGate::note_answer() {
    const std::lock_guard lock(mutex_);
    silences_ = 0;
    trying_ = false;
}

void PolicyGate::note_silence() {
    const std::lock_guard lock(mutex_);
    silences_ = std::min(silences_ + 1, kSilencesBorne);
    trying_ = false;
    try_again_at_ = ports_.clock.steady_now() + kTryAgainAfter;
}

Result<void> PolicyGate::ask(const SessionRecord& session, const Identity& identity, const CallContext& context) {
    if (!ports_.admission) return {};
    if (!may_ask()) return without_answer(session, "silent");
    const CallContext limited{std::min(context.deadline, ports_.clock.steady_now() + settings_.admission_deadline),
                              context.request};
    const auto answer = ports_.admission->admit({session, identity, ports_.clock.now()}, limited);
    if (!answer.ok()) {
        // One that fails at once keeps nobody waiting.
        if (ports_.clock.steady_now() >= limited.deadline)
            note_silence();
        else
            note_answer();
        return without_answer(session, answer.error().name());
    }
    note_answer();
    if (answer->verdict == Verdict::admit) return {};
    return refusal(*answer);
}

Result<void> PolicyGate::without_answer(const SessionRecord& session, std::string_view why) const {
    unanswered_.add();
    ports_.logger.warning(
        "admission policy has not answered",
        {{"session", session.id.view()}, {"reason", why}, {"admitted", settings_.admit_without_policy}});
    if (settings_.admit_without_policy) return {};
    auto failure = error(Errc::unavailable, "admission_unavailable", "Please try again in a moment.");
    failure.retry_after = std::chrono::seconds{2};
    return failure;
}

}  // namespace televisit::consult
