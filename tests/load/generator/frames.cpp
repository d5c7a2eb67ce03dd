#include "frames.hpp"

#include <cstring>

namespace televisit::load {
namespace {

std::uint64_t big_endian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
    while (bytes-- > 0) to += static_cast<char>(value >> 8 * bytes);
}

Frame fault(std::string_view what) noexcept {
    return {.type = Frame::Type::fault, .payload = what};
}

}  // namespace

Frame read_frame(std::string_view data) noexcept {
    if (data.size() < 2) return {};
    const auto first = static_cast<unsigned char>(data[0]), second = static_cast<unsigned char>(data[1]);
    if (second & 0x80) return fault("masked frame from the server");
    if (first & 0x70) return fault("reserved bits of a frame are set though no extension was agreed");
    std::uint64_t size = second & 0x7f;
    const std::size_t digits = size < 126 ? 0 : size == 126 ? 2 : 8;
    const std::size_t head = 2 + digits;
    if (data.size() < head) return {};
    if (digits > 0) size = big_endian(data.substr(2, digits));
    if (data.size() - head < size) return {};
    return {Frame::Type::whole, first & 0x0f, (first & 0x80) != 0, data.substr(head, size), head + size};
}

std::string_view FrameWriter::masked(int opcode, std::string_view payload) {
    seed_ = seed_ * 1664525u + 1013904223u;
    const std::uint32_t mask = seed_ | 1u;
    frame_.assign(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        frame_ += static_cast<char>(0x80 | payload.size());
    } else {
        const bool wide = payload.size() > 0xffff;
        frame_ += static_cast<char>(0x80 | (wide ? 127 : 126));
        append_big_endian(frame_, payload.size(), wide ? 8 : 2);
    }
    char key[8];
    std::memcpy(key, &mask, 4);
    std::memcpy(key + 4, &mask, 4);
    frame_.append(key, 4);
    const std::size_t begin = frame_.size();
    frame_ += payload;
    char* const masked = frame_.data() + begin;
    std::uint64_t wide_mask = 0;
    std::memcpy(&wide_mask, key, 8);
    std::size_t i = 0;
    for (; i + 8 <= payload.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, masked + i, 8);
        word ^= wide_mask;
        std::memcpy(masked + i, &word, 8);
    }
    for (; i < payload.size(); ++i) masked[i] = static_cast<char>(masked[i] ^ key[i % 8]);
    return frame_;
}

}  // namespace televisit::load
