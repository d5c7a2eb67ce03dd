#include "fault.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace televisit::faulty {
namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 6> kModes{{
    {"ok", Mode::ok},
    {"block", Mode::block},
    {"fail", Mode::fail},
    {"throw", Mode::throws},
    {"conflict", Mode::conflict},
    {"unlinked", Mode::unlinked},
}};

}  // namespace

std::optional<Mode> parse_mode(std::string_view text) noexcept {
    for (const auto& [name, mode] : kModes)
        if (name == text) return mode;
    return std::nullopt;
}

std::string_view to_string(Mode mode) noexcept {
    for (const auto& [name, known] : kModes)
        if (known == mode) return name;
    return {};
}

Result<void> Fault::outcome(Mode mode) {
    // Both texts are of the kind that must reach nobody's browser.
    if (mode == Mode::throws) throw std::runtime_error("SELECT 1 refused by db.faulty-store.internal");
    if (mode == Mode::ok || mode == Mode::conflict || mode == Mode::unlinked) return {};
    Error failure = error(Errc::unavailable, "The records cannot be reached at the moment.");
    failure.detail = "no route to db.faulty-store.internal";
    return failure;
}

Result<void> Fault::pass() {
    Mode mode = Mode::ok;
    {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.wait(lock, [this] { return mode_ != Mode::block; });
        --waiting_;
        mode = mode_;
    }
    return outcome(mode);
}

Result<void> Fault::pass_at_once() {
    const Mode now = mode();
    return outcome(now == Mode::block ? Mode::ok : now);
}

void Fault::set(Mode mode) {
    const std::lock_guard lock(mutex_);
    mode_ = mode;
    changed_.notify_all();
}

Mode Fault::mode() const {
    const std::lock_guard lock(mutex_);
    return mode_;
}

std::size_t Fault::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
}

}  // namespace televisit::faulty
