#include "consult/guess_guard.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "televisit/sdk/client_address.hpp"

namespace televisit::consult {

namespace {

/// Failures of credentials that were issued once, so that nobody has guessed them.
constexpr std::array<std::string_view, 4> kOnceGood{"token_expired", "token_not_yet_valid", "invitation_expired",
                                                    "invitation_revoked"};

}  // namespace

GuessGuard::GuessGuard(const GuessLimits& limits, const Ports& ports)
    : limits_(limits),
      ports_(ports),
      guesses_(ports.metrics.counter("televisit_guesses_total", "Credentials presented that never held.")),
      turned_away_(ports.metrics.counter("televisit_guessers_refused_total",
                                         "Credentials not looked at, for too many guesses from their address.")),
      debts_(limits.addresses),
      proven_(limits.credentials) {}

double GuessGuard::owed(const Debt& debt, SteadyTime now) const {
    const std::chrono::duration<double> passed = now - debt.at;
    const std::chrono::duration<double> recovery = limits_.recovery;
    return std::max(0.0, debt.guesses - passed / recovery);
}

std::string GuessGuard::digest(std::string_view credential) const {
    const auto hash = ports_.secrets.sha256(credential);
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Result<void> GuessGuard::check(std::string_view address, std::string_view credential) {
    if (off() || address.empty()) return {};
    const auto key = client_key(address);
    const auto presented = digest(credential);
    const std::lock_guard lock(mutex_);
    const auto* debt = debts_.find(key);
    if (debt == nullptr) return {};
    const double owing = owed(*debt, ports_.clock.steady_now());
    if (owing <= 0) debts_.erase(key);
    const double excess = owing - static_cast<double>(limits_.attempts - 1);
    if (excess <= 0 || proven_.find(presented) != nullptr) return {};
    turned_away_.add();
    auto failure = error(Errc::rate_limited, "too_many_guesses", "Too many wrong credentials. Please try again later.");
    const auto wait = std::chrono::duration<double>(limits_.recovery) * excess;
    failure.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1));
    return failure;
}

void GuessGuard::accepted(std::string_view credential) {
    if (off()) return;
    const auto key = digest(credential);
    const std::lock_guard lock(mutex_);
    proven_.find_or_add(key, true);
}

void GuessGuard::refused(std::string_view address, std::string_view credential, const Error& failure) {
    const bool guess = failure.code == Errc::unauthenticated &&
                       std::find(kOnceGood.begin(), kOnceGood.end(), failure.name()) == kOnceGood.end();
    if (off() || !guess) return;
    const auto key = client_key(address);
    const auto presented = digest(credential);
    const std::lock_guard lock(mutex_);
    if (proven_.find(presented) != nullptr) return;
    guesses_.add();
    if (address.empty()) return;
    const auto now = ports_.clock.steady_now();
    auto& debt = debts_.find_or_add(key, {0, now});
    debt = {owed(debt, now) + 1, now};
}

}  // namespace televisit::consult
