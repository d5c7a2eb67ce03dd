#pragma once
/// WebSocket as a client speaks it (RFC 6455), as far as load needs it. Not the server's codec, for it has to judge
/// that.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace televisit::load {

namespace opcode {
inline constexpr int kContinuation = 0;
inline constexpr int kText = 1;
inline constexpr int kClose = 8;
inline constexpr int kPing = 9;
inline constexpr int kPong = 10;
}  // namespace opcode

/// The key and its answer of RFC 6455 section 1.3.
inline constexpr std::string_view kWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view kWebSocketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A frame of the server.
struct Frame {
    enum class Type {
        incomplete,
        whole,
        fault,  ///< `payload` says what is wrong
    };
    Type type = Type::incomplete;
    int opcode = 0;
    bool final = true;
    std::string_view payload{};
    std::size_t size = 0;  ///< of the whole frame
};

/// The frame that `data` begins with.
Frame read_frame(std::string_view data) noexcept;

/// Makes masked frames, each valid until the next is made.
class FrameWriter {
  public:
    std::string_view masked(int opcode, std::string_view payload);

  private:
    std::uint32_t seed_ = 0x9e3779b9;
    std::string frame_;
};

}  // namespace televisit::load
