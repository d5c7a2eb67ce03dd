#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clock.hpp"
#include "connection.hpp"
#include "tag.hpp"

namespace televisit::load {

/// The messages that are relayed: what the next one of a connection is, and whether one that came is as it should be.
/// Every one carries a tag inside of the string that the server has to pass on byte for byte.
class Messages {
  public:
    /// Candidates when `offer_bytes` is 0, else offers from the even connections and answers from the odd ones.
    Messages(std::size_t payload_bytes, std::size_t offer_bytes);

    /// Makes everybody's packet, once the server's names for them are known.
    void prepare(std::vector<Connection>& connections);

    /// The next packet of `from`, valid until its next one. `stamp`: when its latency begins.
    std::string_view next(Connection& from, Nanoseconds stamp) const;

    /// What is wrong with a message, for the log; `time` is its stamp when it counts as delivered.
    struct Verdict {
        std::optional<Nanoseconds> time{};
        std::string_view fault{};
    };
    /// Judges a packet that came to `to`, and counts it. `tag_at`: where its tag begins.
    Verdict judge(std::string_view packet, std::size_t tag_at, Connection& to, const Connection& partner,
                  Counters& counters);

  private:
    std::string_view event_of(const Connection& from) const noexcept;
    std::string packet_of(const Connection& from, const Connection& to) const;
    bool intact(std::string_view packet, const Tag& tag, std::size_t tag_at);

    bool offers_;
    std::size_t payload_bytes_;
    std::string text_;  ///< what is relayed, with room for a tag
    std::size_t text_tag_ = 0;
};

}  // namespace televisit::load
