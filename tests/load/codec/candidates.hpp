#pragma once
/// The codecs that are compared, each behind the same two questions: what a client's bytes say, and how the server's
/// words look as frames.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace televisit::load {

/// One connection's codec.
class Candidate {
  public:
    virtual ~Candidate() = default;
    /// Takes what one read gave; returns the bytes of all messages that are whole by then. May overwrite `read`, behind
    /// which lie 64 more readable bytes.
    virtual std::size_t decode(std::span<char> read) = 0;
    /// Appends a text message of the server to `out`.
    virtual void encode(std::string_view text, std::string& out) = 0;
};

struct NamedCandidate {
    std::string name;
    std::unique_ptr<Candidate> (*make)();
};

/// The server's own codec; wslay's frames with the rest in WslayDecoder; wslay's events, which is all of wslay.
const std::vector<NamedCandidate>& candidates();

}  // namespace televisit::load
