#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace televisit::load {

/// What a relayed message carries so that its receiver can judge it: who sent it, as which of its messages, and when.
/// Written with a fixed width, e.g. `sioload-0000012-000000000042-00000123456789012345`.
struct Tag {
    std::uint64_t sender = 0;
    std::uint64_t sequence = 0;
    std::uint64_t time = 0;

    static constexpr std::string_view kMark = "sioload-";
    static constexpr std::array<std::size_t, 3> kDigits{7, 12, 20};
    static constexpr std::size_t kSize = kMark.size() + 7 + 1 + 12 + 1 + 20;

    static std::string blank() { return std::string(kMark) + std::string(kSize - kMark.size(), '0'); }

    /// Overwrites `kSize` bytes.
    void write(char* to) const noexcept {
        std::memcpy(to, kMark.data(), kMark.size());
        to = put(to + kMark.size(), kDigits[0], sender);
        *to++ = '-';
        to = put(to, kDigits[1], sequence);
        *to++ = '-';
        put(to, kDigits[2], time);
    }

    /// The tag that `text` begins with.
    static std::optional<Tag> read(std::string_view text) noexcept {
        if (text.size() < kSize) return std::nullopt;
        Tag tag;
        const char* at = text.data() + kMark.size();
        for (std::size_t i = 0; i < kDigits.size(); ++i, ++at) {
            std::uint64_t value = 0;
            for (const char* const end = at + kDigits[i]; at != end; ++at) {
                if (*at < '0' || *at > '9') return std::nullopt;
                value = value * 10 + static_cast<std::uint64_t>(*at - '0');
            }
            (i == 0 ? tag.sender : i == 1 ? tag.sequence : tag.time) = value;
        }
        return tag;
    }

  private:
    static char* put(char* to, std::size_t digits, std::uint64_t value) noexcept {
        for (std::size_t i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
        return to + digits;
    }
};

}  // namespace televisit::load
