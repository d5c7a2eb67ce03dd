#include "turn_dialogue.hpp"

#include <algorithm>
#include <utility>

namespace televisit::turn {

namespace {

/// Seconds, in case the Refresh that ends it is lost.
constexpr std::uint32_t kLifetime = 60;
constexpr std::uint16_t kTryAlternate = 300;
constexpr std::uint16_t kUnauthorized = 401;
constexpr std::uint16_t kForbidden = 403;
constexpr std::uint16_t kStaleNonce = 438;
constexpr std::uint16_t kQuotaReached = 486;
constexpr std::uint16_t kNoCapacity = 508;

ProbeFault fault_of(std::uint16_t code) {
    switch (code) {
        case kTryAlternate:
            return ProbeFault::redirected;
        case kUnauthorized:
            return ProbeFault::unauthorized;
        case kForbidden:
            return ProbeFault::forbidden;
        case kQuotaReached:
            return ProbeFault::quota_reached;
        case kNoCapacity:
            return ProbeFault::no_capacity;
        default:
            return ProbeFault::other_refusal;
    }
}

}  // namespace

TurnDialogue::TurnDialogue(std::optional<TurnCredentials> credentials, Secrets& secrets)
    : credentials_(std::move(credentials)), secrets_(secrets) {
    go_to(Step::binding);
}

std::string_view TurnDialogue::asked() const {
    switch (step_) {
        case Step::binding:
            return "Binding";
        case Step::challenge:
            return "Allocate without credentials";
        case Step::allocate:
            return "Allocate";
        case Step::refresh:
            return "Refresh";
    }
    return "Binding";
}

TurnDialogue::Next TurnDialogue::go_to(Step step) {
    step_ = step;
    request_.method = step == Step::binding   ? StunMethod::binding
                      : step == Step::refresh ? StunMethod::refresh
                                              : StunMethod::allocate;
    request_.lifetime_s.reset();
    if (step == Step::allocate) request_.lifetime_s = kLifetime;
    if (step == Step::refresh) request_.lifetime_s = 0;
    const auto random = secrets_.random_bytes(request_.transaction.size());
    std::copy(random.begin(), random.end(), request_.transaction.begin());
    bytes_ = encode(request_);
    return Next::send;
}

void TurnDialogue::sent(SteadyTime now) {
    sent_at_ = now;
}

TurnDialogue::Next TurnDialogue::finish(ProbeFault fault, std::string detail) {
    outcome_ = ProbeOutcome{fault, std::move(detail), latency_};
    return Next::done;
}

void TurnDialogue::fail(ProbeFault fault, std::string detail) {
    finish(fault, std::move(detail));
}

void TurnDialogue::give_up() {
    if (step_ == Step::refresh && stray_ == ProbeFault::none)
        fail(ProbeFault::not_released, "no answer to Refresh");
    else
        fail(stray_ == ProbeFault::none ? ProbeFault::timed_out : stray_, "no answer to " + std::string(asked()));
}

TurnDialogue::Next TurnDialogue::take(std::string_view message, SteadyTime now) {
    const auto answer = StunAnswer::decode(message);
    if (!answer) {
        stray_ = ProbeFault::garbage;
        return Next::wait;
    }
    if (!answer->answers(request_)) {
        stray_ = ProbeFault::foreign;
        return Next::wait;
    }
    if (request_.auth && answer->success() && !answer->signed_with(*request_.auth)) {
        stray_ = ProbeFault::forged;
        return Next::wait;
    }
    return take_answer(*answer, now);
}

TurnDialogue::Next TurnDialogue::take_answer(const StunAnswer& answer, SteadyTime now) {
    if (step_ == Step::challenge) return take_challenge(answer);
    if (!answer.success()) return take_refusal(answer);
    switch (step_) {
        case Step::binding:
            if (!answer.has_mapped_address()) return finish(ProbeFault::garbage, "Binding without an address");
            latency_ = std::max(std::chrono::duration_cast<std::chrono::microseconds>(now - sent_at_),
                                std::chrono::microseconds{1});
            return credentials_ ? go_to(Step::challenge) : finish(ProbeFault::none);
        case Step::allocate:
            if (!answer.has_relayed_address()) return finish(ProbeFault::garbage, "Allocate without an address");
            return go_to(Step::refresh);
        case Step::challenge:
        case Step::refresh:
            break;
    }
    return finish(ProbeFault::none);
}

TurnDialogue::Next TurnDialogue::take_challenge(const StunAnswer& answer) {
    if (answer.success()) return finish(ProbeFault::unauthenticated);
    if (answer.error_code() != kUnauthorized) return take_refusal(answer);
    request_.auth = StunAuth{credentials_->username, credentials_->password, answer.realm(), answer.nonce()};
    if (request_.auth->realm.empty() || request_.auth->nonce.empty())
        return finish(ProbeFault::garbage, "401 without a realm and a nonce");
    return go_to(Step::allocate);
}

TurnDialogue::Next TurnDialogue::take_refusal(const StunAnswer& answer) {
    const auto code = answer.error_code();
    if (code == kStaleNonce && request_.auth && !std::exchange(nonce_renewed_, true)) {
        request_.auth->nonce = answer.nonce();
        return go_to(step_);
    }
    auto detail = std::string(asked()) + " was answered " + std::to_string(code);
    if (step_ == Step::refresh) return finish(ProbeFault::not_released, std::move(detail));
    return finish(fault_of(code), std::move(detail));
}

}  // namespace televisit::turn
