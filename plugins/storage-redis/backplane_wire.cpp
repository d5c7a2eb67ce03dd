#include "backplane_wire.hpp"

#include <charconv>

namespace televisit::storage_redis {
namespace {

constexpr std::size_t kNumberSize = 8;

std::optional<std::uint64_t> read_number(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

std::optional<std::string_view> behind(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

/// A text with its length, of a byte, in front; takes it.
std::optional<std::string_view> take_text(std::string_view& bytes) {
    if (bytes.empty()) return std::nullopt;
    const std::size_t size = static_cast<unsigned char>(bytes.front());
    if (bytes.size() <= size) return std::nullopt;
    const auto text = bytes.substr(1, size);
    bytes.remove_prefix(1 + size);
    return text;
}

}  // namespace

std::optional<StreamPosition> StreamPosition::read(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto milliseconds = read_number(text.substr(0, dash));
    const auto number = read_number(text.substr(dash + 1));
    if (!milliseconds || !number) return std::nullopt;
    return StreamPosition{*milliseconds, *number};
}

std::string StreamPosition::text() const {
    return std::to_string(milliseconds) + '-' + std::to_string(number);
}

std::optional<std::string_view> BackplaneNames::room_of_channel(std::string_view channel) const {
    return behind(channel, channels_);
}

std::optional<std::string_view> BackplaneNames::room_of_stream(std::string_view stream) const {
    return behind(stream, streams_);
}

std::string publish_script(const ReplaySettings& replay) {
    return "local id = redis.call('XADD', KEYS[1], 'MAXLEN', '=', " + std::to_string(replay.messages) +
           ", '*', 'm', ARGV[1])\n"
           "redis.call('PEXPIRE', KEYS[1], " +
           std::to_string(replay.time.count()) +
           ")\n"
           "redis.call('PUBLISH', ARGV[2], string.char(#id) .. id .. ARGV[1])\n"
           "return 1\n";
}

std::string to_bytes(const BackplaneMessage& message) {
    const auto sender = message.sender.view().substr(0, 255);
    std::string out;
    out.reserve(1 + sender.size() + kNumberSize + message.payload.size());
    out.push_back(static_cast<char>(sender.size()));
    out.append(sender);
    for (std::size_t i = 0; i < kNumberSize; ++i) out.push_back(static_cast<char>(message.number >> (8 * i) & 0xff));
    out.append(message.payload);
    return out;
}

std::string to_unkept(std::string_view bytes) {
    return std::string(1, '\0').append(bytes);
}

std::optional<Arrival> read_kept(std::string_view bytes) {
    const auto sender = take_text(bytes);
    if (!sender || sender->empty() || bytes.size() < kNumberSize) return std::nullopt;
    Arrival arrival;
    arrival.sender = *sender;
    for (std::size_t i = 0; i < kNumberSize; ++i)
        arrival.number |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    arrival.payload = bytes.substr(kNumberSize);
    return arrival;
}

std::optional<Arrival> read_published(std::string_view bytes) {
    const auto position = take_text(bytes);
    if (!position) return std::nullopt;
    auto arrival = read_kept(bytes);
    if (!arrival || position->empty()) return arrival;
    arrival->position = StreamPosition::read(*position);
    return arrival->position ? arrival : std::nullopt;
}

}  // namespace televisit::storage_redis
