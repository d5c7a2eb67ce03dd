#include "engine/sid.hpp"

#include <span>
#include <string>

namespace televisit::socketio {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kPlaceSize = 6;
constexpr int kSlotBits = 20;
static_assert(kMaxSlots == 1U << kSlotBits);

void fill_at_random(std::span<char> text, Secrets& secrets) {
    const std::string bytes = secrets.random_bytes(text.size());
    for (std::size_t i = 0; i < text.size() && i < bytes.size(); ++i)
        text[i] = kAlphabet[static_cast<unsigned char>(bytes[i]) & 63];
}

void write_place(std::span<char> text, LoopId loop, std::uint32_t slot) {
    std::uint64_t place = std::uint64_t{loop} << kSlotBits | slot;
    text[0] = kFirstNode;
    for (std::size_t i = kPlaceSize; i-- > 1; place >>= 6) text[i] = kAlphabet[place & 63];
}

std::optional<SidPlace> read_place(std::string_view text) noexcept {
    std::uint64_t place = 0;
    for (std::size_t i = 1; i < kPlaceSize; ++i) {  // behind the server's letter
        const std::size_t value = kAlphabet.find(text[i]);
        if (value == std::string_view::npos) return std::nullopt;
        place = place << 6 | value;
    }
    return SidPlace{static_cast<LoopId>(place >> kSlotBits), static_cast<std::uint32_t>(place & (kMaxSlots - 1))};
}

}  // namespace

Sid random_sid(Secrets& secrets) {
    Sid sid;
    fill_at_random(sid.text_, secrets);
    return sid;
}

Sid engine_sid(Secrets& secrets, NodeLetter node, LoopId loop, std::uint32_t slot) {
    Sid sid = random_sid(secrets);
    write_place(sid.text_, loop, slot);
    sid.text_[0] = node;
    return sid;
}

std::optional<SidPlace> place_of(std::string_view sid) noexcept {
    return sid.size() == kSidSize ? read_place(sid) : std::nullopt;
}

Pid random_pid(Secrets& secrets, LoopId loop, std::uint32_t slot) {
    Pid pid;
    fill_at_random(pid.text_, secrets);
    write_place(pid.text_, loop, slot);
    return pid;
}

std::optional<SidPlace> place_of_pid(std::string_view pid) noexcept {
    return pid.size() == Pid::kSize ? read_place(pid) : std::nullopt;
}

}  // namespace televisit::socketio
